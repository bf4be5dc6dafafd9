"""The answer at the operating point, as an action that has a price."""

from __future__ import annotations

import numpy as np

from core.answer import Limits
from core.evaluate.board.cost import REFER
from core.evaluate.board.decisions import at_point

SCANS = np.array(
    [
        [0.1, 0.6, 0.2, 0.1],  # a meningioma
        [0.02, 0.02, 0.95, 0.01],  # no tumour, and ruled out
        [0.1, 0.05, 0.7, 0.15],  # no tumour likeliest; of the kinds, pituitary
    ]
)


def test_what_is_not_ruled_out_is_referred_or_taken_for_the_likeliest_kind() -> None:
    limits = Limits(rule_out=0.9)
    assert at_point(SCANS, limits, refer=False).tolist() == [1, 2, 3]
    assert at_point(SCANS, limits, refer=True).tolist() == [1, 2, REFER]


def test_without_an_operating_point_the_likeliest_class_stands() -> None:
    assert at_point(SCANS, Limits(abstain=0.99), refer=True).tolist() == [1, 2, 2]
