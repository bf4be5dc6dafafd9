"""The command that classifies scans, one or many."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli.common import Compute, Json, chosen, emit, fail_with_sentence
from core.cli.scans import Found, Frame, PlaneName, scans
from core.errors import ModelError
from core.evaluate.stored.layout import ENSEMBLE
from core.registry import ModelSpec, discover
from core.report import summary
from core.settings import Settings

if TYPE_CHECKING:
    from core.ensemble import EnsembleSpec
    from core.inference import Classifier, Prediction


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(predict)


@fail_with_sentence
def predict(
    files: Annotated[list[Path], typer.Argument(help="Scans, folders or ZIPs of scans.")],
    model: Annotated[str, typer.Option(help="A model's name, all, or ensemble.")] = "all",
    frame: Frame = None,
    plane: PlaneName = None,
    compute: Compute = "local",
    as_json: Json = True,
) -> None:
    """Classify scans. A file, or one of all models, that cannot be read gets an error."""
    from core.compute.spread import spread
    from core.ensemble import read_ensemble, vote

    ensemble: EnsembleSpec | None = None
    if model == ENSEMBLE:
        specs, _ = discover(Settings().models_dir)
        ensemble = read_ensemble(Settings().models_dir, specs)
    asked = list(ensemble.members) if ensemble else chosen(model)
    load = functools.partial(_load, asked, strict=model != "all")
    refused: dict[str, ModelError] = {}
    rows: list[dict[str, Any]] = []
    found, pieces = itertools.tee(scans(files, frame, plane))
    for scan, (answers, lacking) in zip(
        found, spread(load, _classify, pieces, compute), strict=True
    ):
        refused |= lacking
        if scan.image is None:
            rows.append({"file": scan.file, "error": str(scan.error)})
            continue
        records = [vote(ensemble, answers).record()] if ensemble else map(summary, answers)
        rows += [{"file": scan.file, **scan.place(), **row} for row in records]
    rows = [
        {"file": str(file), "model": name, "error": str(error)}
        for name, error in refused.items()
        for file in files
    ] + rows
    emit(rows)
    if any("error" in row for row in rows):
        raise typer.Exit(1)


def _load(specs: Sequence[ModelSpec], strict: bool) -> dict[str, Classifier | ModelError]:
    """Load networks; one that cannot be loaded is an error of its own unless `strict`."""
    from core.inference import Classifier

    loaded: dict[str, Classifier | ModelError] = {}
    for spec in specs:
        try:
            loaded[spec.name] = Classifier(spec)
        except ModelError as error:
            if strict:
                raise
            loaded[spec.name] = error
    return loaded


def _classify(
    loaded: dict[str, Classifier | ModelError], scan: Found
) -> tuple[list[Prediction], dict[str, ModelError]]:
    """Ask every network that there is of one scan; and which are lacking."""
    lacking = {name: one for name, one in loaded.items() if isinstance(one, ModelError)}
    able = [one for one in loaded.values() if not isinstance(one, ModelError)]
    image = scan.image
    return [] if image is None else [one.predict(image) for one in able], lacking
