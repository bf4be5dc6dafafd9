"""Curves of one class against the rest, over every threshold, by scikit-learn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.evaluate.stored.predictions import Predictions
from core.labels import CLASS_NAMES

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """One line of a chart.

    Attributes
    ----------
    class_name : str
    x, y : ndarray of float64, shape (K,), range [0, 1]
        In the order in which they are drawn, from the strictest threshold on.
    threshold : ndarray of float64, shape (K,), range [0, 1]
        Probability from which the class is called at each point; 1 where nothing is.
    """

    class_name: str
    x: Floats
    y: Floats
    threshold: Floats


def roc(predictions: Predictions) -> tuple[Curve, ...]:
    """Share found (y) against share of false alarms (x).

    Returns
    -------
    tuple of Curve
        Without classes for which it is not defined. Corners only: the area under the
        straight lines between them is ``roc_auc`` of `core.evaluate.figures.points`.
    """
    from sklearn.metrics import roc_curve

    curves = []
    for name, truth, score in _against_the_rest(predictions):
        if 0 < truth.sum() < len(truth):
            false_alarms, found, threshold = roc_curve(truth, score)
            curves.append(Curve(name, false_alarms, found, threshold.clip(max=1.0)))
    return tuple(curves)


def precision_recall(predictions: Predictions) -> tuple[Curve, ...]:
    """Share of the alarms that are right (y) against share found (x).

    Returns
    -------
    tuple of Curve
        Without classes for which it is not defined. To be drawn in steps, never in slopes:
        to the next point's height first, then across. The area under those steps is
        ``pr_auc``, average precision.
    """
    from sklearn.metrics import precision_recall_curve

    curves = []
    for name, truth, score in _against_the_rest(predictions):
        if truth.any():
            precision, recall, threshold = precision_recall_curve(truth, score)
            strictest_first = np.append(threshold, 1.0)[::-1]
            curves.append(Curve(name, recall[::-1], precision[::-1], strictest_first))
    return tuple(curves)


def _against_the_rest(
    predictions: Predictions,
) -> Iterator[tuple[str, NDArray[np.bool_], Floats]]:
    for c, name in enumerate(CLASS_NAMES):
        yield name, predictions.y == c, predictions.probabilities[:, c]
