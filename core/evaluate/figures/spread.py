"""Every figure of `core.evaluate.figures.points` on thousands of resamples at once.

A figure of all resamples is a few matrix products over sums per group, and agrees with
scikit-learn on the repeated images.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import numpy as np

from core.evaluate.figures.bootstrap import (
    Floats,
    GroupedAnswers,
    Ints,
    bin_sums,
    confusion,
    f1_by_class,
    group_sums,
)
from core.evaluate.figures.intervals import figure
from core.evaluate.figures.points import AVERAGES, CLASS_FIGURES
from core.figure import Figure
from core.labels import NUM_CLASSES

_CHUNK = 250  # resamples held as one weight an image: 250 x 1,400 doubles are 3 MB


def resampled_figures(
    sample: GroupedAnswers, weights: Floats, only: Collection[str] | None = None
) -> dict[str, Floats]:
    """Every figure of `core.evaluate.figures.points` on every resample.

    Parameters
    ----------
    sample : GroupedAnswers
    weights : ndarray of float64, shape (B, G)
        From `group_weights`.
    only : collection of str, optional
        Skip what is not needed for these figures.

    Returns
    -------
    dict of str to ndarray
        Shape (B,), or (B, 4) for figures per class; NaN where a resample leaves one
        undefined.
    """
    figures: dict[str, Floats] = {}
    with np.errstate(invalid="ignore", divide="ignore"):
        for names, compute in _FAMILIES:
            if only is None or names & set(only):
                figures |= compute(sample, weights)
    return figures


def _decisions(sample: GroupedAnswers, weights: Floats) -> dict[str, Floats]:
    matrices = confusion(sample, weights)
    hits = np.diagonal(matrices, axis1=1, axis2=2)
    truth, answers = matrices.sum(axis=2), matrices.sum(axis=1)
    n = truth.sum(axis=1)
    by_class = {"precision": hits / answers, "recall": hits / truth, "f1": f1_by_class(matrices)}
    chance = (truth * answers).sum(axis=1)
    beyond = hits.sum(axis=1) * n - chance  # whole numbers, so 0 / 0 is exactly that
    spread = (n**2 - (truth**2).sum(axis=1)) * (n**2 - (answers**2).sum(axis=1))
    return {
        **by_class,
        "specificity": (n[:, None] - truth - answers + hits) / (n[:, None] - truth),
        "accuracy": hits.sum(axis=1) / n,
        "balanced_accuracy": by_class["recall"].mean(axis=1),
        **{f"macro_{name}": values.mean(axis=1) for name, values in by_class.items()},
        **{
            f"weighted_{name}": np.where(truth > 0, values * truth, 0).sum(axis=1) / n
            for name, values in by_class.items()
        },
        "mcc": beyond / np.sqrt(spread),
        "cohen_kappa": beyond / (n**2 - chance),
    }


def _losses(sample: GroupedAnswers, weights: Floats) -> dict[str, Floats]:
    one_hot = np.eye(NUM_CLASSES)[sample.y]
    p = (sample.probabilities * one_hot).sum(axis=1)
    loss = -np.log(np.maximum(p, np.finfo(np.float64).eps))
    brier = ((sample.probabilities - one_hot) ** 2).sum(axis=1)
    values = np.column_stack([np.ones_like(p), loss, brier])
    sums = weights @ group_sums(values, sample.groups, sample.count)
    _, confidence, right = bin_sums(sample, weights)
    n = sums[:, 0]
    gap = np.abs(confidence - right).sum(axis=1)
    return {"log_loss": sums[:, 1] / n, "brier": sums[:, 2] / n, "ece": gap / n}


def _roc(sample: GroupedAnswers, weights: Floats) -> dict[str, Floats]:
    """AUC as the share of (positive, negative) pairs in the right order, ties half.

    The pairs are counted once for each two groups, K (G, G); a resample's count is then
    w K w', which is exact and costs one matrix product.
    """
    member = np.eye(sample.count)[sample.groups]
    auc = np.empty((len(weights), NUM_CLASSES))
    for c in range(NUM_CLASSES):
        score, positive = sample.probabilities[:, c], sample.y == c
        above = np.sign(score[positive][:, None] - score[~positive]) / 2 + 0.5
        pairs = member[positive].T @ above @ member[~positive]
        total = (weights @ member[positive].sum(axis=0)) * (weights @ member[~positive].sum(axis=0))
        auc[:, c] = ((weights @ pairs) * weights).sum(axis=1) / total
    return {"roc_auc": auc, "macro_roc_auc": auc.mean(axis=1)}


def _pr(sample: GroupedAnswers, weights: Floats) -> dict[str, Floats]:
    """Average precision: the mean, over positives, of precision at their threshold."""
    columns = []
    for c in range(NUM_CLASSES):
        positive = (sample.y == c).astype(np.float64)
        parts = []
        for seen, found in _running(sample.probabilities[:, c], positive, sample.groups, weights):
            precision = np.where(seen > 0, found / seen, 0)
            gained = np.diff(found, axis=1, prepend=0)
            parts.append((gained * precision).sum(axis=1) / found[:, -1])
        columns.append(np.concatenate(parts))
    values = np.column_stack(columns)
    return {"pr_auc": values, "macro_pr_auc": values.mean(axis=1)}


def _risk(sample: GroupedAnswers, weights: Floats) -> dict[str, Floats]:
    """Area under the risk-coverage curve, ties in random order on average.

    Where m images of equal confidence, e of them wrong, follow a images with E wrong,
    the curve adds the sum over j = 1..m of (E + j e / m) / (a + j); with harmonic numbers
    H that is E (H(a+m) - H(a)) + (e / m) (m - a (H(a+m) - H(a))).
    """
    confidence = sample.probabilities.max(axis=1)
    largest = round((weights @ np.bincount(sample.groups)).max())
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, largest + 1))])
    parts = []
    for seen, wrong in _running(confidence, 1 - sample.correct, sample.groups, weights):
        size, errors = (np.diff(x, axis=1, prepend=0) for x in (seen, wrong))
        before = seen - size
        step = harmonic[seen.astype(int)] - harmonic[before.astype(int)]
        tied = np.where(size > 0, errors / size, 0) * (size - before * step)
        parts.append(((wrong - errors) * step + tied).sum(axis=1) / seen[:, -1])
    return {"aurc": np.concatenate(parts)}


def _running(
    score: Floats, value: Floats, groups: Ints, weights: Floats
) -> Iterator[tuple[Floats, Floats]]:
    """Run totals of images and of `value` from the highest score down, in chunks.

    Yields
    ------
    seen, total : ndarray of float64, shape (chunk, V)
        At each of the V distinct scores.
    """
    order = np.argsort(-score, kind="stable")
    last = np.append(np.diff(score[order]) != 0, True)
    for start in range(0, len(weights), _CHUNK):
        w = weights[start : start + _CHUNK, groups[order]]
        yield w.cumsum(axis=1)[:, last], (w * value[order]).cumsum(axis=1)[:, last]


def risk_figures(sample: GroupedAnswers, weights: Floats, coverage: Floats) -> tuple[Figure, ...]:
    """Error rate among the most confident share of the images, with its interval.

    Parameters
    ----------
    sample : GroupedAnswers
    weights : ndarray of float64, shape (B, G)
        From `group_weights`.
    coverage : ndarray of float64, shape (K,), range (0, 1]
        Shares of the images that get an answer.

    Notes
    -----
    Who is among the most confident is settled on the images as they are, as a threshold
    would be; a resample counts their groups anew. Equal confidences keep the order of rows.
    """
    place = np.empty(len(sample.y), int)
    place[np.argsort(-sample.probabilities.max(axis=1), kind="stable")] = np.arange(len(place))
    among = (place[:, None] < np.round(coverage * len(place))).astype(np.float64)
    wrong = among * (1 - sample.correct)[:, None]
    sums = weights @ group_sums(np.hstack([among, wrong]), sample.groups, sample.count)
    answered, mistaken = np.hsplit(sums, 2)
    with np.errstate(invalid="ignore"):
        drawn = mistaken / answered
    found = []
    for k in range(len(coverage)):
        groups = len(np.unique(sample.groups[among[:, k] > 0]))
        value = float(wrong[:, k].sum() / among[:, k].sum())
        found.append(Figure.model_validate(figure(value, drawn[:, k], groups, proportion=True)))
    return tuple(found)


_Family = tuple[frozenset[str], Callable[[GroupedAnswers, Floats], dict[str, Floats]]]
_FAMILIES: tuple[_Family, ...] = (
    (
        frozenset(
            [
                *(f"{kind}_{name}" for kind in ("macro", "weighted") for name in AVERAGES),
                *(set(CLASS_FIGURES) - {"roc_auc", "pr_auc"}),
                *("accuracy", "balanced_accuracy", "mcc", "cohen_kappa"),
            ]
        ),
        _decisions,
    ),
    (frozenset({"log_loss", "brier", "ece"}), _losses),
    (frozenset({"roc_auc", "macro_roc_auc"}), _roc),
    (frozenset({"pr_auc", "macro_pr_auc"}), _pr),
    (frozenset({"aurc"}), _risk),
)
