"""What mistakes cost: the same answers ranked by their price instead of their number.

Missing a tumour, raising a false alarm and naming the wrong tumour are one mistake each to
an accuracy. Here each has a price, and a decision can take the prices into account:

- the least expected cost under the stated probabilities: Elkan 2001, "The foundations of
  cost-sensitive learning", IJCAI, eq. 1; with leave to refer, Chow 1970,
  doi:10.1109/TIT.1970.1054406;
- probabilities under another share of tumours: Saerens et al. 2002, eq. 2.4,
  doi:10.1162/089976602753284446.

Everything is counted per 100 scans. An action is a class (0..3) or `REFER`: a person reads
the scan instead, and is taken to be right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.evaluate.board.comparison import ALPHA, bootstrap_p, holm
from core.evaluate.figures.bootstrap import Floats, GroupedAnswers, Ints, group_sums, group_weights
from core.evaluate.figures.intervals import figure
from core.figure import Figure
from core.labels import NO_TUMOUR_INDEX, NUM_CLASSES

REFER = NUM_CLASSES
OUTCOMES = ("missed", "false_alarm", "wrong_type", "referral")
RESAMPLES, SEED = 2000, 0  # as in metrics.json, so that equal prices give its intervals
PER = 100
TUMOUR = np.arange(NUM_CLASSES) != NO_TUMOUR_INDEX
_EQUAL = 1e-12  # costs closer than this are the same


@dataclass(frozen=True)
class Costs:
    """The price of each outcome, in one unit of the person's choice; being right is free.

    Attributes
    ----------
    missed : float
        A tumour is called no tumour.
    false_alarm : float
        No tumour is called a tumour.
    wrong_type : float
        A tumour is called another tumour.
    referral : float or None
        A scan is given to a person; None where that is not allowed.
    """

    missed: float = 1.0
    false_alarm: float = 1.0
    wrong_type: float = 1.0
    referral: float | None = None

    @property
    def prices(self) -> Floats:
        """Prices in the order of `OUTCOMES`, shape (4,)."""
        return np.array([self.missed, self.false_alarm, self.wrong_type, self.referral or 0.0])

    @property
    def matrix(self) -> Floats:
        """Price of each action (across, 4 or 5) on each true class (down, 4)."""
        truth, action = np.indices((NUM_CLASSES, NUM_CLASSES + (self.referral is not None)))
        return np.asarray(outcomes(truth, action) @ self.prices)

    @property
    def threshold(self) -> float | None:
        """Probability of a tumour from which calling one is worth it (Elkan 2001, eq. 2).

        ``false_alarm / (false_alarm + missed)``; types left aside. None if both are free.
        """
        both = self.false_alarm + self.missed
        return self.false_alarm / both if both else None


@dataclass(frozen=True)
class Bill:
    """How often each outcome occurs, and what that costs.

    Attributes
    ----------
    costs : Costs
    rates : ndarray of float64, shape (1 + B, 4)
        `OUTCOMES` per 100 scans: as they are, then on each resample.
    groups : int
        Patients or picture families behind them.
    """

    costs: Costs
    rates: Floats
    groups: int

    @cached_property
    def total(self) -> Floats:
        """Cost per 100 scans, shape (1 + B,)."""
        return np.asarray(self.rates @ self.costs.prices)

    @property
    def cost(self) -> Figure:
        """Cost per 100 scans with its interval."""
        return _figure(self.total, self.groups)

    def outcome(self, name: str) -> Figure:
        """How many of 100 scans end in one of `OUTCOMES`."""
        return _figure(self.rates[:, OUTCOMES.index(name)], self.groups)

    def above(self, other: Bill) -> Figure:
        """By how much this bill exceeds another, on the same resamples."""
        return _figure(self.total - other.total, self.groups)


def outcomes(y: Ints, actions: Ints) -> Floats:
    """Which of `OUTCOMES` each action on a true class ends in, as 0 or 1: shape (..., 4)."""
    referred = actions == REFER
    tumour, called = y != NO_TUMOUR_INDEX, actions != NO_TUMOUR_INDEX
    wrong = (actions != y) & ~referred
    cases = wrong & ~called, wrong & ~tumour, wrong & tumour & called, referred
    return np.stack(cases, axis=-1).astype(np.float64)


def at_prevalence(probabilities: Floats, shares: Floats, prevalence: float | None) -> Floats:
    """State probabilities as they would be if tumours were rarer or more frequent.

    Parameters
    ----------
    probabilities : ndarray of float64, shape (N, 4)
        Calibrated where classes have `shares`.
    shares : ndarray of float64, shape (4,)
    prevalence : float or None
        Share of scans with a tumour, in (0, 1); the types keep their shares among them.
        None changes nothing.

    Notes
    -----
    Holds if scans of one class look the same in both places (Saerens et al. 2002).
    """
    if prevalence is None:
        return probabilities
    with_tumour = shares[TUMOUR].sum()
    factor = np.where(TUMOUR, prevalence / with_tumour, (1 - prevalence) / (1 - with_tumour))
    scaled = probabilities * factor
    return np.asarray(scaled / scaled.sum(axis=1, keepdims=True))


def decide(probabilities: Floats, costs: Costs) -> Ints:
    """Choose the action of least expected cost for each scan; of equals, the likeliest class.

    Parameters
    ----------
    probabilities : ndarray of float64, shape (N, 4)
    costs : Costs

    Returns
    -------
    ndarray of int, shape (N,), values 0..3 or `REFER`
    """
    expected = probabilities @ costs.matrix
    cheapest = expected <= expected.min(axis=1, keepdims=True) + _EQUAL
    likely = np.zeros_like(expected)
    likely[:, :NUM_CLASSES] = probabilities
    return np.asarray(np.where(cheapest, likely, -1).argmax(axis=1))


def draws(groups: int, resamples: int = RESAMPLES) -> Floats:
    """How often each group counts: once each in the first row, then as drawn, (1 + B, G)."""
    return np.vstack([np.ones((1, groups)), group_weights(groups, resamples, SEED)])


def shares(y: Ints) -> Floats:
    """Share of each class, shape (4,)."""
    return np.asarray(np.bincount(y, minlength=NUM_CLASSES) / len(y))


def bill(
    sample: GroupedAnswers,
    actions: Ints,
    costs: Costs,
    weights: Floats,
    prevalence: float | None = None,
) -> Bill:
    """Count what the actions lead to.

    Parameters
    ----------
    sample : GroupedAnswers
    actions : ndarray of int, shape (N,)
    costs : Costs
    weights : ndarray of float64, shape (1 + B, G)
        From `draws`.
    prevalence : float or None
        Share of scans with a tumour, in (0, 1); None for the sample's own.
    """
    rates = means(sample, outcomes(sample.y, actions), weights, prevalence)
    return Bill(costs, PER * rates, sample.count)


def tied(bills: Mapping[str, Bill]) -> frozenset[str]:
    """Rows whose cost the sample cannot tell from the least, the least itself included.

    Paired bootstrap over groups, adjusted over the rows by Holm's method.
    """
    best = min(bills, key=lambda name: bills[name].total[0], default="")
    others = [name for name in bills if name != best]
    gaps = [(bills[name].total - bills[best].total)[1:] for name in others]
    adjusted = holm([bootstrap_p(gap[np.isfinite(gap)]) for gap in gaps])
    return frozenset([best, *(n for n, p in zip(others, adjusted, strict=True) if p >= ALPHA)])


def without_looking(of: Floats, costs: Costs) -> tuple[int, float]:
    """Cheapest action if it has to be the same on every scan, and its cost per 100.

    Parameters
    ----------
    of : ndarray of float64, shape (4,)
        Shares of the classes.
    costs : Costs
    """
    action = int(decide(of[None], costs)[0])
    return action, float(PER * of @ costs.matrix[:, action])


def means(
    sample: GroupedAnswers, values: Floats, weights: Floats, prevalence: float | None
) -> Floats:
    """Mean of each column of `values` (N, K) on each resample, (1 + B, K).

    At another `prevalence` the means over scans with and without a tumour are weighed by it;
    NaN where a resample lacks either.
    """

    def over(images: NDArray[np.bool_]) -> Floats:
        chosen = np.column_stack([images, values * images[:, None]]).astype(np.float64)
        sums = weights @ group_sums(chosen, sample.groups, sample.count)
        with np.errstate(invalid="ignore"):
            return np.asarray(sums[:, 1:] / sums[:, :1])

    if prevalence is None:
        return over(np.ones(len(sample.y), bool))
    tumour = sample.y != NO_TUMOUR_INDEX
    return prevalence * over(tumour) + (1 - prevalence) * over(~tumour)


def _figure(values: Floats, groups: int) -> Figure:
    return Figure.model_validate(figure(float(values[0]), values[1:], groups))
