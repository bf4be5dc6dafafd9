"""What came of a lesson: the class beside the networks, scan by scan."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core import cases
from core.answer import Answer
from core.cases import Case
from core.evaluate.board.answers import Answers, copies
from core.labels import CLASS_NAMES, class_index

CLASS = "class"  # the column of the class in the room; no network has this name
NETWORKS = "networks"  # all networks together, in `mean_scores`


def leaders(votes: NDArray[np.int64]) -> tuple[str, ...]:
    """Classes with the most of some votes, shape (4,): several if it is a tie, none if nobody."""
    most = votes.max()
    return tuple(name for name, n in zip(CLASS_NAMES, votes, strict=True) if n == most > 0)


def majority(votes: NDArray[np.int64]) -> str | None:
    """Class with the most of some votes, shape (4,); None if there is no vote or a tie."""
    first = leaders(votes)
    return first[0] if len(first) == 1 else None


def readings(answers: Answers, case: Case) -> dict[str, Answer]:
    """Give each network's stored answer to a case, and the ensemble's.

    Empty where the networks were not tested on the case.
    """
    at = copies(answers, case)[:1]
    return {
        name: Answer(voice.probabilities[i], voice.limits)
        for name, voice in answers.of_kind("model", "ensemble").items()
        for i in at
    }


def outcome(
    scans: Sequence[str], votes: NDArray[np.int64], answers: Answers | None
) -> pd.DataFrame:
    """Set out what each scan shown was, and was taken for.

    Parameters
    ----------
    scans : sequence of str
        Keys of cases.
    votes : ndarray of int64, shape (shown, 4)
        Of the first scans, as many as were shown.
    answers : Answers, optional
        What the networks said, if any has been evaluated.

    Returns
    -------
    DataFrame
        A row a scan: ``scan`` (from 1), ``case``, ``truth``, ``votes_<class>`` four times,
        ``class`` (what most answered; missing if nobody did or it is a tie), and a column
        for each network and the ensemble (missing where it was not tested on the scan).
    """
    rows = []
    for number, (key, counts) in enumerate(zip(scans, votes, strict=False), 1):
        case = cases.cases()[key]
        said = readings(answers, case) if answers else {}
        rows.append(
            {"scan": number, "case": key, "truth": case.label}
            | {f"votes_{name}": int(n) for name, n in zip(CLASS_NAMES, counts, strict=True)}
            | {CLASS: majority(counts)}
            | {name: answer.class_name for name, answer in said.items()}
        )
    return pd.DataFrame(rows)


def mean_scores(table: pd.DataFrame) -> dict[str, float]:
    """Share of right answers so far, of a table of `outcome`.

    Returns
    -------
    dict of str to float
        By `CLASS`: of all answers of the class; by `NETWORKS`: mean over the networks and the
        ensemble, each over the scans that it was tested on. What nobody answered is left out.
    """
    votes = table[[f"votes_{name}" for name in CLASS_NAMES]].to_numpy()
    true = [class_index(name) for name in table["truth"]]
    scores = {}
    if votes.sum():
        scores[CLASS] = float(votes[np.arange(len(votes)), true].sum() / votes.sum())
    networks = list(table.columns)[list(table.columns).index(CLASS) + 1 :]
    each = [
        float((table.loc[tested, name] == table.loc[tested, "truth"]).mean())
        for name in networks
        if (tested := table[name].notna()).any()
    ]
    if each:
        scores[NETWORKS] = float(np.mean(each))
    return scores


def right(table: pd.DataFrame) -> dict[str, int]:
    """Count the scans that each column of answers has right: the class first, then networks."""
    voices = list(table.columns)[list(table.columns).index(CLASS) :]
    return {name: int((table[name] == table["truth"]).sum()) for name in voices}
