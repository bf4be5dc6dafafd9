"""The command that measures what the networks are worth on scans of other sources."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.cli.common import emit, fail_with_sentence, shipped
from core.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("evaluate-other")(evaluate_other)


@fail_with_sentence
def evaluate_other(
    data: Annotated[
        Path,
        typer.Option(help="A folder with labels.csv (path, label, group) and the scans it names."),
    ],
    model: Annotated[str, typer.Option(help="A model, or all.")] = "all",
) -> None:
    """Measure on scans of other sources whether tumours are found, tumour-free scans called so.

    The answers go into evaluation/other-sources/ of each model and of the ensemble; the
    pictures stay where they are. Nothing is chosen by these figures.
    """
    from core.evaluate.other.run import evaluate_other as evaluate

    specs = {spec.name: spec for spec in shipped(model)}
    figures = evaluate(specs, data, Settings().models_dir)
    kept = ("tumour", "tumour_free", "found", "free", "at_point")
    emit({name: {key: found[key] for key in kept} for name, found in figures.items()})
