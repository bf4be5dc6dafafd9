"""``python -m core``: the command line."""

from core.cli import app

app()
