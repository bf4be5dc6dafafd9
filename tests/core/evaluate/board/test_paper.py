"""The paper's rows, and the formula behind its headline."""

from __future__ import annotations

import pytest

from core.architectures import ARCHITECTURES
from core.evaluate.board.paper import HALF_UNIT, REPORTED, implied_train_accuracy, weighted_accuracy


def test_six_rows_of_six_known_networks() -> None:
    """The paper's networks; one more of ours would have no row."""
    six = {"xception", "mobilenetv2", "inceptionv3", "resnet50", "vgg16", "densenet121"}
    assert {r.model for r in REPORTED} == six <= set(ARCHITECTURES)
    assert len(REPORTED) == 6


def test_formula_by_hand_and_back() -> None:
    assert weighted_accuracy(1.0, 0.9, n_train=80, n_test=20) == pytest.approx(0.98)
    assert implied_train_accuracy(0.98, 0.9, n_train=80, n_test=20) == pytest.approx(1.0)


@pytest.mark.parametrize("row", REPORTED, ids=lambda r: r.model)
def test_headline_is_mostly_training_images(row) -> None:  # type: ignore[no-untyped-def]
    train = row.implied_train_accuracy
    assert row.accuracy < row.weighted_accuracy < train <= 1.0
    assert weighted_accuracy(train, row.accuracy) == pytest.approx(row.weighted_accuracy)


def test_rounding_by_hand() -> None:
    """Xception: (0.98725 x 7023 - 0.95275 x 1311) / 5712, and the other way round."""
    xception = REPORTED[0]
    low, high = xception.implied_train_range
    assert (low, high) == (pytest.approx(0.9951683, abs=1e-7), pytest.approx(0.9953142, abs=1e-7))
    assert low < xception.implied_train_accuracy < high


@pytest.mark.parametrize("row", REPORTED, ids=lambda r: r.model)
def test_both_ends_of_the_range_print_the_reported_headline(row) -> None:  # type: ignore[no-untyped-def]
    for end, test in zip(row.implied_train_range, (HALF_UNIT, -HALF_UNIT), strict=True):
        found = weighted_accuracy(end, row.accuracy + test)
        assert abs(found - row.weighted_accuracy) <= HALF_UNIT + 1e-12
