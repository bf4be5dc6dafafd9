"""What a model card says of one model, read from what is stored and nothing else.

A model card (Mitchell et al. 2019, arXiv:1810.03993) tells what a model is, how it was
trained, how well it does and where it fails. Whatever is not stored is None here, so that
a page can say so.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import DataError, GlassbrainError
from core.evaluate.board.rows import Row, stored_rows
from core.evaluate.stored.layout import CURVES_NAME, RUN_NAME, VALIDATION_NAME
from core.evaluate.stored.schema import Metrics, Slice
from core.manifest import Manifest
from core.protocols import PROTOCOLS, Protocol
from core.registry import ModelSpec, discover

SLICES = ("class", "plane", "source", "flag", "twin")


class Epoch(BaseModel):
    """One row of a run's training curves.

    Attributes
    ----------
    epoch : int
        From 1.
    size : int
        Input side in pixels.
    loss, accuracy : float
        Mean over the epoch's augmented training images.
    validation_loss, validation_accuracy : float
        Of the averaged weights, after the epoch.
    seconds : float
    """

    model_config = ConfigDict(frozen=True)

    epoch: int
    size: int
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float
    seconds: float


@dataclass(frozen=True)
class Evaluation:
    """What is stored of a model under one protocol.

    Attributes
    ----------
    protocol : {"official", "unseen-patients"}
    metrics : Metrics or None
    problem : DataError or None
        Why there are no metrics.
    run : Manifest or None
        Manifest of the run that was evaluated; under ``official`` its weights do not ship.
    curves : tuple of Epoch
        Empty where not stored.
    validated : int or None
        Validation images behind the curves.
    folder : Path or None
        Where the metrics lie.
    """

    protocol: Protocol
    metrics: Metrics | None = None
    problem: DataError | None = None
    run: Manifest | None = None
    curves: tuple[Epoch, ...] = ()
    validated: int | None = None
    folder: Path | None = None


@dataclass(frozen=True)
class Card:
    """All that is known of a model.

    Attributes
    ----------
    name : str
    spec : ModelSpec or None
        None where the model is not trained or cannot be used.
    reason : GlassbrainError or None
        Why it cannot be used, where its folder is there.
    evaluations : tuple of Evaluation
        One for each protocol, in the order of `PROTOCOLS`.
    """

    name: str
    spec: ModelSpec | None
    reason: GlassbrainError | None
    evaluations: tuple[Evaluation, ...]

    def under(self, protocol: Protocol) -> Evaluation:
        """Pick the evaluation under one protocol."""
        return next(e for e in self.evaluations if e.protocol == protocol)


@dataclass(frozen=True)
class WeakSpot:
    """The slice with the lowest accuracy among those of one kind.

    Attributes
    ----------
    by, value : str
        Kind and name, as in `core.evaluate.figures.slices`.
    slice : Slice
    """

    by: str
    value: str
    slice: Slice


def read_card(models_dir: Path, name: str) -> Card:
    """Gather what is stored of a model.

    Parameters
    ----------
    models_dir : Path
    name : str
        A model's folder, or an architecture that is not trained yet.
    """
    specs, broken = discover(models_dir)
    reason = next((b.reason for b in broken if b.name == name), None)
    evaluations = tuple(_evaluation(models_dir, name, protocol) for protocol in PROTOCOLS)
    return Card(name, specs.get(name), reason, evaluations)


def weak_spots(metrics: Metrics) -> tuple[WeakSpot, ...]:
    """Find the worst slice of each kind, among those with enough groups for an interval.

    Kinds with fewer than two such slices have no worst one and are left out; so are those
    whose worst slice is no worse than all images together.
    """
    found = []
    whole = metrics.images["all"].figures["accuracy"].value or 0.0
    for by in SLICES:
        slices = {
            value: part
            for value, part in metrics.images["all"].parts.get(by, {}).items()
            if part.accuracy.value is not None and part.accuracy.ci_low is not None
        }
        if len(slices) > 1:
            worst = min(slices, key=lambda value: slices[value].accuracy.value or 0.0)
            if (slices[worst].accuracy.value or 0.0) < whole:
                found.append(WeakSpot(by, worst, slices[worst]))
    return tuple(found)


def _evaluation(models_dir: Path, name: str, protocol: Protocol) -> Evaluation:
    rows, problems = stored_rows(models_dir, protocol)
    row = next((r for r in rows if r.kind == "model" and r.name == name), None)
    if row is None:
        problem = next((p for p in problems if p.params.get("name") == name), None)
        return Evaluation(protocol, problem=problem)
    run = _run(row)
    curves = _curves(row) if run else ()
    validated = _validated(row) if curves else None
    return Evaluation(protocol, row.metrics, None, run, curves, validated, row.folder)


def _run(row: Row) -> Manifest | None:
    """Read the record of a run, if it is of the weights that were evaluated."""
    assert row.folder is not None and row.metrics is not None
    try:
        run = Manifest.model_validate_json((row.folder / RUN_NAME).read_bytes())
    except (OSError, ValidationError):
        return None
    return run if run.weights_sha256 == row.metrics.provenance.weights_sha256 else None


def _validated(row: Row) -> int | None:
    """Count the validation images of a run."""
    assert row.folder is not None
    try:
        return int(pq.read_metadata(row.folder / VALIDATION_NAME).num_rows)
    except (OSError, pa.ArrowException):
        return None


def _curves(row: Row) -> tuple[Epoch, ...]:
    assert row.folder is not None
    try:
        with (row.folder / CURVES_NAME).open(newline="") as file:
            return tuple(Epoch.model_validate(line) for line in csv.DictReader(file))
    except (OSError, ValidationError):
        return ()
