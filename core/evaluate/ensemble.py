"""Which models answer best together: chosen on validation, stored, judged like any model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import DataError
from core.evaluate.calibration import abstain_threshold, negative_log_likelihood
from core.evaluate.layout import (
    ENSEMBLE,
    METRICS_NAME,
    PREDICTIONS_NAME,
    VALIDATION_NAME,
    Protocol,
    evaluation_folder,
)
from core.evaluate.predictions import (
    LOGITS,
    PROBABILITIES,
    Predictions,
    write_predictions,
)
from core.evaluate.provenance import Provenance
from core.evaluate.statistics import check_same_images

Floats = NDArray[np.float64]
_SMALLEST = 1e-12  # under the logarithm that stands in for logits


def mean_probabilities(members: Sequence[Floats]) -> Floats:
    """Mean over members of calibrated probabilities, each (N, 4)."""
    return np.asarray(np.mean(np.stack(members), axis=0))


def choose_members(validation: Mapping[str, Predictions]) -> tuple[str, ...]:
    """Pick the members that validation images ask for.

    Greedy forward selection (Caruana et al. 2004, doi:10.1145/1015330.1015432, here
    without repetition): start with the best model, add whichever lowers the ensemble's
    negative log-likelihood most, stop when none does. Test images play no part.

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
    y = next(iter(validation.values())).y
    chosen: list[str] = []
    best = np.inf
    while rest := sorted(set(validation) - set(chosen)):
        losses = [
            negative_log_likelihood(
                mean_probabilities([validation[m].probabilities for m in (*chosen, name)]), y
            )
            for name in rest
        ]
        if min(losses) >= best:
            break
        best = min(losses)
        chosen.append(rest[losses.index(best)])
    return tuple(chosen)


def combine(
    predictions: Mapping[str, Predictions],
    members: Sequence[str],
    *,
    threshold: float | None = None,
    command: str = "",
) -> Predictions:
    """Predictions of the ensemble.

    Parameters
    ----------
    predictions : mapping of str to Predictions
        Of one part of one split; models that are not members are ignored.
    members : sequence of str
    threshold : float, optional
        Abstention threshold, found on validation.
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
        abstain_threshold=threshold,
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
    `core.evaluate.metrics.write_metrics`. Where validation picks fewer than two members
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
    threshold = abstain_threshold(on_validation.probabilities, on_validation.y)
    for file, part in ((VALIDATION_NAME, validation), (PREDICTIONS_NAME, test)):
        combined = combine(part, members, threshold=threshold, command=command)
        write_predictions(folder / file, combined)
    return members


def _question(provenance: Provenance) -> tuple[str, ...]:
    p = provenance
    return p.protocol, p.part, p.split_sha256, p.dataset_sha256
