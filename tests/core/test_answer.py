"""Between the largest probability and a sentence: two thresholds, four things to say."""

from __future__ import annotations

import numpy as np
import pytest

from core.answer import Answer, Limits
from core.labels import class_index

FREE = class_index("notumor")


def answer(free: float, limits: Limits, kind: str = "meningioma") -> Answer:
    """Share of no tumour, the rest on one kind but for a crumb on the others."""
    p = np.full(4, 0.01)
    p[FREE] = free
    p[class_index(kind)] += 1 - p.sum()
    return Answer(p, limits)


@pytest.mark.parametrize(
    ("free", "limits", "verdict", "ruled_out"),
    [
        (0.9, Limits(), "class", None),
        (0.9, Limits(abstain=0.95), "unsure", None),
        (0.9, Limits(rule_out=0.9), "class", True),
        (0.9, Limits(rule_out=0.91), "not ruled out", False),
        (0.7, Limits(abstain=0.8, rule_out=0.6), "not ruled out", False),  # not sure enough
        (0.9, Limits(abstain=0.8, rule_out=0.6), "class", True),
        (0.2, Limits(abstain=0.6, rule_out=0.9), "class", False),  # a tumour is the answer
        (0.3, Limits(abstain=0.8, rule_out=0.9), "unsure", False),
    ],
)
def test_what_is_said(free: float, limits: Limits, verdict: str, ruled_out: bool | None) -> None:
    said = answer(free, limits)
    assert (said.verdict, said.ruled_out) == (verdict, ruled_out)
    assert said.class_name == ("notumor" if free > 0.5 else "meningioma")
    assert said.abstained == (said.probabilities.max() < (limits.abstain or 0))
    assert said.likeliest_tumour == "meningioma"


def test_a_tumour_that_is_likelier_is_never_ruled_out() -> None:
    """A point under one half cannot turn the answer round."""
    said = answer(0.3, Limits(rule_out=0.1), "glioma")
    assert said.ruled_out is False and said.verdict == "class" and said.class_name == "glioma"


def test_many_at_once() -> None:
    limits = Limits(0.6, 0.8)
    rows = [answer(free, limits) for free in (0.2, 0.7, 0.8, 0.97)]
    together = limits.ruled_out(np.stack([row.probabilities for row in rows]))
    assert together is not None
    assert together.tolist() == [row.ruled_out for row in rows] == [False, False, True, True]
    assert Limits(0.6).ruled_out(np.eye(4)) is None
