"""The commands that measure what altered scans do to the answers."""

from __future__ import annotations

from typing import Annotated

import typer

from core.cli.common import CaseFiles, Limit, emit, fail_with_sentence, shipped
from core.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("evaluate-robustness")(evaluate_robustness)
    app.command("evaluate-gamma")(evaluate_gamma)
    app.command("evaluate-shortcuts")(evaluate_shortcuts)


@fail_with_sentence
def evaluate_robustness(
    model: Annotated[str, typer.Option(help="A model, or all.")] = "all",
    data: CaseFiles = None,
    limit: Limit = None,
    seed: Annotated[int, typer.Option(min=0)] = 0,
) -> None:
    """Measure each model's accuracy under every corruption at five strengths.

    The answers go into robustness.parquet and the figures into robustness.json in the model's
    evaluation folder. A run that was stopped goes on where it was.
    """
    from core.evaluate.robustness.run import measure

    results = {}
    for spec in shipped(model):
        figures = measure(spec, Settings().models_dir, limit=limit, seed=seed, data=data)
        results[spec.name] = {
            "n": figures["n"],
            "unaltered": figures["unaltered"],
            "mean": figures["mean"],
            "corruptions": {
                name: [point["accuracy"]["value"] for point in points]
                for name, points in figures["corruptions"].items()
            },
        }
    emit(results)


@fail_with_sentence
def evaluate_gamma(
    model: Annotated[str, typer.Option(help="A model, or all.")] = "all",
    data: CaseFiles = None,
    limit: Limit = None,
) -> None:
    """Count the answers that turn where the levels of a scan are bent (gamma 0.7 to 1.4).

    A linear change of the levels turns none: the squares of version 2 take it away. The answers
    go into gamma.parquet and the figures into gamma.json in the model's evaluation folder.
    """
    from core.evaluate.robustness.bend import measure_gamma

    results = {}
    for spec in shipped(model):
        figures = measure_gamma(spec, Settings().models_dir, limit=limit, data=data)
        results[spec.name] = {
            "n": figures["n"],
            "unaltered": figures["unaltered"],
            "turned": {bent["gamma"]: bent["turned"] for bent in figures["gammas"]},
            "turned_at_any": figures["turned"],
        }
    emit(results)


@fail_with_sentence
def evaluate_shortcuts(
    model: Annotated[str, typer.Option(help="A model, or all.")] = "all",
    limit: Annotated[int, typer.Option(min=1, max=64, help="Scans of each shortcut.")] = 64,
) -> None:
    """Ask each model about scans before and after a shortcut is changed, and count.

    The answers go into shortcuts.json in the model's evaluation folder; the page Clever Hans
    opens with them.
    """
    from core.evaluate.robustness.clever_hans import measure_shortcuts

    results = {}
    for spec in shipped(model):
        found = measure_shortcuts(spec, Settings().models_dir, limit=limit)
        results[spec.name] = {
            name: {"scans": len(said), "changed": sum(s.before != s.after for s in said)}
            for name, said in found.answers.items()
        }
    emit(results)
