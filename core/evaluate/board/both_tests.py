"""Each control, network and ensemble under both protocols: the same two tests side by side."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.architectures import ARCHITECTURES
from core.errors import DataError
from core.evaluate.board.leaderboard import Leaderboard, load_leaderboard
from core.evaluate.board.paper import REPORTED
from core.evaluate.board.rows import UNKNOWN, Row
from core.evaluate.stored.layout import CONTROLS, ENSEMBLE
from core.figure import Figure
from core.protocols import PROTOCOLS, Protocol


@dataclass(frozen=True)
class Both:
    """One control, network or ensemble under both protocols.

    Attributes
    ----------
    name : str
    rows : dict of str to Row
        What is stored, by protocol.
    reported : float or None
        The paper's test accuracy of this architecture.
    """

    name: str
    rows: dict[Protocol, Row]
    reported: float | None

    @property
    def kind(self) -> str:
        """``control``, ``ensemble`` or ``model``."""
        return (
            "control" if self.name in CONTROLS else "ensemble" if self.name == ENSEMBLE else "model"
        )

    @property
    def known(self) -> Row | None:
        """What is stored under either protocol."""
        return next(iter(self.rows.values()), None)

    def accuracy(self, protocol: Protocol) -> Figure:
        """Look up the accuracy on all test images; empty where nothing is stored."""
        row = self.rows.get(protocol)
        return row.figure("accuracy") if row else UNKNOWN


@dataclass(frozen=True)
class BothTests:
    """All that is stored, and what had to be left out."""

    rows: tuple[Both, ...]
    boards: dict[Protocol, Leaderboard]

    @property
    def problems(self) -> tuple[DataError, ...]:
        """One sentence for each stored result that was left out."""
        return tuple(problem for board in self.boards.values() for problem in board.problems)

    def named(self, name: str) -> Both | None:
        """Find a row by its name."""
        return next((row for row in self.rows if row.name == name), None)


def both_tests(models_dir: Path) -> BothTests:
    """Read both boards; every architecture has a row, trained or not. Controls come first."""
    boards = {p: load_leaderboard(models_dir, p) for p in PROTOCOLS}
    stored = {p: {row.name: row for row in b.rows if row.metrics} for p, b in boards.items()}
    reported = {r.model: r.accuracy for r in REPORTED}
    others = [n for rows in stored.values() for n in rows if n not in CONTROLS and n != ENSEMBLE]
    names = [*reversed(CONTROLS), *dict.fromkeys([*ARCHITECTURES, *others])]
    if any(ENSEMBLE in rows for rows in stored.values()):
        names.append(ENSEMBLE)
    rows = tuple(
        Both(name, {p: stored[p][name] for p in PROTOCOLS if name in stored[p]}, reported.get(name))
        for name in names
    )
    return BothTests(rows, boards)
