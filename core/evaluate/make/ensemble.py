"""Which models answer best together: chosen on validation, stored, judged like any model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.answer import Limits
from core.errors import DataError
from core.evaluate.board.comparison import check_same_images
from core.evaluate.figures.bootstrap import GroupedAnswers, group_sums, group_weights, sample_of
from core.evaluate.figures.calibration import abstain_threshold
from core.evaluate.figures.intervals import LEVEL
from core.evaluate.figures.ruling_out import operating_point
from core.evaluate.stored.layout import (
    ENSEMBLE,
    METRICS_NAME,
    PREDICTIONS_NAME,
    VALIDATION_NAME,
    evaluation_folder,
)
from core.evaluate.stored.predictions import LOGITS, PROBABILITIES, Predictions, write_predictions
from core.evaluate.stored.provenance import Provenance
from core.protocols import Protocol

Floats = NDArray[np.float64]
NO_LIMITS = Limits()
_RESAMPLES = 2000
_SMALLEST = 1e-12  # under the logarithm that stands in for logits


def mean_probabilities(members: Sequence[Floats]) -> Floats:
    """Mean over members of calibrated probabilities, each (N, 4)."""
    return np.asarray(np.mean(np.stack(members), axis=0))


def choose_members(validation: Mapping[str, Predictions]) -> tuple[str, ...]:
    """Pick the members that validation images do not speak against.

    Forward selection (after Caruana et al. 2004, doi:10.1145/1015330.1015432, without
    repetition): start with the best model, then add whichever leaves the ensemble with the
    least negative log-likelihood. They stop when nothing lowers it; with some thirty
    patients on validation that is chance more often than not, and may leave one model
    alone. Here the next model is taken unless the ensemble is surely worse with it: unless
    the 95 % interval of the difference, from a bootstrap over patients, lies above 0. Test
    images play no part.

    Parameters
    ----------
    validation : mapping of str to Predictions
        Validation predictions of each model, of the same images.

    Returns
    -------
    tuple of str
        In the order of choice; of equals, the first in the alphabet. May be one name.

    Raises
    ------
    DataError
        If the images differ or there is no model.
    """
    if not validation:
        raise DataError("There is no model to choose an ensemble from.")
    check_same_images(validation)
    first = next(iter(validation.values()))
    chosen: list[str] = []
    now: Floats | None = None
    while rest := sorted(set(validation) - set(chosen)):
        losses = [
            _losses([validation[m].probabilities for m in (*chosen, name)], first.y)
            for name in rest
        ]
        best = min(range(len(rest)), key=lambda i: losses[i].mean())
        if now is not None and _surely_positive(losses[best] - now, sample_of(first)):
            break
        now = losses[best]
        chosen.append(rest[best])
    return tuple(chosen)


def _losses(members: Sequence[Floats], y: NDArray[np.integer]) -> Floats:
    """Negative log-likelihood of each image under the members' mean, (N,)."""
    p = mean_probabilities(members)[np.arange(len(y)), y]
    return np.asarray(-np.log(np.maximum(p, np.finfo(np.float64).eps)))


def _surely_positive(differences: Floats, sample: GroupedAnswers) -> bool:
    """Whether a mean over images stays above 0 in 97.5 % of resamples of patients."""
    weights = group_weights(sample.count, _RESAMPLES)
    sums = weights @ group_sums(differences[:, None], sample.groups, sample.count)
    return bool(np.quantile(sums, (1 - LEVEL) / 2) > 0)


def combine(
    predictions: Mapping[str, Predictions],
    members: Sequence[str],
    *,
    limits: Limits = NO_LIMITS,
    command: str = "",
) -> Predictions:
    """Predictions of the ensemble.

    Parameters
    ----------
    predictions : mapping of str to Predictions
        Of one part of one split; models that are not members are ignored.
    members : sequence of str
    limits : Limits, optional
        Thresholds of the answer, found on validation.
    command : str, optional
        What was typed; the first member's if empty.

    Returns
    -------
    Predictions
        Temperature 1; the logarithm of the mean probability stands in for the logits.

    Raises
    ------
    DataError
        If the members saw different images or parts.
    """
    chosen = {name: predictions[name] for name in members}
    check_same_images(chosen)
    sources = [p.provenance for p in chosen.values()]
    first = sources[0]
    for other in sources[1:]:
        if _question(other) != _question(first):
            raise DataError(
                "{a} and {b} were evaluated on different splits and cannot be combined.",
                a=first.name,
                b=other.name,
            )
    mean = mean_probabilities([p.probabilities for p in chosen.values()])
    table = chosen[members[0]].table.copy()
    table[LOGITS] = np.log(np.maximum(mean, _SMALLEST)).astype(np.float32)
    table[PROBABILITIES] = mean.astype(np.float32)
    provenance = Provenance(
        name=ENSEMBLE,
        kind="ensemble",
        protocol=first.protocol,
        part=first.part,
        weights_sha256=None,
        members={p.name: p.weights_sha256 or "" for p in sources},
        dataset_sha256=first.dataset_sha256,
        split_sha256=first.split_sha256,
        temperature=1.0,
        abstain_threshold=limits.abstain,
        rule_out_threshold=limits.rule_out,
        seed=first.seed,
        command=command or first.command,
        packages=first.packages,
    )
    return Predictions(table, provenance)


def write_ensemble(
    validation: Mapping[str, Predictions],
    test: Mapping[str, Predictions],
    models_dir: Path,
    protocol: Protocol,
    command: str = "",
) -> tuple[str, ...]:
    """Choose, combine and store the ensemble of one protocol.

    Writes ``validation.parquet`` and ``predictions.parquet``; ``metrics.json`` is then for
    `core.evaluate.figures.metrics.write_metrics`. Where validation picks fewer than two members
    nothing is written, and what an earlier choice left is removed.

    Parameters
    ----------
    validation, test : mapping of str to Predictions
        Of the same models, with the same weights.
    models_dir : Path
    protocol : str
    command : str, optional
        What was typed.

    Returns
    -------
    tuple of str
        The members; fewer than two where nothing was written.

    Raises
    ------
    DataError
        If images, splits or weights differ where they must not.
    """
    folder = evaluation_folder(models_dir, ENSEMBLE, protocol)
    members = choose_members(validation) if validation else ()
    if len(members) < 2:
        for name in (VALIDATION_NAME, PREDICTIONS_NAME, METRICS_NAME):
            (folder / name).unlink(missing_ok=True)
        return members
    for name in members:
        if test[name].provenance.weights_sha256 != validation[name].provenance.weights_sha256:
            raise DataError(
                "The validation and test predictions of {name} are of different weights.",
                name=name,
            )
    on_validation = combine(validation, members, command=command)
    limits = _limits(on_validation)
    for file, part in ((VALIDATION_NAME, validation), (PREDICTIONS_NAME, test)):
        combined = combine(part, members, limits=limits, command=command)
        write_predictions(folder / file, combined)
    return members


def _limits(validation: Predictions) -> Limits:
    p, y = validation.probabilities, validation.y
    point = operating_point(p, y, validation.table["group"].to_numpy(str))
    return Limits(abstain_threshold(p, y), point.threshold if point else None)


def _question(provenance: Provenance) -> tuple[str, ...]:
    p = provenance
    return p.protocol, p.part, p.split_sha256, p.dataset_sha256
