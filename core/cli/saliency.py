"""The command that measures the saliency methods."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.cli.common import emit, fail_with_sentence, shipped
from core.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("evaluate-saliency")(evaluate_saliency)


@fail_with_sentence
def evaluate_saliency(
    model: Annotated[str, typer.Option(help="A model, or all.")] = "all",
    data: Annotated[
        Path | None,
        typer.Option(
            help="The dataset's folder. Not needed: the scans that are measured ship with the "
            "app (core/cases); with it, the dataset's own files are read and checked."
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most this many scans of each class.")
    ] = None,
    methods: Annotated[
        list[str] | None,
        typer.Option(help="A method to measure; may be repeated. All by default."),
    ] = None,
    seed: int = 0,
) -> None:
    """Measure how far each saliency method can be trusted on each model.

    Localisation, faithfulness, sanity, stability and agreement go into saliency.parquet and
    saliency.json in the model's evaluation folder. A run that was stopped goes on where it was.
    """
    from core.evaluate.saliency_run import measure
    from core.explain.methods import METHODS

    chosen = tuple(methods or METHODS)
    results = {}
    for spec in shipped(model):
        figures = measure(
            spec, Settings().models_dir, methods=chosen, limit=limit, seed=seed, data=data
        )
        results[spec.name] = {
            method: {metric: found["value"] for metric, found in scores["measures"].items()}
            for method, scores in figures["methods"].items()
        }
    emit(results)
