"""What is said of a scan, once its probabilities are there: a class, or less than that.

Two thresholds, both found on validation pictures, stand between the largest probability and
a sentence. Under the first a network would rather not say. The second is for the sentence
with the most at stake: "no tumour" is said where its probability reaches an operating point
(`core.evaluate.figures.ruling_out`); under it a tumour cannot be ruled out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.errors import N_
from core.labels import CLASS_NAMES, class_index

if TYPE_CHECKING:
    from core.gate import Glance

NO_TUMOUR = "notumor"
_FREE = class_index(NO_TUMOUR)

Verdict = Literal["class", "outside", "not ruled out", "unsure"]
HEADINGS: dict[Verdict, str] = {  # where the answer is not its class
    "outside": N_("This does not look like the scans that the networks know"),
    "not ruled out": N_("A tumour cannot be ruled out"),
    "unsure": N_("Not confident enough to say"),
}


@dataclass(frozen=True)
class Limits:
    """Thresholds on calibrated probabilities.

    Attributes
    ----------
    abstain : float or None
        Largest probability under which there is no answer; None where there always is.
    rule_out : float or None
        Probability of no tumour from which a tumour is ruled out; None where no such point
        is known, so that "no tumour" is said wherever it is likeliest.
    """

    abstain: float | None = None
    rule_out: float | None = None

    @property
    def reassuring(self) -> float | None:
        """Probability of no tumour from which that is the answer; None where not known."""
        return None if self.rule_out is None else max(self.rule_out, self.abstain or 0.0)

    def ruled_out(self, probabilities: NDArray[Any]) -> NDArray[np.bool_] | None:
        """Whether a tumour is ruled out on each of many scans.

        Parameters
        ----------
        probabilities : ndarray, shape (..., 4)

        Returns
        -------
        ndarray of bool, shape (...), or None
            None where no operating point is known.
        """
        if self.reassuring is None:
            return None
        likeliest = probabilities.argmax(axis=-1) == _FREE
        return np.asarray(likeliest & (probabilities[..., _FREE] >= self.reassuring))


class Answered:
    """Probabilities with the thresholds that they are read by: an answer of any kind.

    Attributes
    ----------
    probabilities : ndarray, shape (4,)
        Calibrated, in the order of `core.labels.CLASS_NAMES`.
    limits : Limits
    """

    probabilities: NDArray[Any]
    limits: Limits

    @property
    def gate(self) -> Glance | None:
        """What the gate sees of the scan, before any network answers; None where not known."""
        return None

    @property
    def in_distribution(self) -> bool | None:
        """Whether the scan looks like what the networks know; None where not known."""
        return None if self.gate is None else self.gate.inside

    @property
    def class_name(self) -> str:
        """The most probable class, whatever the thresholds."""
        return CLASS_NAMES[int(self.probabilities.argmax())]

    @property
    def likeliest_tumour(self) -> str:
        """The most probable kind of tumour."""
        kinds = [name for name in CLASS_NAMES if name != NO_TUMOUR]
        return max(kinds, key=lambda name: float(self.probabilities[class_index(name)]))

    @property
    def abstained(self) -> bool:
        """Whether the largest probability is under the threshold for answering."""
        limit = self.limits.abstain
        return limit is not None and float(self.probabilities.max()) < limit

    @property
    def ruled_out(self) -> bool | None:
        """Whether a tumour is ruled out; None where no operating point is known."""
        found = self.limits.ruled_out(self.probabilities)
        return None if found is None else bool(found)

    @property
    def verdict(self) -> Verdict:
        """What is said.

        The gate has the first word: of what does not look like the scans that the networks
        know, no class is said. Where no tumour is likeliest without being ruled out, that comes
        before not being sure: it says more.
        """
        if self.in_distribution is False:
            return "outside"
        return self.verdict_anyway

    @property
    def verdict_anyway(self) -> Verdict:
        """What would be said if there were no gate."""
        if self.class_name == NO_TUMOUR and self.ruled_out is False:
            return "not ruled out"
        return "unsure" if self.abstained else "class"


@dataclass(frozen=True)
class Answer(Answered):
    """Stored probabilities of one scan with the thresholds of whoever gave them."""

    probabilities: NDArray[np.float64]
    limits: Limits
