"""A board at somebody's prices: what each row's mistakes cost, under each way to decide."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.answer import Limits
from core.evaluate.board import cost
from core.evaluate.board.cost import OUTCOMES, Bill, Costs
from core.evaluate.board.decisions import at_point
from core.evaluate.board.leaderboard import Leaderboard
from core.evaluate.board.rows import Row
from core.evaluate.figures.bootstrap import GroupedAnswers
from core.evaluate.stored.schema import Images
from core.labels import NO_TUMOUR_INDEX

Decision = Literal["least", "answer", "point"]
DECISIONS: tuple[Decision, ...] = ("least", "answer", "point")


@dataclass(frozen=True)
class PricedBoard:
    """Every measured row of a board, at given prices.

    Attributes
    ----------
    board : Leaderboard
    images : {"all", "distinct"}
    costs : Costs
    prevalence : float or None
        Share of scans with a tumour; None for the images' own.
    decision : {"least", "answer", "point"}
        The least expected cost, the most probable class, or no tumour only where ruled out.
    samples : dict of str to GroupedAnswers
        Stored answers of every measured row.
    """

    board: Leaderboard
    images: Images
    costs: Costs
    prevalence: float | None
    decision: Decision
    samples: dict[str, GroupedAnswers]

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """How often each patient counts, the same for all rows."""
        return cost.draws(next(iter(self.samples.values())).count)

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """Shares of the classes in the images."""
        return cost.shares(next(iter(self.samples.values())).y)

    @cached_property
    def decided(self) -> dict[Decision, dict[str, Bill]]:
        """What each row costs under each way to decide, least first."""
        return {decision: self._bills(decision) for decision in DECISIONS}

    @property
    def bills(self) -> dict[str, Bill]:
        """What each row costs as asked, least first."""
        return self.decided[self.decision]

    @property
    def rows(self) -> list[Row]:
        """Rows, least cost first."""
        return [self.board.row(name) for name in self.bills]

    @cached_property
    def alike(self) -> list[str]:
        """Rows by the number of mistakes in what they answer, whatever those cost."""
        answered = self.decided["answer"]
        return sorted(answered, key=lambda name: (answered[name].rates[0].sum(), name))

    def limits(self, name: str) -> Limits:
        """Thresholds of a row, found on validation; none for a control."""
        metrics = self.board.row(name).metrics
        return metrics.provenance.limits if metrics else Limits()

    def probabilities(self, name: str) -> NDArray[np.float64]:
        """Stated probabilities of a row where tumours are as frequent as asked."""
        stated = self.samples[name].probabilities
        return cost.at_prevalence(stated, self.shares, self.prevalence)

    def tumour_scores(self, name: str) -> NDArray[np.float64]:
        """Probability of a tumour; for a control, which states none, its answer as 0 or 1."""
        if self.board.row(name).kind == "control":
            answers = self.samples[name].probabilities.argmax(axis=1)
            return np.asarray(answers != NO_TUMOUR_INDEX, np.float64)
        return np.asarray(1 - self.probabilities(name)[:, NO_TUMOUR_INDEX])

    def records(self) -> list[dict[str, Any]]:
        """Make one record for each row and decision: the prices, the costs, where it is from."""
        return [
            self._record(decision, place, name, bill)
            for decision, bills in self.decided.items()
            for place, (name, bill) in enumerate(bills.items(), 1)
        ]

    def _record(self, decision: Decision, place: int, name: str, bill: Bill) -> dict[str, Any]:
        row = self.board.row(name)
        return {
            "protocol": self.board.protocol,
            "images": self.images,
            "decision": decision if row.kind != "control" else "answer",
            "ranked_under": decision,
            "rank": place,
            "name": name,
            "kind": row.kind,
            "price": vars(self.costs),
            "tumours_per_100": self.prevalence and 100 * self.prevalence,
            "cost_per_100": bill.cost.model_dump(),
            **{f"{o}_per_100": bill.outcome(o).model_dump() for o in OUTCOMES},
            "predictions_sha256": row.metrics and row.metrics.predictions_sha256,
            "split_sha256": row.metrics and row.metrics.provenance.split_sha256,
        }

    def _bills(self, decision: Decision) -> dict[str, Bill]:
        bills = {}
        for name, sample in self.samples.items():
            actions = sample.probabilities.argmax(axis=1)
            if decision == "least" and self.board.row(name).kind != "control":
                actions = cost.decide(self.probabilities(name), self.costs)
            elif decision == "point":
                actions = at_point(
                    sample.probabilities, self.limits(name), refer=self.costs.referral is not None
                )
            bills[name] = cost.bill(sample, actions, self.costs, self.weights, self.prevalence)
        return dict(sorted(bills.items(), key=lambda item: (item[1].total[0], item[0])))
