"""The command that takes in weights which were trained elsewhere."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from core.architectures import ARCHITECTURES
from core.cli.common import emit, fail_with_sentence
from core.errors import TrainingError
from core.protocols import PROTOCOLS, UNSEEN
from core.settings import HOME, Settings


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(adopt)


@fail_with_sentence
def adopt(
    model: Annotated[str, typer.Option(help="An architecture of core/architectures.py.")],
    weights: Annotated[Path, typer.Option(help="The file of weights.")],
    report: Annotated[Path, typer.Option(help="JSON with the settings of the run.")],
    data: Annotated[Path, typer.Option(help="The dataset's folder (Kaggle layout or a pack).")],
    trainer: Annotated[str, typer.Option(help="By what it was trained, in a few words.")],
    hardware: Annotated[str, typer.Option(help="On what it was trained.")],
    begun_from: Annotated[
        Path | None, typer.Option(help="The file that it began from; none for random weights.")
    ] = None,
    protocol: Annotated[str, typer.Option(help="official or unseen-patients.")] = UNSEEN,
) -> None:
    """Make a model folder out of weights that another trainer made.

    They are loaded into this project's graph, have to reach the validation accuracy that
    their report states, and are calibrated on the validation part. Under unseen-patients
    the folder is the app's own, else RUNS/MODEL/PROTOCOL.
    """
    from core.dataset.collection import load_dataset, split
    from core.training.adopt import adopt as take
    from core.training.starts import begun_from as began

    if model not in ARCHITECTURES:
        raise typer.BadParameter(f"expected one of {', '.join(ARCHITECTURES)}")
    if protocol not in PROTOCOLS:
        raise typer.BadParameter(f"expected one of {', '.join(PROTOCOLS)}")
    shipped = protocol == UNSEEN
    folder = Settings().models_dir / model if shipped else HOME / "runs" / model / protocol
    start = began("random")
    if begun_from:
        start = began(begun_from.name, _digest(begun_from))
    dataset = load_dataset(data)
    options = (
        f"--model {model} --weights {weights.name} --report {report.name} --data DIR "
        + (f"--begun-from {begun_from.name} " if begun_from else "")
        + f"--protocol {protocol}"
    )
    manifest = take(
        model,
        weights,
        report,
        dataset,
        split(dataset, protocol),
        folder,
        trainer=trainer,
        hardware=hardware,
        init=start,
        command=f"python -m core adopt {options}",
    )
    emit(manifest.model_dump(mode="json"))


def _digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise TrainingError("{file} cannot be read.", file=file.name) from error
