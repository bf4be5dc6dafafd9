"""The shape of ``metrics.json``, for whoever reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import DataError
from core.evaluate.provenance import Provenance

Images = Literal["all", "distinct"]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Figure(_Strict):
    """A value with its 95 % interval; None where not defined or not estimable."""

    value: float | None
    ci_low: float | None
    ci_high: float | None


class Bin(_Strict):
    """One bar of a reliability diagram."""

    lower: float
    upper: float
    n: int
    confidence: float | None
    accuracy: Figure


class Reliability(_Strict):
    """How far stated probabilities are from what happens."""

    log_loss: Figure
    brier: Figure
    ece: Figure
    bins: tuple[Bin, ...]


class Calibration(_Strict):
    """Reliability of the raw softmax (T = 1) and of the calibrated one."""

    before: Reliability
    after: Reliability


class RiskCoverage(_Strict):
    """Error rate among the most confident share of the images."""

    coverage: tuple[float, ...]
    risk: tuple[float, ...]


class Abstention(_Strict):
    """What the threshold chosen on validation does on test."""

    threshold: float
    coverage: Figure
    accuracy: Figure


class Slice(_Strict):
    """Figures of a part of the images; macro F1 over the classes that occur in it."""

    n: int
    groups: int
    accuracy: Figure
    macro_f1: Figure


class ClassFigures(_Strict):
    """One class against the rest."""

    n: int
    precision: Figure
    recall: Figure
    specificity: Figure
    f1: Figure
    roc_auc: Figure
    pr_auc: Figure


class ImagesMetrics(_Strict):
    """Everything on all images, or on one per distinct picture.

    Attributes
    ----------
    figures : dict of str to Figure
        Keys `core.evaluate.points.HEADLINES`.
    classes : dict of str to ClassFigures
    confusion : tuple of tuple of int, 4 x 4
        True classes down, answers across.
    slices : dict
        ``class``, ``source``, ``plane``, ``flag``, ``twin``: value -> `Slice`.
    """

    n: int
    groups: int
    figures: dict[str, Figure]
    classes: dict[str, ClassFigures]
    confusion: tuple[tuple[int, ...], ...]
    calibration: Calibration | None
    risk_coverage: RiskCoverage | None
    abstention: Abstention | None
    slices: dict[str, dict[str, Slice]]


class Bootstrap(_Strict):
    """How the intervals were made."""

    level: float
    resamples: int
    seed: int
    unit: Literal["group"]
    method: Literal["percentile"]


class Metrics(_Strict):
    """A whole ``metrics.json``."""

    schema_version: Literal[1]
    predictions_sha256: str
    provenance: Provenance
    class_names: tuple[str, ...]
    bootstrap: Bootstrap
    notes: tuple[str, ...]
    images: dict[Images, ImagesMetrics]


def read_metrics(path: Path) -> Metrics:
    """Read a ``metrics.json``.

    Raises
    ------
    DataError
        If it is not there or has another shape.
    """
    try:
        return Metrics.model_validate_json(path.read_bytes())
    except OSError as error:
        raise DataError("{file} cannot be read.", file=path) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise DataError(
            "{file} is not valid at {where}: {what}.",
            file=path,
            where=".".join(map(str, first["loc"])) or "the top level",
            what=first["msg"],
        ) from error
