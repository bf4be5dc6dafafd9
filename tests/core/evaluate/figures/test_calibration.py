"""Temperature, reliability, risk and abstention on cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.evaluate.figures.calibration import (
    abstain_threshold,
    bin_of,
    ece,
    fit_temperature,
    negative_log_likelihood,
    reliability_bins,
    risk_coverage,
)
from core.softmax import calibrated


def two_sided(confidence: list[float]) -> np.ndarray:
    """Probabilities of class 0 as given, the rest shared by the others."""
    c = np.array(confidence)
    return np.column_stack([c, *[(1 - c) / 3] * 3])


def test_softmax_by_hand_and_without_overflow() -> None:
    np.testing.assert_allclose(
        calibrated(np.log([[1.0, 2.0, 3.0, 4.0]]), 1.0), [[0.1, 0.2, 0.3, 0.4]]
    )
    np.testing.assert_allclose(
        calibrated(np.log([[1.0, 4.0, 9.0, 16.0]]), 2.0), [[0.1, 0.2, 0.3, 0.4]]
    )
    assert calibrated(np.array([[1e4, 0, 0, 0]]), 0.1)[0, 0] == 1


@pytest.mark.parametrize("truth", [0.5, 1.0, 2.5])
def test_temperature_is_recovered(truth: float) -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(scale=2, size=(20_000, 4))
    draws = rng.random(len(logits))[:, None]
    y = (calibrated(logits, 1.0).cumsum(axis=1) < draws).sum(axis=1)
    assert fit_temperature(logits * truth, y) == pytest.approx(truth, rel=0.03)


def test_temperature_is_a_minimum_and_stays_in_bounds() -> None:
    rng = np.random.default_rng(1)
    logits, y = rng.normal(size=(300, 4)), rng.integers(4, size=300)
    t = fit_temperature(logits + 2 * np.eye(4)[y], y)
    losses = [
        negative_log_likelihood(calibrated(logits + 2 * np.eye(4)[y], t * f), y)
        for f in (0.97, 1, 1.03)
    ]
    assert losses[1] == min(losses)
    never_wrong, always_wrong = 10 * np.eye(4)[y], 10 * np.eye(4)[(y + 1) % 4]
    assert 0.1 <= fit_temperature(never_wrong, y) < 0.5
    assert 9.9 < fit_temperature(always_wrong, y) <= 10


def test_bins_are_open_below_and_closed_above() -> None:
    assert bin_of(np.array([0.25, 0.4, 6 / 15 + 1e-9, 1.0])).tolist() == [3, 5, 6, 14]


def test_ece_by_hand() -> None:
    p = two_sided([0.95, 0.95, 0.55, 0.55])
    y = np.array([0, 0, 0, 1])
    n, confidence, accuracy = reliability_bins(p, y)
    assert n[14] == 2 and n[8] == 2 and n.sum() == 4
    assert confidence[14] == pytest.approx(0.95) and accuracy[8] == 0.5
    assert np.isnan(accuracy[0])
    assert ece(p, y) == pytest.approx(0.5 * 0.05 + 0.5 * 0.05)


def test_risk_coverage_by_hand() -> None:
    coverage, risk = risk_coverage(np.array([0.6, 0.9, 0.8]), np.array([True, False, True]))
    np.testing.assert_allclose(coverage, [1 / 3, 2 / 3, 1])
    np.testing.assert_allclose(risk, [0, 1 / 2, 2 / 3])


def test_risk_coverage_does_not_depend_on_the_order_of_ties() -> None:
    confidence = np.array([0.9, 0.5, 0.5])
    one = risk_coverage(confidence, np.array([False, True, False]))[1]
    other = risk_coverage(confidence, np.array([False, False, True]))[1]
    np.testing.assert_allclose(one, [0, 0.25, 1 / 3])
    np.testing.assert_array_equal(one, other)


def test_abstention_by_hand() -> None:
    p = two_sided([0.9, 0.8, 0.7, 0.6, 0.5])
    y = np.array([0, 0, 1, 0, 1])
    assert abstain_threshold(p, y, 1.0) == pytest.approx(0.8)  # two kept, both right
    assert abstain_threshold(p, y, 0.75) == pytest.approx(0.6)  # four kept, three right
    assert abstain_threshold(p, y, 0.6) == 0.0  # met by all
    assert abstain_threshold(p, np.array([1, 0, 0, 0, 0]), 0.98) is None


def test_abstention_keeps_or_drops_equals_together() -> None:
    p = two_sided([0.9, 0.7, 0.7])
    assert abstain_threshold(p, np.array([0, 0, 1]), 1.0) == pytest.approx(0.9)
