"""Several models answering as one: the mean of their calibrated probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.answer import Answered, Limits
from core.errors import DataError, ModelError
from core.evaluate.stored.layout import ENSEMBLE, METRICS_NAME, evaluation_folder
from core.evaluate.stored.schema import read_metrics
from core.explain.gradcam import grad_cam
from core.figure import Figure
from core.gate import Glance
from core.inference import Prediction
from core.labels import CLASS_NAMES, class_index
from core.preprocess import FloatImage, to_source
from core.protocols import UNSEEN
from core.registry import ModelSpec

COMMAND = "python -m core evaluate --model ensemble"


@dataclass(frozen=True)
class EnsembleSpec:
    """The members that validation picked, with the weights it picked them for.

    Attributes
    ----------
    members : tuple of ModelSpec
        At least two, in the order of choice.
    limits : Limits
        Found on validation, as for a single model.
    """

    members: tuple[ModelSpec, ...]
    limits: Limits


@dataclass(frozen=True)
class Vote(Answered):
    """What the ensemble says of one scan.

    Attributes
    ----------
    predictions : tuple of Prediction
        One a member.
    probabilities : ndarray of float64, shape (4,)
    limits : Limits
    """

    predictions: tuple[Prediction, ...]
    probabilities: NDArray[np.float64] = field(repr=False)
    limits: Limits

    @property
    def gate(self) -> Glance | None:
        """As for any of the members: it is a property of the scan."""
        return self.predictions[0].gate

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
            "ruled_out": self.ruled_out,
            "in_distribution": self.in_distribution,
            "latency_ms": round(self.latency_ms, 2),
            "weights_sha256": {p.model: p.weights_sha256 for p in self.predictions},
            "gate": None if self.gate is None else self.gate.record(),
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
        file = evaluation_folder(models_dir, ENSEMBLE, UNSEEN) / METRICS_NAME
        provenance = read_metrics(file).provenance
    except DataError as error:
        raise ModelError(
            "There is no ensemble yet; it takes two evaluated models that validation picks.",
            command=COMMAND,
        ) from error
    for name, weights in provenance.members.items():
        if name not in specs or specs[name].manifest.weights_sha256 != weights:
            raise ModelError(
                "The ensemble was chosen with weights of {name} that are not the ones here.",
                name=name,
                command=COMMAND,
            )
    members = tuple(specs[name] for name in provenance.members)
    return EnsembleSpec(members, provenance.limits)


def held_out(reader: ModelSpec | EnsembleSpec) -> Figure | None:
    """Look up a stored accuracy on unseen patients, if it is of these very weights."""
    together = isinstance(reader, EnsembleSpec)
    members = reader.members if isinstance(reader, EnsembleSpec) else (reader,)
    name = ENSEMBLE if together else members[0].name
    folder = evaluation_folder(members[0].folder.parent, name, UNSEEN)
    try:
        metrics = read_metrics(folder / METRICS_NAME)
    except DataError:
        return None
    of = metrics.provenance
    evaluated = of.members if together else {of.name: of.weights_sha256}
    if evaluated != {m.name: m.manifest.weights_sha256 for m in members}:
        return None
    return metrics.images["all"].figures["accuracy"]


def vote(ensemble: EnsembleSpec, predictions: Sequence[Prediction]) -> Vote:
    """Combine the members' answers to one scan.

    Parameters
    ----------
    ensemble : EnsembleSpec
    predictions : sequence of Prediction
        One a member, in their order.
    """
    from core.evaluate.make.ensemble import mean_probabilities

    mean = mean_probabilities([p.probabilities.astype(np.float64) for p in predictions])
    return Vote(tuple(predictions), mean, ensemble.limits)


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
    from core.evaluate.saliency.sanity import rank_correlations

    boxes = [p.geometry.box for p in predictions]
    rows = slice(max(b.top for b in boxes), min(b.bottom for b in boxes))
    columns = slice(max(b.left for b in boxes), min(b.right for b in boxes))
    maps = [to_source(p.class_maps[..., class_index(target)], p.geometry) for p in predictions]
    return rank_correlations(np.stack(maps)[:, rows, columns])
