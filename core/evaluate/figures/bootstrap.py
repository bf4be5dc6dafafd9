"""The spread of every figure when patients, not images, are drawn again.

Images of one patient resemble each other, so 1,400 of them are worth far fewer than
1,400 independent ones. The bootstrap here draws whole groups with replacement (patients,
or families of pictures where the patient is unknown): a resample is a vector that says
how often each group was drawn; `core.evaluate.figures.spread` turns those vectors into figures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.evaluate.figures.calibration import BINS, bin_of
from core.evaluate.stored.predictions import Predictions
from core.labels import NUM_CLASSES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class GroupedAnswers:
    """Answers with the group that each image belongs to.

    Attributes
    ----------
    y : ndarray of int, shape (N,)
    probabilities : ndarray of float64, shape (N, 4)
    groups : ndarray of int, shape (N,), values 0..G-1
    """

    y: Ints
    probabilities: Floats
    groups: Ints

    @property
    def correct(self) -> Floats:
        """1 where the answer is right, shape (N,)."""
        return np.asarray(self.probabilities.argmax(axis=1) == self.y, np.float64)

    @property
    def count(self) -> int:
        """Number of groups G."""
        return int(self.groups.max()) + 1


def sample_of(predictions: Predictions) -> GroupedAnswers:
    """Take what the bootstrap needs of stored predictions; groups in alphabetical order."""
    _, groups = np.unique(predictions.table["group"].to_numpy(str), return_inverse=True)
    return GroupedAnswers(predictions.y, predictions.probabilities, groups)


def group_weights(groups: int, resamples: int, seed: int = 0) -> Floats:
    """How often each group is drawn in each resample.

    Returns
    -------
    ndarray of float64, shape (resamples, groups)
        Each row sums to `groups`.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.integers(groups, size=(resamples, groups))
    drawn += groups * np.arange(resamples)[:, None]
    counts = np.bincount(drawn.ravel(), minlength=resamples * groups)
    return counts.reshape(resamples, groups).astype(np.float64)


def group_sums(values: Floats, groups: Ints, count: int) -> Floats:
    """Sum the rows of `values` (N, K) within each group: (G, K)."""
    sums = np.zeros((count, values.shape[1]))
    np.add.at(sums, groups, values)
    return sums


def confusion(sample: GroupedAnswers, weights: Floats) -> Floats:
    """Confusion matrices (B, 4, 4): true classes down, answers across."""
    cell = np.eye(NUM_CLASSES**2)[sample.y * NUM_CLASSES + sample.probabilities.argmax(axis=1)]
    counts = weights @ group_sums(cell, sample.groups, sample.count)
    return counts.reshape(-1, NUM_CLASSES, NUM_CLASSES)


def f1_by_class(matrices: Floats) -> Floats:
    """F1 of each class (B, 4) from confusion matrices (B, 4, 4)."""
    hits = np.diagonal(matrices, axis1=1, axis2=2)
    return np.asarray(2 * hits / (matrices.sum(axis=1) + matrices.sum(axis=2)))


def bin_sums(sample: GroupedAnswers, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Images, sum of confidence and right answers in each reliability bin, each (B, 15)."""
    confidence = sample.probabilities.max(axis=1)
    member = np.eye(BINS)[bin_of(confidence)]
    parts = np.hstack([member, member * confidence[:, None], member * sample.correct[:, None]])
    sums = weights @ group_sums(parts, sample.groups, sample.count)
    return sums[:, :BINS], sums[:, BINS : 2 * BINS], sums[:, 2 * BINS :]
