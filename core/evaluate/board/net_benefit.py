"""Tumour or no tumour: what each threshold costs, and whether it helps at all.

Decision curve analysis: Vickers & Elkin 2006, "Decision curve analysis: a novel method for
evaluating prediction models", doi:10.1177/0272989X06295361.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.evaluate.board.cost import PER, Costs, means
from core.evaluate.figures.bootstrap import Floats, GroupedAnswers
from core.evaluate.figures.intervals import LEVEL
from core.labels import NO_TUMOUR_INDEX

THRESHOLDS: Floats = np.arange(1, 100) / 100
_ODDS = THRESHOLDS / (1 - THRESHOLDS)


@dataclass(frozen=True)
class Sweep:
    """Tumour or no tumour, at every threshold on the probability of a tumour.

    Attributes
    ----------
    missed, false_alarms : ndarray of float64, shape (1 + B, K)
        Per 100 scans at each of `THRESHOLDS`: as they are, then on each resample.
    tumours : ndarray of float64, shape (1 + B, 1)
        Scans of 100 that show a tumour.
    """

    missed: Floats
    false_alarms: Floats
    tumours: Floats

    def cost(self, costs: Costs) -> Floats:
        """Cost of missed tumours and false alarms per 100 scans, shape (1 + B, K)."""
        return costs.missed * self.missed + costs.false_alarm * self.false_alarms

    @property
    def net_benefit(self) -> Floats:
        """Tumours found per 100 scans, less the false alarms at what they are worth.

        Vickers & Elkin 2006: ``TP - FP t / (1 - t)``. Whoever would call a tumour at a
        probability of t holds one missed tumour to be as bad as (1 - t) / t false alarms.
        """
        return self.tumours - self.missed - self.false_alarms * _ODDS

    @property
    def call_all(self) -> Floats:
        """Net benefit of calling a tumour on every scan, shape (K,); calling none has 0."""
        tumours = self.tumours[0]
        return np.asarray(tumours - (PER - tumours) * _ODDS)


def sweep(
    sample: GroupedAnswers, scores: Floats, weights: Floats, prevalence: float | None = None
) -> Sweep:
    """Call a tumour wherever its probability reaches a threshold.

    Parameters
    ----------
    sample : GroupedAnswers
    scores : ndarray of float64, shape (N,)
        Probability of a tumour; 0 or 1 for an answer that comes without one.
    weights, prevalence
        As for `bill`.
    """
    tumour = (sample.y != NO_TUMOUR_INDEX)[:, None]
    called = scores[:, None] >= THRESHOLDS
    values = np.hstack([tumour & ~called, ~tumour & called, tumour]).astype(np.float64)
    rates = PER * means(sample, values, weights, prevalence)
    missed, alarms, tumours = np.split(rates, [len(THRESHOLDS), 2 * len(THRESHOLDS)], axis=1)
    return Sweep(missed, alarms, tumours)


def band(curve: Floats) -> tuple[Floats, Floats]:
    """Give the ends of the pointwise 95 % interval of a curve with its resamples (1 + B, K)."""
    defined = curve[1:][np.isfinite(curve[1:]).all(axis=1)]
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return low, high
