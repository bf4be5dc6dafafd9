"""Which score is explained: a class, or one class rather than another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.errors import ExplainError
from core.labels import CLASS_NAMES, NUM_CLASSES
from core.preprocess import FloatImage

Target = str | int


def class_name(target: Target) -> str:
    """Name of a class given by name or by index.

    Raises
    ------
    ExplainError
        If there is no such class.
    """
    if isinstance(target, str) and target in CLASS_NAMES:
        return target
    index = isinstance(target, int | np.integer) and not isinstance(target, bool)
    if index and 0 <= int(target) < NUM_CLASSES:
        return CLASS_NAMES[int(target)]
    raise ExplainError(
        "There is no class {target}; there are {known}.",
        target=target,
        known=", ".join(f"{name} ({i})" for i, name in enumerate(CLASS_NAMES)),
    )


def weights_of(target: Target, versus: Target | None = None) -> FloatImage:
    """Weights (4,) of the logits in the score to explain.

    One-hot for `target`; with `versus`, -1 there: the difference of the two logits, which
    is the log of how many times more probable the one is than the other.

    Raises
    ------
    ExplainError
        If a class does not exist, or both are the same.
    """
    weights = np.zeros(NUM_CLASSES, np.float32)
    name = class_name(target)
    weights[CLASS_NAMES.index(name)] = 1
    if versus is None:
        return weights
    if class_name(versus) == name:
        raise ExplainError("A class cannot be compared with itself ({target}).", target=name)
    weights[CLASS_NAMES.index(class_name(versus))] = -1
    return weights


def weights_for(
    n: int, target: Target | Sequence[Target], versus: Target | None = None
) -> FloatImage:
    """Weights (n, 4) for n images, of one target for all or one for each.

    Raises
    ------
    ExplainError
        As `weights_of`.
    ValueError
        If there are neither one nor n targets.
    """
    targets = [target] * n if isinstance(target, str | int | np.integer) else list(target)
    if len(targets) != n:
        raise ValueError(f"Invalid targets. Expected 1 or {n}. Received: {len(targets)}")
    return np.stack([weights_of(t, versus) for t in targets])
