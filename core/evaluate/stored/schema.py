"""The shape of ``metrics.json``, for whoever reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import DataError, invalid
from core.evaluate.stored.provenance import Provenance
from core.figure import Figure
from core.files import once

Images = Literal["all", "distinct"]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


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


class AtPoint(_Strict):
    """What the operating point chosen on validation does elsewhere.

    Attributes
    ----------
    threshold : float
        Probability of no tumour from which a tumour is ruled out.
    sensitivity : Figure
        Share of scans with a tumour on which it is not ruled out.
    specificity : Figure
        Share of tumour-free scans on which a tumour is ruled out.
    unsettled : Figure
        Share of all scans on which no tumour is likeliest without being ruled out.
    """

    threshold: float
    sensitivity: Figure
    specificity: Figure
    unsettled: Figure


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
        Keys `core.evaluate.figures.points.HEADLINES`.
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
    ruling_out: AtPoint | None = None
    slices: dict[str, dict[str, Slice]]

    @property
    def parts(self) -> dict[str, dict[str, Slice]]:
        """The slices to be shown: one figure has one interval, wherever it stands.

        The accuracy on a class is its recall. Stored under ``slices`` is the interval of groups
        drawn within the class, under ``classes`` that of groups drawn once for all figures.
        """
        recall = {
            name: part.model_copy(update={"accuracy": self.classes[name].recall})
            for name, part in self.slices.get("class", {}).items()
        }
        return {**self.slices, **({"class": recall} if recall else {})}


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
        return _metrics(path)
    except OSError as error:
        raise DataError("{file} cannot be read.", file=path) from error
    except ValidationError as error:
        raise invalid(path, error) from error


@once
def _metrics(path: Path) -> Metrics:
    return Metrics.model_validate_json(path.read_bytes())
