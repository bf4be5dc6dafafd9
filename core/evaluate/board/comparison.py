"""Whether one model is better than another or only looks so.

A paired bootstrap over groups of the difference in a figure, for every pair of models that
saw the same images. It draws patients, so it knows how few they are: slices of one patient
are not independent, which McNemar's test takes them to be. Adjusted over all pairs by
Holm's method (1979).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from core.errors import DataError
from core.evaluate.figures.bootstrap import group_weights, sample_of
from core.evaluate.figures.points import BELIEF_FIGURES, HEADLINES, point_figures
from core.evaluate.figures.spread import resampled_figures
from core.evaluate.stored.predictions import Predictions

Floats = NDArray[np.float64]
RESAMPLES = 10_000  # the smallest p, 2 / 10,001, must survive Holm over some fifty pairs
ALPHA = 0.05


@dataclass(frozen=True)
class Pair:
    """Two models on the same images.

    Attributes
    ----------
    a, b : str
    difference, ci_low, ci_high : float
        Figure of `a` less that of `b`, with the 95 % interval of the paired group
        bootstrap (not adjusted for the number of pairs).
    p_value, p_holm : float
        Two-sided, from the same bootstrap; `p_holm` adjusted over all pairs.
    only_a, only_b : int
        Images that exactly one of them gets right.
    """

    a: str
    b: str
    difference: float
    ci_low: float
    ci_high: float
    p_value: float
    p_holm: float
    only_a: int
    only_b: int

    @property
    def distinguishable(self) -> bool:
        """Whether the bootstrap tells them apart at 5 %, over all pairs."""
        return self.p_holm < ALPHA


def holm(p_values: Sequence[float]) -> Floats:
    """Adjust p-values so that the chance of any false claim stays below the level.

    Holm 1979, the closed test of Bonferroni's (Marcus, Peritz and Gabriel 1976). Not
    statsmodels' ``multipletests``, which collects all garbage of the process at each call: a
    second in a running app.
    """
    p = np.asarray(p_values, np.float64)
    order = np.argsort(p)
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = steps.clip(max=1)
    return adjusted


def bootstrap_p(differences: Floats) -> float:
    """Two-sided p-value: how rarely resampled differences fall on the other side of zero.

    Never below 2 / (B + 1), because a bootstrap of B resamples cannot know more.
    """
    side = min((differences <= 0).sum(), (differences >= 0).sum())
    return float(min(1.0, 2 * (side + 1) / (len(differences) + 1)))


def compare(
    predictions: Mapping[str, Predictions],
    figure: str = "accuracy",
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> tuple[Pair, ...]:
    """Compare every two models in one figure.

    Parameters
    ----------
    predictions : mapping of str to Predictions
        All of the same images.
    figure : str
        One of `core.evaluate.figures.points.HEADLINES`.
    resamples, seed : int

    Returns
    -------
    tuple of Pair
        In the order of `predictions`, without those for which the figure is not defined.

    Raises
    ------
    DataError
        If two models saw different images.
    """
    if figure not in HEADLINES:
        raise ValueError(f"Invalid figure. Expected one of {HEADLINES}. Received: {figure!r}")
    check_same_images(predictions)
    values: dict[str, float] = {}
    draws: dict[str, Floats] = {}
    correct: dict[str, NDArray[np.bool_]] = {}
    weights = np.empty((0, 0))
    for name, p in predictions.items():
        sample = sample_of(p)
        if not weights.size:
            weights = group_weights(sample.count, resamples, seed)
        value = float(point_figures(sample.y, sample.probabilities)[figure])
        believed = p.provenance.kind != "control" or figure not in BELIEF_FIGURES
        if believed and np.isfinite(value):
            values[name] = value
            draws[name] = resampled_figures(sample, weights, [figure])[figure]
            correct[name] = sample.correct > 0
    pairs = list(combinations(values, 2))
    disagreements = [
        (int((correct[a] & ~correct[b]).sum()), int((correct[b] & ~correct[a]).sum()))
        for a, b in pairs
    ]
    differences = [draws[a] - draws[b] for a, b in pairs]
    differences = [d[np.isfinite(d)] for d in differences]
    p_values = [bootstrap_p(d) for d in differences]
    adjusted = zip(p_values, holm(p_values), strict=True)
    result = []
    for (a, b), d, counts, ps in zip(pairs, differences, disagreements, adjusted, strict=True):
        low, high = np.quantile(d, [ALPHA / 2, 1 - ALPHA / 2])
        p_value, p_holm = map(float, ps)
        gap = values[a] - values[b]
        result.append(Pair(a, b, gap, float(low), float(high), p_value, p_holm, *counts))
    return tuple(result)


def check_same_images(predictions: Mapping[str, Predictions]) -> None:
    """Refuse to compare or combine answers to different questions.

    Raises
    ------
    DataError
        If two models saw different images, or of one image different labels.
    """
    first, *others = predictions
    columns = ["path", "image_sha256", "y_true", "group"]
    ours = predictions[first].table[columns].reset_index(drop=True)
    for name in others:
        theirs = predictions[name].table[columns].reset_index(drop=True)
        if not ours.equals(theirs):
            raise DataError(
                "{a} and {b} were evaluated on different images and cannot be compared.",
                a=first,
                b=name,
            )


def tied_with(best: str, pairs: Collection[Pair]) -> frozenset[str]:
    """Models that cannot be told from `best`, itself included."""
    tied = {best}
    for pair in pairs:
        if best in (pair.a, pair.b) and not pair.distinguishable:
            tied |= {pair.a, pair.b}
    return frozenset(tied)


def compact_letters(names: Sequence[str], pairs: Collection[Pair]) -> dict[str, str]:
    """Letters such that two models share one exactly if they cannot be told apart.

    Insert-and-absorb algorithm (Piepho 2004, J. Comput. Graph. Stat. 13:456).

    Parameters
    ----------
    names : sequence of str
        Best first: the best model gets an "a".
    pairs : collection of Pair

    Returns
    -------
    dict of str to str
        For example ``{"x": "a", "y": "ab", "z": "b"}``.
    """
    groups = [frozenset(names)]
    for pair in pairs:
        if pair.distinguishable:
            split = [g - {x} for g in groups for x in (pair.a, pair.b) if {pair.a, pair.b} <= g]
            groups = [g for g in groups if not {pair.a, pair.b} <= g] + split
            groups = [g for g in set(groups) if not any(g < other for other in groups)]
    rank = {name: i for i, name in enumerate(names)}
    groups.sort(key=lambda g: sorted(rank[name] for name in g))
    letters = "abcdefghijklmnopqrstuvwxyz"
    return {
        name: "".join(letters[i % 26] for i, g in enumerate(groups) if name in g) for name in names
    }
