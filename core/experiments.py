"""What a part of training does, shown by runs with and without it.

The record of a run that does not ship holds its manifest, predictions, measures of its maps
and answers on other sources; every figure is derived from those files.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from core.errors import DataError
from core.evaluate.other.store import OtherSources, read_other
from core.evaluate.saliency.read import Measure, SaliencyScores
from core.evaluate.saliency.store import FIGURES_NAME, SALIENCY_NAME
from core.evaluate.stored.layout import METRICS_NAME, PREDICTIONS_NAME, RUN_NAME
from core.evaluate.stored.schema import Metrics, read_metrics
from core.manifest import Manifest
from core.protocols import UNSEEN
from core.registry import MANIFEST_NAME, discover

FOLDER = "_experiments"
METHOD = "gradcam"
MEASURES = ("pointing", "deletion", "insertion")
_UNSEEN = UNSEEN


@dataclass(frozen=True)
class Experiment:
    """One run of the comparison.

    Attributes
    ----------
    name : str
        Of the record; a shipped network's own name.
    shipped : bool
    manifest : Manifest
    metrics : Metrics
        On unseen patients.
    maps : dict of str to Measure
        `MEASURES` of Grad-CAM, as far as they were measured.
    other : OtherSources or None
        None where not measured.
    """

    name: str
    shipped: bool
    manifest: Manifest
    metrics: Metrics
    maps: dict[str, Measure]
    other: OtherSources | None


def read_experiments(models_dir: Path) -> tuple[tuple[Experiment, ...], tuple[DataError, ...]]:
    """Read all records, each after the shipped network that it is to be compared with.

    Returns
    -------
    experiments : tuple of Experiment
        By network; empty where no record is stored.
    problems : tuple of DataError
        One for each record that cannot be used.
    """
    records: list[Experiment] = []
    problems: list[DataError] = []
    for file in sorted((models_dir / FOLDER).glob(f"*/{RUN_NAME}")):
        try:
            records.append(_read(file.parent, file, file.parent.name, shipped=False))
        except DataError as error:
            problems.append(error)
    specs, _ = discover(models_dir)
    every: list[Experiment] = []
    for name in sorted({record.manifest.name for record in records}):
        if name in specs:
            folder = specs[name].folder
            try:
                every.append(_read(folder, folder / MANIFEST_NAME, name, shipped=True))
            except DataError as error:
                problems.append(error)
        every += [record for record in records if record.manifest.name == name]
    return tuple(every), tuple(problems)


def _read(folder: Path, manifest_file: Path, name: str, *, shipped: bool) -> Experiment:
    try:
        manifest = Manifest.model_validate_json(manifest_file.read_bytes())
    except (OSError, ValidationError) as error:
        raise DataError("{file} is not the record of a run.", file=manifest_file) from error
    home = folder / "evaluation" / _UNSEEN
    metrics = read_metrics(home / METRICS_NAME)
    digest = _digest(home / PREDICTIONS_NAME)
    found = metrics.provenance.weights_sha256, metrics.predictions_sha256
    if found != (manifest.weights_sha256, digest):
        raise DataError(
            "The figures of the run {name} are of other weights or other predictions than those "
            "stored with them.",
            name=name,
            command="python -m core evaluate-experiment",
        )
    maps, other = _maps(home, manifest), _other(folder, metrics)
    return Experiment(name, shipped, manifest, metrics, maps, other)


def _maps(home: Path, manifest: Manifest) -> dict[str, Measure]:
    """Read what is measured of Grad-CAM; nothing of other weights."""
    try:
        scores = SaliencyScores.model_validate_json((home / FIGURES_NAME).read_bytes())
    except (OSError, ValidationError):
        return {}
    of = scores.provenance.weights_sha256, scores.saliency_sha256
    if of != (manifest.weights_sha256, _digest(home / SALIENCY_NAME)):
        return {}
    if METHOD not in scores.methods:
        return {}
    measures = scores.methods[METHOD].measures
    return {name: measures[name] for name in MEASURES if name in measures}


def _other(folder: Path, metrics: Metrics) -> OtherSources | None:
    try:
        return read_other(folder.parent, metrics.provenance, folder)
    except DataError:
        return None


def _digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise DataError("{file} cannot be read.", file=file) from error
