"""From a value and its resamples to what is written down: a figure with its interval."""

from __future__ import annotations

from math import isfinite

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FigureDict = dict[str, float | None]

LEVEL = 0.95
DECIMALS = 6
MIN_GROUPS = 5  # fewer say nothing about the next patient
_MIN_DEFINED = 0.95  # share of resamples in which a figure must be defined
_TAIL = (1 - LEVEL) / 2
UNDEFINED: FigureDict = {"value": None, "ci_low": None, "ci_high": None}


def rounded(value: float) -> float | None:
    """Six decimals, no negative zero, None for NaN and infinities."""
    return round(float(value), DECIMALS) + 0.0 if isfinite(value) else None


def figure(value: float, samples: Floats, groups: int, *, proportion: bool = False) -> FigureDict:
    """Value with the 95 % percentile interval of its resamples.

    Parameters
    ----------
    value : float
        NaN where not defined.
    samples : ndarray of float64, shape (B,)
        The figure on each resample; NaN where not defined.
    groups : int
        Groups behind the figure. With fewer than five there is no interval.
    proportion : bool
        The figure is a share of images.

    Notes
    -----
    Resampling cannot move a perfect score, and [1, 1] would promise too much. For a share
    of 0 or 1 the interval is `over_groups`; other perfect figures get none.
    """
    if not isfinite(value):
        return dict(UNDEFINED)
    low = high = np.nan
    defined = samples[np.isfinite(samples)]
    if groups >= MIN_GROUPS and defined.size >= _MIN_DEFINED * samples.size:
        low, high = np.quantile(defined, [_TAIL, 1 - _TAIL])
        if value in (0.0, 1.0) and low == high:
            low, high = over_groups(value, groups) if proportion else (np.nan, np.nan)
    return {"value": rounded(value), "ci_low": rounded(low), "ci_high": rounded(high)}


def over_groups(value: float, groups: int) -> tuple[float, float]:
    """Clopper and Pearson's (1934) 95 % interval of a share, with one trial a group.

    Images of a group are not counted as trials of their own, which makes the interval wider
    rather than too narrow. Of a share of 0 it is (0, 1 - 0.025 ** (1 / groups)).
    """
    from scipy.special import betaincinv

    hits, misses = value * groups, (1 - value) * groups
    low = float(betaincinv(hits, misses + 1, _TAIL)) if hits > 0 else 0.0
    high = float(betaincinv(hits + 1, misses, 1 - _TAIL)) if misses > 0 else 1.0
    return low, high
