"""Probabilities from logits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def calibrated(logits: NDArray[np.floating], temperature: float) -> Floats:
    """Softmax of logits over a temperature.

    Parameters
    ----------
    logits : ndarray, shape (N, 4)
    temperature : float
        Above 1 makes the answers less sure; the ranking of classes never changes.

    Returns
    -------
    ndarray of float64, shape (N, 4)
    """
    z = np.asarray(logits, np.float64) / temperature
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))
