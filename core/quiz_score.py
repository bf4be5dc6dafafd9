"""The score of a round, beside what the networks said of the very same scans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.cases import Case
from core.evaluate.board.answers import MEMORY, Answers, Mask
from core.labels import CLASS_NAMES
from core.quiz import Reply, Round, known

YOU = "you"


@dataclass(frozen=True)
class Tally:
    """How one reader did on the scans of a round.

    Attributes
    ----------
    name : str
        `YOU`, or the name of a row of the leaderboard.
    right : int
    by_class : dict of str to int
        How many of each class that occurs (`classes`) it got right.
    only_you, only_it : int
        Scans that one of the two got right and the other did not.
    p : float
        Exact McNemar test of those two counts: how often chance alone would tell the two
        readers apart at least as much.
    """

    name: str
    right: int
    by_class: dict[str, int]
    only_you: int
    only_it: int
    p: float


def stored(answers: Answers, case: Case) -> dict[str, NDArray[np.float64]]:
    """Look up the probabilities (4,) that each reader gave a scan's classes."""
    at = _positions(answers, [case])[0]
    return {name: voice.probabilities[at] for name, voice in answers.readers().items()}


def tallies(replies: Sequence[Reply], answers: Answers | None) -> tuple[Tally, ...]:
    """Count a person's right answers, then those of each reader to the very same scans."""
    truths = np.array([CLASS_NAMES.index(reply.truth) for reply in replies], np.int64)
    you = np.array([reply.right for reply in replies], bool)
    right = {YOU: you}
    if answers:
        at = _positions(answers, [known(reply.case) for reply in replies])
        right |= {name: v.answer[at] == truths for name, v in answers.readers().items()}
    return tuple(_tally(name, mask, you, truths) for name, mask in right.items())


def classes(replies: Sequence[Reply]) -> dict[str, int]:
    """Count the scans of each class that occurs, by their sources."""
    counts = Counter(reply.truth for reply in replies)
    return {name: counts[name] for name in CLASS_NAMES if name in counts}


def hits(replies: Sequence[Reply]) -> tuple[int, int, int]:
    """Count points on the lesion, points that can be scored, and scans with an outline."""
    aims = [reply.aim for reply in replies if reply.aim]
    outlined = sum(known(reply.case).lesion is not None for reply in replies)
    return sum(aim.hit for aim in aims), len(aims), outlined


def records(replies: Sequence[Reply], answers: Answers | None) -> Iterator[dict[str, Any]]:
    """Write each scan with both answers, as plain values; a control has no probability."""
    for n, reply in enumerate(replies, 1):
        case, aim = known(reply.case), reply.aim
        x, y = reply.point or (None, None)
        yield {
            "scan": n,
            "id": case.id,
            "sha256": case.sha256,
            "source_says": case.label,
            "you": {
                "class": reply.guess,
                "right": reply.right,
                "x": x,
                "y": y,
                "on_lesion": aim.hit if aim else None,
                "distance": round(aim.distance, 4) if aim else None,
            },
        } | {
            name: {
                "class": CLASS_NAMES[int(p.argmax())],
                "probability": None if name == MEMORY else round(float(p.max()), 6),
            }
            for name, p in (stored(answers, case) if answers else {}).items()
        }


def document(asked: Round, replies: Sequence[Reply], answers: Answers | None) -> dict[str, Any]:
    """Write a round with its score and what the stored answers rest on, as plain values."""
    readers = answers.readers() if answers else {}
    metrics = {name: voice.row.metrics for name, voice in readers.items()}
    on, scored, outlined = hits(replies)
    return {
        "round": asdict(asked),
        "scans_by_class": classes(replies),
        "score": [asdict(tally) for tally in tallies(replies, answers)],
        "points": {"on_lesion": on, "scored": scored, "scans_with_outline": outlined},
        "scans": list(records(replies, answers)),
        "predictions_sha256": {n: m.predictions_sha256 for n, m in metrics.items() if m},
        "notice": "Research and teaching; not a medical device.",
    }


def _tally(name: str, right: Mask, you: Mask, truths: NDArray[np.int64]) -> Tally:
    by_class = {CLASS_NAMES[c]: int(right[truths == c].sum()) for c in np.unique(truths)}
    only_you, only_it = int((you & ~right).sum()), int((right & ~you).sum())
    return Tally(name, int(right.sum()), by_class, only_you, only_it, mcnemar(only_you, only_it))


def _positions(answers: Answers, of: Sequence[Case]) -> NDArray[np.int64]:
    rows = {path: i for i, path in enumerate(answers.table["path"])}
    return np.array([rows[case.path] for case in of], np.int64)


def mcnemar(only_you: int, only_it: int) -> float:
    """Exact two-sided p-value of McNemar's test (1947): a fair coin on the disagreements."""
    from scipy.stats import binomtest

    differ = only_you + only_it
    return float(binomtest(only_you, differ).pvalue) if differ else 1.0
