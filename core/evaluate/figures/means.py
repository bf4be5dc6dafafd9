"""The mean of something measured on each scan, with its spread over patients."""

from __future__ import annotations

import numpy as np

from core.evaluate.figures.bootstrap import Floats, Ints, group_sums, group_weights
from core.evaluate.figures.intervals import LEVEL, FigureDict, figure

RESAMPLES = 2000
SEED = 0
BOOTSTRAP = {"level": LEVEL, "resamples": RESAMPLES, "seed": SEED, "unit": "group"}


def mean_over_groups(values: Floats, groups: Ints, *, proportion: bool) -> FigureDict:
    """Average over scans, with a 95 % interval from a bootstrap over patients.

    Parameters
    ----------
    values : ndarray of float64, shape (N,)
    groups : ndarray of int, shape (N,), values 0..G-1
        Patient, or picture family, of each scan.
    proportion : bool
        Whether the mean is a share of scans.
    """
    count = int(groups.max()) + 1
    sums = group_sums(np.stack([values, np.ones_like(values)], 1), groups, count)
    drawn = group_weights(count, RESAMPLES, SEED) @ sums
    return figure(float(values.mean()), drawn[:, 0] / drawn[:, 1], count, proportion=proportion)
