"""A board in the order of one figure, and as the table that people take home."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.evaluate.board.leaderboard import Comparison, Leaderboard, Ranked, rank
from core.evaluate.board.rows import Row
from core.evaluate.stored.schema import Images

# What rows are ranked by. Macro recall is balanced accuracy and weighted recall is accuracy,
# so neither is listed twice.
FIGURES = (
    "accuracy", "balanced_accuracy", "macro_f1", "weighted_f1", "macro_precision",
    "weighted_precision", "mcc", "cohen_kappa", "macro_roc_auc", "macro_pr_auc", "log_loss",
    "brier", "ece", "aurc",
)  # fmt: skip


@dataclass(frozen=True)
class Ranking:
    """A board, and what it is ranked by.

    Attributes
    ----------
    board : Leaderboard
    figure : str
        One of `FIGURES`.
    images : {"all", "distinct"}
    """

    board: Leaderboard
    figure: str
    images: Images

    @property
    def measured(self) -> tuple[Row, ...]:
        """Rows that were measured here."""
        return tuple(row for row in self.board.rows if row.metrics)

    @property
    def ranked(self) -> tuple[Ranked, ...]:
        """Rows in their order, without reported ones that lack the figure."""
        every = rank(self.board, self.figure, self.images)
        return tuple(r for r in every if r.row.metrics or r.figure.value is not None)

    def records(self, compared: Comparison | None) -> list[dict[str, Any]]:
        """Make one record a row: place, ties, every figure with its interval, where it is from."""
        return [self._record(ranked, compared) for ranked in self.ranked]

    def _record(self, ranked: Ranked, compared: Comparison | None) -> dict[str, Any]:
        row = ranked.row
        p = row.metrics.provenance if row.metrics else None
        return {
            "protocol": self.board.protocol,
            "images": self.images,
            "ranked_by": self.figure,
            "rank": ranked.position,
            "name": row.name,
            "title": row.title,
            "kind": row.kind,
            "ties": compared.letters.get(row.name) if compared else None,
            **{f: row.figure(f, self.images).model_dump() for f in FIGURES},
            "weighted_accuracy_reported": row.reported and row.reported.weighted_accuracy,
            "predictions_sha256": row.metrics and row.metrics.predictions_sha256,
            "weights_sha256": p and p.weights_sha256,
            "split_sha256": p and p.split_sha256,
            "command": p and p.command,
        }
