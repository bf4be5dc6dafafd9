"""The commands that measure the saliency methods, and draw what excites a network."""

from __future__ import annotations

from typing import Annotated

import typer

from core.cli.common import CaseFiles, Compute, Limit, emit, fail_with_sentence, shipped
from core.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("evaluate-saliency")(evaluate_saliency)
    app.command("second-opinion")(second_opinion)
    app.command("portraits")(portraits)


@fail_with_sentence
def evaluate_saliency(
    model: Annotated[str, typer.Option(help="A model, or all.")] = "all",
    data: CaseFiles = None,
    limit: Limit = None,
    faithfulness_scans: Annotated[
        int | None,
        typer.Option(min=1, help="At most this many of each class for faithfulness, the slowest."),
    ] = None,
    methods: Annotated[
        list[str] | None,
        typer.Option(help="A method to measure; may be repeated. All by default."),
    ] = None,
    seed: int = 0,
    compute: Compute = "local",
) -> None:
    """Measure how far each saliency method can be trusted on each model.

    Localisation, faithfulness, sanity, stability and agreement go into saliency.parquet and
    saliency.json in the model's evaluation folder. A run that was stopped goes on where it was.
    """
    from core.evaluate.saliency.run import measure
    from core.explain.methods import METHODS

    chosen = tuple(methods or METHODS)
    results = {}
    for spec in shipped(model):
        figures = measure(
            spec,
            Settings().models_dir,
            methods=chosen,
            limit=limit,
            faithfulness_scans=faithfulness_scans,
            seed=seed,
            data=data,
            place=compute,
        )
        results[spec.name] = {
            method: {metric: found["value"] for metric, found in scores["measures"].items()}
            for method, scores in figures["methods"].items()
        }
    emit(results)


@fail_with_sentence
def second_opinion(
    model: Annotated[str, typer.Option(help="A model, or all.")] = "all",
    methods: Annotated[
        list[str] | None,
        typer.Option(help="A method to compare; may be repeated. All that both have by default."),
    ] = None,
    scans: Annotated[int, typer.Option(min=1, help="Scans of each class.")] = 5,
    seed: int = 0,
) -> None:
    """Ask tf-keras-vis for the same maps, and store how far they agree with ours.

    Rank correlations go into second-opinion.json in the model's evaluation folder.
    """
    from core.evaluate.saliency.second_opinion import measure
    from core.explain.second_opinion import DIFFERENCES

    results = {}
    for spec in shipped(model):
        found = measure(
            spec,
            Settings().models_dir,
            methods=tuple(methods or DIFFERENCES),
            scans=scans,
            seed=seed,
        )
        means = {name: found.measure(name) for name in found.agreement}
        results[spec.name] = {name: m and m.value for name, m in means.items()}
    emit(results)


@fail_with_sentence
def portraits(
    model: Annotated[str, typer.Option(help="A model, or all.")] = "all",
    steps: Annotated[int, typer.Option(min=1, help="Steps uphill.")] = 256,
    seed: int = 0,
) -> None:
    """Draw the picture that excites each class most in a network, by tf-keras-vis.

    Pictures and how they were made go into the model's folder, under portraits.
    """
    from core.portraits.make import make

    emit(
        {
            spec.name: {
                name: portrait.model_dump(mode="json")
                for name, portrait in make(spec, steps=steps, seed=seed).portraits.items()
            }
            for spec in shipped(model)
        }
    )
