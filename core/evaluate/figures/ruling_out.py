"""From which probability of no tumour on a tumour is ruled out: found on validation alone.

The largest probability is not enough to rule a tumour out: it asks only that no tumour be
likelier than each kind of tumour. An operating point asks for more, as much more as
tumour-free scans can bear.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.answer import Limits
from core.evaluate.figures.bootstrap import group_sums, group_weights
from core.evaluate.figures.intervals import LEVEL, MIN_GROUPS, FigureDict, figure
from core.labels import NO_TUMOUR_INDEX
from core.manifest import RulingOut

Floats = NDArray[np.float64]

TARGET = 0.97  # share of tumour-free validation pictures that are still called so
LEAST = 0.5  # under it a tumour of some kind is likelier than none
RESAMPLES = 2000
SEED = 0
_DECIMALS = 6
_TINY = 1e-9  # 0.97 of a whole number is not exact


def operating_point(
    probabilities: Floats, y: NDArray[np.integer], groups: NDArray[np.str_]
) -> RulingOut | None:
    """Find the probability of no tumour from which on a tumour is ruled out.

    The point is the largest probability that at least 97 of 100 tumour-free validation
    pictures reach, held between two bounds that need no tuning:

    - never under 1/2, where a tumour of some kind is likelier than none;
    - never over 1 - 1 / (G + 1), with G the groups (patients, picture families) of the
      whole validation part. A temperature that was fitted to G independent cases cannot
      tell a probability beyond that from certainty: even where all G are right, Laplace's
      rule leaves about one error in G + 1. Without this bound a sure network's point comes
      out at 0.9999, which is a property of its logits and not of what is known of it, and
      calls tumour-free scans of any other look into doubt.

    Sensitivity is not part of the rule, and neither test pictures nor other sources are:
    what the point brings there is measured afterwards.

    Parameters
    ----------
    probabilities : ndarray of float64, shape (N, 4)
        Calibrated, of all validation pictures.
    y : ndarray of int, shape (N,)
    groups : ndarray of str, shape (N,)

    Returns
    -------
    RulingOut or None
        None where no validation picture is tumour-free. The interval is of the whole rule
        on 2,000 resamples of the tumour-free groups, whole groups being drawn (see
        `core.evaluate.figures.bootstrap`): few groups make it wide, which is the truth.
    """
    free = y == NO_TUMOUR_INDEX
    if not free.any():
        return None
    p = np.asarray(probabilities[free, NO_TUMOUR_INDEX], np.float64)
    _, group = np.unique(groups[free], return_inverse=True)
    count = int(group.max()) + 1
    most = 1 - 1 / (len(np.unique(groups)) + 1)
    threshold = float(np.clip(reached_by(p, np.ones((1, len(p))))[0], LEAST, most))
    low = high = None
    if count >= MIN_GROUPS:
        drawn = reached_by(p, group_weights(count, RESAMPLES, SEED)[:, group])
        tail = (1 - LEVEL) / 2
        low, high = np.quantile(drawn.clip(LEAST, most), [tail, 1 - tail])
    threshold = _down(threshold)
    return RulingOut(
        threshold=threshold,
        ci_low=None if low is None else _down(low),
        ci_high=None if high is None else _down(high),
        target=TARGET,
        kept=round(float((p >= threshold).mean()), _DECIMALS),
        images=len(p),
        groups=count,
    )


def at_point(
    tumour: NDArray[np.bool_],
    probabilities: Floats,
    groups: NDArray[np.int64],
    weights: Floats,
    limits: Limits,
) -> dict[str, Any] | None:
    """Count what is ruled out, rightly and wrongly, with intervals over groups.

    Parameters
    ----------
    tumour : ndarray of bool, shape (N,)
        Whether the scan shows a tumour, of whichever kind.
    probabilities : ndarray of float64, shape (N, 4)
    groups : ndarray of int, shape (N,), values 0..G-1
    weights : ndarray of float64, shape (B, G)
        From `core.evaluate.figures.bootstrap.group_weights`.
    limits : Limits

    Returns
    -------
    dict or None
        As `core.evaluate.stored.schema.AtPoint`; None where no operating point is known.
    """
    ruled_out = limits.ruled_out(probabilities)
    if ruled_out is None:
        return None
    unsettled = (probabilities.argmax(axis=1) == NO_TUMOUR_INDEX) & ~ruled_out
    everything = np.ones(len(tumour), bool)
    return {
        "threshold": limits.rule_out,
        "sensitivity": share(~ruled_out, tumour, groups, weights),
        "specificity": share(ruled_out, ~tumour, groups, weights),
        "unsettled": share(unsettled, everything, groups, weights),
    }


def share(
    event: NDArray[np.bool_],
    among: NDArray[np.bool_],
    groups: NDArray[np.int64],
    weights: Floats,
) -> FigureDict:
    """Share of some scans in which something is the case, with its interval over groups."""
    values = np.column_stack([among, among & event]).astype(np.float64)
    sums: Floats = group_sums(values, groups, weights.shape[1])
    n, count = np.asarray(weights @ sums).T
    with np.errstate(invalid="ignore"):
        value = np.divide((among & event).sum(), among.sum())
        drawn = count / n
    return figure(float(value), drawn, len(np.unique(groups[among])), proportion=True)


def reached_by(values: Floats, weights: Floats, target: float = TARGET) -> Floats:
    """Find the largest value that a given share of pictures reaches, on every resample.

    Parameters
    ----------
    values : ndarray of float64, shape (N,)
    weights : ndarray of float64, shape (B, N)
        How often each picture is drawn; whole numbers.
    target : float
        The share, in (0, 1).

    Returns
    -------
    ndarray of float64, shape (B,)
        Always one of `values`.
    """
    order = np.argsort(values, kind="stable")
    drawn = weights[:, order]
    total = drawn.sum(axis=1, keepdims=True)
    below = drawn.cumsum(axis=1) - drawn  # weight of what comes before each value
    enough = (total - below >= target * total - _TINY) & (drawn > 0)
    last = enough.shape[1] - 1 - enough[:, ::-1].argmax(axis=1)
    return np.asarray(values[order][last], np.float64)


def _down(value: float) -> float:
    """Round down, so that the picture which sets the point reaches it."""
    return float(np.floor(value * 10**_DECIMALS) / 10**_DECIMALS)
