"""The command that tries the live classroom under load."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from core.cli.common import emit, fail_with_sentence


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("classroom-load")(load)


@fail_with_sentence
def load(
    students: Annotated[int, typer.Option(min=1, max=1000, help="How many answer.")] = 200,
    seconds: Annotated[float, typer.Option(min=0, max=120, help="Within how long.")] = 10,
    database: Annotated[
        str | None, typer.Option(help="Address; without it a new SQLite file, deleted after.")
    ] = None,
) -> None:
    """Let many students answer at once, and count the answers sent and stored.

    The room that this makes is deleted afterwards. Exit status 1 if an answer is lost.
    """
    from core.classroom.load import run

    with tempfile.TemporaryDirectory() as folder:
        report = run(database or f"sqlite:///{Path(folder) / 'load.sqlite3'}", students, seconds)
    emit(report)
    if report["lost"]:
        raise typer.Exit(1)
