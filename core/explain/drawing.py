"""From a map over the network's square to heat on the scan: one rule for every method."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.errors import N_
from core.preprocess import FloatImage, Geometry, to_source

NOTHING = N_("No place in this scan speaks for that answer, so there is nothing to draw.")
FLAT = N_("Every place in this scan counts the same: the map has nothing to show.")


def why_empty(values: FloatImage) -> str | None:
    """Say why a map has nothing to draw: `NOTHING` is above zero, or it is `FLAT`; else None."""
    peak, low = float(values.max()), float(values.min())
    return NOTHING if peak <= 0 else FLAT if peak - low <= 1e-6 * peak else None


def draw(
    values: FloatImage, geometry: Geometry, longest: int | None = None
) -> tuple[FloatImage, str | None]:
    """Turn a map (h, w) into heat on the scan, and say why if there is none.

    Parameters
    ----------
    values : ndarray of float32, shape (h, w)
    geometry : Geometry
    longest : int, optional
        Longer side of the result in pixels, where the scan is larger: a map for the screen is
        drawn at the screen's size, not at the scan's and then reduced.

    Returns
    -------
    heat : ndarray of float32, shape of the scan, or as `core.explain.overlay.shrink` makes it
        In [0, 1]: the positive part over the highest value.
    empty : str or None
        As `why_empty`; heat is then all zero.
    """
    height, width = geometry.source_shape
    scale = 1.0 if longest is None else min(1.0, longest / max(height, width))
    shape = max(1, round(height * scale)), max(1, round(width * scale))
    empty = why_empty(values)
    if empty:
        return np.zeros(shape, np.float32), empty
    heat = np.asarray((values / values.max()).clip(0, 1), np.float32)
    if scale == 1.0:
        return to_source(heat, geometry), None
    g, b = geometry, geometry.box
    down = _weights(shape[0], height, b.top, b.bottom, g.pad_top, g.side, len(heat))
    across = _weights(shape[1], width, b.left, b.right, g.pad_left, g.side, len(heat[0]))
    return np.asarray(down @ heat @ across.T, np.float32), None


def _weights(
    size: int, whole: int, start: int, stop: int, pad: int, side: int, cells: int
) -> NDArray[np.float64]:
    """Bilinear weights of a map's cells along one axis, (size, cells); zero outside the box."""
    at = (np.arange(size) + 0.5) * whole / size - 0.5  # in the scan's pixels
    place = (at - start + pad + 0.5) * cells / side - 0.5
    place = place.clip(0, cells - 1)
    low = np.minimum(place.astype(np.intp), max(cells - 2, 0))
    share = place - low
    weights = np.zeros((size, cells))
    weights[np.arange(size), low] = 1 - share
    weights[np.arange(size), np.minimum(low + 1, cells - 1)] += share
    weights[(at < start - 0.5) | (at > stop - 0.5)] = 0
    return weights
