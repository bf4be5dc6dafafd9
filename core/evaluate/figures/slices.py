"""The same question asked of a part of the images: a class, a source, a plane, a flag."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.evaluate.figures.bootstrap import (
    Floats,
    GroupedAnswers,
    confusion,
    f1_by_class,
    group_weights,
)
from core.evaluate.figures.intervals import figure
from core.evaluate.stored.predictions import Predictions
from core.labels import CLASS_NAMES

if TYPE_CHECKING:
    import pandas as pd

NO_FLAG = "none"
UNKNOWN = "unknown"


def slice_masks(table: pd.DataFrame) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
    """Name the slices of a table of predictions.

    Yields
    ------
    by : {"class", "source", "plane", "flag", "twin"}
        ``twin``: whether a copy of the picture was in training; only where some were.
    value : str
        An image with several flags (``a;b``) is in several slices.
    rows : ndarray of bool, shape (N,)
    """
    labels = table["y_true"].map(dict(enumerate(CLASS_NAMES)))
    planes = table["plane"].replace("", UNKNOWN)
    for by, column in (("class", labels), ("source", table["source"]), ("plane", planes)):
        for value in sorted(set(column)):
            yield by, value, (column == value).to_numpy()
    flags = table["flags"].replace("", NO_FLAG).str.split(";")
    for value in sorted({flag for row in flags for flag in row}):
        yield "flag", value, flags.map(lambda row, v=value: v in row).to_numpy(bool)
    twin = table["in_train_twin"].to_numpy() == 1
    if twin.any():
        yield "twin", "in training", twin
        yield "twin", "not in training", ~twin


def slices(
    predictions: Predictions, sample: GroupedAnswers, resamples: int, seed: int
) -> dict[str, dict[str, Any]]:
    """Compute number, accuracy and macro F1 of every slice.

    Groups are drawn within the slice. Macro F1 is over the classes that occur in it and
    undefined where only one does.
    """
    result: dict[str, dict[str, Any]] = {}
    for by, value, rows in slice_masks(predictions.table):
        if rows.any():
            part = _part(sample, rows)
            result.setdefault(by, {})[value] = _slice(part, resamples, seed)
    return result


def _part(sample: GroupedAnswers, rows: NDArray[np.bool_]) -> GroupedAnswers:
    _, groups = np.unique(sample.groups[rows], return_inverse=True)
    return GroupedAnswers(sample.y[rows], sample.probabilities[rows], groups)


def _slice(part: GroupedAnswers, resamples: int, seed: int) -> dict[str, Any]:
    once = np.ones((1, part.count))
    drawn = group_weights(part.count, resamples, seed)
    accuracy, macro_f1 = _figures(part, np.concatenate([once, drawn]))
    return {
        "n": len(part.y),
        "groups": part.count,
        "accuracy": figure(float(accuracy[0]), accuracy[1:], part.count, proportion=True),
        "macro_f1": figure(float(macro_f1[0]), macro_f1[1:], part.count),
    }


def _figures(part: GroupedAnswers, weights: Floats) -> tuple[Floats, Floats]:
    matrices = confusion(part, weights)
    present = np.unique(part.y)
    accuracy = np.trace(matrices, axis1=1, axis2=2) / matrices.sum(axis=(1, 2))
    with np.errstate(invalid="ignore"):
        macro_f1 = f1_by_class(matrices)[:, present].mean(axis=1)
    return accuracy, macro_f1 if len(present) > 1 else np.full_like(macro_f1, np.nan)
