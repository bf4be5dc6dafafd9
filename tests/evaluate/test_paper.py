"""The paper's rows, and the formula behind its headline."""

from __future__ import annotations

import pytest

from core.architectures import ARCHITECTURES
from core.evaluate.paper import REPORTED, implied_train_accuracy, weighted_accuracy


def test_six_rows_of_the_six_networks() -> None:
    assert [r.model for r in REPORTED] == list(ARCHITECTURES)


def test_formula_by_hand_and_back() -> None:
    assert weighted_accuracy(1.0, 0.9, n_train=80, n_test=20) == pytest.approx(0.98)
    assert implied_train_accuracy(0.98, 0.9, n_train=80, n_test=20) == pytest.approx(1.0)


@pytest.mark.parametrize("row", REPORTED, ids=lambda r: r.model)
def test_headline_is_mostly_training_images(row) -> None:  # type: ignore[no-untyped-def]
    train = row.implied_train_accuracy
    assert row.accuracy < row.weighted_accuracy < train <= 1.0
    assert weighted_accuracy(train, row.accuracy) == pytest.approx(row.weighted_accuracy)
