"""The command that makes the detector of foreign pictures."""

from __future__ import annotations

import typer

from core.cli.common import emit, fail_with_sentence
from core.cli.train import Data
from core.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("make-ood")(make)


@fail_with_sentence
def make(data: Data) -> None:
    """Store what scans are compared with, and measure how well foreign ones are told."""
    from core.training.data import load_dataset
    from core.training.ood import make_reference

    facts = make_reference(load_dataset(data), Settings().models_dir)
    emit(facts.model_dump(mode="json"))
