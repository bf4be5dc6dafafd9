"""Several models answering as one: the mean of their calibrated probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import DataError, ModelError
from core.evaluate.ensemble import mean_probabilities
from core.evaluate.layout import ENSEMBLE, METRICS_NAME, Protocol, evaluation_folder
from core.evaluate.sanity import rank_correlations
from core.evaluate.schema import read_metrics
from core.explain.gradcam import grad_cam
from core.inference import Prediction
from core.labels import CLASS_NAMES, class_index
from core.preprocess import FloatImage, to_source
from core.registry import ModelSpec

_SERVED: Protocol = "unseen-patients"


@dataclass(frozen=True)
class EnsembleSpec:
    """The members that validation picked, with the weights it picked them for.

    Attributes
    ----------
    members : tuple of ModelSpec
        At least two, in the order of choice.
    abstain_threshold : float or None
        Found on validation, as for a single model.
    """

    members: tuple[ModelSpec, ...]
    abstain_threshold: float | None


@dataclass(frozen=True)
class Vote:
    """What the ensemble says of one scan.

    Attributes
    ----------
    predictions : tuple of Prediction
        One a member.
    probabilities : ndarray of float64, shape (4,)
    abstained : bool
    """

    predictions: tuple[Prediction, ...]
    probabilities: NDArray[np.float64] = field(repr=False)
    abstained: bool

    @property
    def class_name(self) -> str:
        """The most probable class."""
        return CLASS_NAMES[int(self.probabilities.argmax())]

    @property
    def in_distribution(self) -> bool | None:
        """As for any of the members: it is a property of the scan."""
        return self.predictions[0].in_distribution

    @property
    def latency_ms(self) -> float:
        """Sum over the members: they run one after the other."""
        return sum(p.latency_ms for p in self.predictions)

    def record(self) -> dict[str, object]:
        """Give the answer as ``python -m core predict`` prints it, members included."""
        first = self.predictions[0]
        return {
            "sha256": first.image_sha256,
            "model": ENSEMBLE,
            "class": self.class_name,
            "probabilities": {
                name: round(float(value), 6)
                for name, value in zip(CLASS_NAMES, self.probabilities, strict=True)
            },
            "abstained": self.abstained,
            "in_distribution": self.in_distribution,
            "latency_ms": round(self.latency_ms, 2),
            "weights_sha256": {p.model: p.weights_sha256 for p in self.predictions},
        }


def read_ensemble(models_dir: Path, specs: Mapping[str, ModelSpec]) -> EnsembleSpec:
    """Read which models answer together.

    Parameters
    ----------
    models_dir : Path
    specs : mapping of str to ModelSpec
        The models that can be used.

    Raises
    ------
    ModelError
        If no ensemble is stored, or a member is missing or has other weights by now.
    """
    try:
        file = evaluation_folder(models_dir, ENSEMBLE, _SERVED) / METRICS_NAME
        provenance = read_metrics(file).provenance
    except DataError as error:
        raise ModelError(
            "There is no ensemble yet; it takes two evaluated models that validation picks "
            "(python -m core evaluate --model ensemble)."
        ) from error
    for name, weights in provenance.members.items():
        if name not in specs or specs[name].manifest.weights_sha256 != weights:
            raise ModelError(
                "The ensemble was chosen with weights of {name} that are not the ones here; "
                "choose it again with python -m core evaluate --model ensemble.",
                name=name,
            )
    members = tuple(specs[name] for name in provenance.members)
    return EnsembleSpec(members, provenance.abstain_threshold)


def vote(ensemble: EnsembleSpec, predictions: Sequence[Prediction]) -> Vote:
    """Combine the members' answers to one scan.

    Parameters
    ----------
    ensemble : EnsembleSpec
    predictions : sequence of Prediction
        One a member, in their order.
    """
    mean = mean_probabilities([p.probabilities.astype(np.float64) for p in predictions])
    limit = ensemble.abstain_threshold
    return Vote(tuple(predictions), mean, limit is not None and float(mean.max()) < limit)


def consensus(predictions: Sequence[Prediction], target: str) -> FloatImage:
    """Mean of the members' Grad-CAMs of one class, on the scan, over its own maximum.

    Each member's map counts alike, whatever the scale of its logits; a member for which
    nothing speaks for `target` counts as an empty map.

    Returns
    -------
    ndarray of float32, shape of the scan, range [0, 1]
        All zero where no member has a map.
    """
    mean = np.mean([grad_cam(p, target) for p in predictions], axis=0)
    return np.asarray(mean / (mean.max() or 1.0), np.float32)


def agreement(predictions: Sequence[Prediction], target: str) -> NDArray[np.float64]:
    """Rank correlation, between models, of the evidence for one class over one scan.

    The signed class maps are compared where each lies on the scan, over the pixels that all
    models saw: what no network was shown tells nothing of whether they agree.

    Returns
    -------
    ndarray of float64, shape (M, M), range [-1, 1]
        Spearman's; NaN in the row of a constant map.
    """
    boxes = [p.geometry.box for p in predictions]
    rows = slice(max(b.top for b in boxes), min(b.bottom for b in boxes))
    columns = slice(max(b.left for b in boxes), min(b.right for b in boxes))
    maps = [to_source(p.class_maps[..., class_index(target)], p.geometry) for p in predictions]
    return rank_correlations(np.stack(maps)[:, rows, columns])
