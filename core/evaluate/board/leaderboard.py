"""All stored results of one protocol side by side: ranked, compared, ties shown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.errors import DataError
from core.evaluate.board.comparison import (
    Pair,
    check_same_images,
    compact_letters,
    compare,
    tied_with,
)
from core.evaluate.board.rows import Row, reported_rows, stored_rows
from core.evaluate.figures.bootstrap import GroupedAnswers, sample_of
from core.evaluate.figures.points import LOWER_IS_BETTER
from core.evaluate.stored.schema import Images
from core.figure import Figure
from core.protocols import OFFICIAL, Protocol


@dataclass(frozen=True)
class Leaderboard:
    """Rows that may be compared, and what is missing from them.

    Attributes
    ----------
    protocol : str
    rows : tuple of Row
        Models, ensemble, controls, then the paper's rows (``official`` only).
    problems : tuple of DataError
        One sentence for each stored result that was left out, and why.
    """

    protocol: Protocol
    rows: tuple[Row, ...]
    problems: tuple[DataError, ...]

    def row(self, name: str) -> Row:
        """Row of the given name."""
        return next(row for row in self.rows if row.name == name)


@dataclass(frozen=True)
class Ranked:
    """A row in its place.

    Attributes
    ----------
    position : int or None
        1 is best; equal values share a position. None for reported rows, which were not
        measured here, and for rows without the figure.
    """

    position: int | None
    row: Row
    figure: Figure


@dataclass(frozen=True)
class Comparison:
    """Every two measured rows compared in one figure.

    Attributes
    ----------
    figure : str
    images : {"all", "distinct"}
    order : tuple of str
        Names of the rows compared, best first.
    pairs : tuple of Pair
    letters : dict of str to str
        Rows that share a letter cannot be told apart.
    tied_with_best : frozenset of str
    """

    figure: str
    images: Images
    order: tuple[str, ...]
    pairs: tuple[Pair, ...]
    letters: dict[str, str]
    tied_with_best: frozenset[str]


def load_leaderboard(models_dir: Path, protocol: Protocol) -> Leaderboard:
    """Read all that is stored under a protocol; no figure is computed here.

    Parameters
    ----------
    models_dir : Path
    protocol : {"official", "unseen-patients"}

    Returns
    -------
    Leaderboard
    """
    rows, problems = stored_rows(models_dir, protocol)
    paper = reported_rows() if protocol == OFFICIAL else ()
    return Leaderboard(protocol, (*rows, *paper), problems)


def rank(board: Leaderboard, figure: str, images: Images = "all") -> tuple[Ranked, ...]:
    """Order a board by a figure, best first; rows without it come last."""
    sign = 1 if figure in LOWER_IS_BETTER else -1
    known = [(row, row.figure(figure, images)) for row in board.rows]
    measured = [f.value for row, f in known if row.kind != "reported" and f.value is not None]

    def place(row: Row, value: float | None) -> int | None:
        if row.kind == "reported" or value is None:
            return None
        return 1 + sum(sign * other < sign * value for other in measured)

    ranked = [Ranked(place(row, f.value), row, f) for row, f in known]
    return tuple(
        sorted(
            ranked,
            key=lambda r: (r.figure.value is None, sign * (r.figure.value or 0), r.row.name),
        )
    )


def comparison(board: Leaderboard, figure: str = "accuracy", images: Images = "all") -> Comparison:
    """Compare all measured rows of a board; takes seconds, so keep the result.

    Raises
    ------
    DataError
        If stored predictions cannot be read.
    """
    order = [r.row for r in rank(board, figure, images) if r.position is not None]
    predictions = {row.name: row.predictions() for row in order}
    if images == "distinct":
        predictions = {name: p.distinct() for name, p in predictions.items()}
    pairs = compare(predictions, figure) if predictions else ()
    names = tuple(predictions)
    return Comparison(
        figure,
        images,
        names,
        pairs,
        compact_letters(names, pairs),
        tied_with(names[0], pairs) if names else frozenset(),
    )


def samples(board: Leaderboard, images: Images = "all") -> dict[str, GroupedAnswers]:
    """Read the answers behind the measured rows, as the bootstrap takes them.

    Raises
    ------
    DataError
        If stored predictions cannot be read or are of different images.
    """
    found = {row.name: row.predictions() for row in board.rows if row.metrics}
    if found:
        check_same_images(found)
    return {
        name: sample_of(p.distinct() if images == "distinct" else p) for name, p in found.items()
    }
