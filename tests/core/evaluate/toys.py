"""Small answers to order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.evaluate.stored.predictions import Predictions

Make = Callable[..., Predictions]
SHA = {letter: letter * 64 for letter in "abcdef"}

# Ten images whose every figure can be worked out on paper; see test_points.py.
HAND_Y = np.array([0, 0, 0, 1, 1, 2, 2, 2, 3, 3])
HAND_ANSWER = np.array([0, 0, 1, 1, 1, 2, 2, 0, 3, 2])
HAND_PROBABILITIES = np.full((10, 4), 0.1) + 0.6 * np.eye(4)[HAND_ANSWER]


def random_case(
    n: int = 120, groups: int = 25, seed: int = 0, decimals: int = 2
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """Labels, probabilities with many ties, and groups of unequal size."""
    rng = np.random.default_rng(seed)
    y = rng.integers(4, size=n)
    scores = np.exp(rng.normal(size=(n, 4)) + 1.5 * np.eye(4)[y]).round(decimals) + 0.01
    of = np.concatenate([np.arange(groups), rng.integers(groups // 2, size=n - groups)])
    return y, scores / scores.sum(axis=1, keepdims=True), of
