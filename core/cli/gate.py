"""The commands that fit the gate and measure it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.cli.common import emit, fail_with_sentence
from core.cli.train import Data
from core.settings import Settings

Foreign = Annotated[
    Path,
    typer.Option(exists=True, file_okay=False, help="Unpacked archives of pictures; no MRI."),
]
Elsewhere = Annotated[
    Path | None,
    typer.Option(exists=True, file_okay=False, help="Scans of other sources, with labels.csv."),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("fit-gate")(fit)
    app.command("evaluate-gate")(evaluate)


@fail_with_sentence
def fit(data: Data) -> None:
    """Teach the gate's network what scans look like; its threshold is of patients left out."""
    from core.dataset.collection import load_dataset
    from core.training.gate.fit import fit_gate

    facts = fit_gate(load_dataset(data), Settings().models_dir)
    emit(facts.model_dump(mode="json"))


@fail_with_sentence
def evaluate(data: Data, foreign: Foreign, elsewhere: Elsewhere = None) -> None:
    """Measure what the gate stops and what it lets pass, on pictures that it has not seen."""
    from core.dataset.collection import load_dataset
    from core.training.gate.measure import evaluate_gate

    table = evaluate_gate(load_dataset(data), foreign, Settings().models_dir, elsewhere)
    emit(table.model_dump(mode="json"))
