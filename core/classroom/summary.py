"""What came of a lesson: the class beside the networks, scan by scan."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core import cases
from core.cases import Case
from core.evaluate.cases import Answers, copies
from core.labels import CLASS_NAMES

CLASS = "class"  # the column of the class in the room; no network has this name


def majority(votes: NDArray[np.int64]) -> str | None:
    """Class with the most of some votes, shape (4,); None if there is no vote or a tie."""
    first = np.flatnonzero(votes == votes.max())
    return CLASS_NAMES[first[0]] if len(first) == 1 else None


def readings(answers: Answers, case: Case) -> dict[str, tuple[str, float]]:
    """Give each network's stored answer to a case, and the ensemble's, with its probability.

    Empty where the networks were not tested on the case.
    """
    at = copies(answers, case)[:1]
    return {
        name: (CLASS_NAMES[voice.answer[i]], float(voice.confidence[i]))
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
            | {name: answer for name, (answer, _probability) in said.items()}
        )
    return pd.DataFrame(rows)


def right(table: pd.DataFrame) -> dict[str, int]:
    """Count the scans that each column of answers has right: the class first, then networks."""
    voices = list(table.columns)[list(table.columns).index(CLASS) :]
    return {name: int((table[name] == table["truth"]).sum()) for name in voices}
