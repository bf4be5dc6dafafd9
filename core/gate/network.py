"""The gate's own small network, run by numpy alone: four convolutions and two dense layers.

It answers which of five kinds a picture is. The first is a scan; three are scans as no network
here knows them; the last is anything else.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from core.preprocess import FloatImage

SCAN, UPSIDE_DOWN, SIDEWAYS, INVERTED, OTHER = range(5)
NAMES = ("scan", "upside down", "sideways", "inverted", "other")
WIDTHS = (12, 24, 48, 64)  # channels of the convolutions, each of which halves the side
HIDDEN = 48

Weights = Mapping[str, NDArray[np.floating]]
Logits = NDArray[np.float64]


def answer(both: FloatImage, weights: Weights) -> Logits:
    """Say which of the five kinds a picture is; its mirror image counts as much.

    Parameters
    ----------
    both : ndarray of float32, shape (64, 64, 2)
        See `core.gate.views.views`.
    weights : mapping of str to ndarray
        ``kernel_i`` and ``bias_i`` of each layer, batch norms folded in.

    Returns
    -------
    ndarray of float64, shape (5,)
        Logits in the order of `NAMES`.
    """
    return (forward(both, weights) + forward(both[:, ::-1], weights)) / 2


def score(logits: Logits) -> float:
    """Log odds of a scan, whichever way round, against an inverted one and anything else."""
    return _together(logits[[SCAN, UPSIDE_DOWN, SIDEWAYS]]) - _together(logits[[INVERTED, OTHER]])


def upright(logits: Logits) -> float:
    """Log odds of a scan that lies as it should against one that is turned."""
    return float(logits[SCAN]) - _together(logits[[UPSIDE_DOWN, SIDEWAYS]])


def _together(logits: Logits) -> float:
    most = float(logits.max())
    return most + float(np.log(np.exp(logits - most).sum()))


def forward(both: FloatImage, weights: Weights) -> NDArray[np.float64]:
    """Logits (5,) of one picture."""
    x = np.asarray(both, np.float32)
    for i in range(len(WIDTHS)):
        x = np.maximum(_halve(x, weights[f"kernel_{i}"], weights[f"bias_{i}"]), 0)
    flat: NDArray[np.floating] = x.ravel()
    n = len(WIDTHS)
    for i in (n, n + 1):
        flat = flat @ weights[f"kernel_{i}"].astype(np.float32) + weights[f"bias_{i}"]
        flat = np.maximum(flat, 0) if i == n else flat
    return np.asarray(flat, np.float64)


def _halve(x: FloatImage, kernel: NDArray[np.floating], bias: NDArray[np.floating]) -> FloatImage:
    """Convolution by (3, 3, C, K) with stride 2, padded as Keras' ``same`` pads an even side."""
    padded = np.pad(x, ((0, 1), (0, 1), (0, 0)))
    patches = sliding_window_view(padded, (3, 3), (0, 1))[::2, ::2]  # (h, w, C, 3, 3)
    height, width = patches.shape[:2]
    rows = patches.transpose(0, 1, 3, 4, 2).reshape(height * width, -1)
    flat = rows @ kernel.astype(np.float32).reshape(rows.shape[1], -1)
    return np.asarray(flat + bias, np.float32).reshape(height, width, -1)
