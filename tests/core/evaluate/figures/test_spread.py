"""The vectorised bootstrap is the slow one, computed quickly."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from core.evaluate.figures.bootstrap import GroupedAnswers, group_weights
from core.evaluate.figures.calibration import risk_coverage
from core.evaluate.figures.intervals import figure
from core.evaluate.figures.points import HEADLINES, point_figures
from core.evaluate.figures.spread import resampled_figures, risk_figures
from tests.core.evaluate.toys import random_case


def test_once_each_is_the_point_estimate() -> None:
    sample = GroupedAnswers(*random_case())
    points = point_figures(sample.y, sample.probabilities)
    spread = resampled_figures(sample, np.ones((1, sample.count)))
    assert set(points) == set(spread)
    for name, value in points.items():
        np.testing.assert_allclose(spread[name][0], value, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("decimals", [0, 8], ids=["with ties", "without ties"])
def test_equals_repeating_the_images(decimals: int) -> None:
    sample = GroupedAnswers(*random_case(decimals=decimals))
    weights = group_weights(sample.count, 15, seed=3)
    spread = resampled_figures(sample, weights)
    for b, row in enumerate(weights):
        again = np.repeat(np.arange(len(sample.y)), row[sample.groups].astype(int))
        expected = point_figures(sample.y[again], sample.probabilities[again])
        for name, value in expected.items():
            np.testing.assert_allclose(spread[name][b], value, atol=1e-10, err_msg=name)


@pytest.mark.parametrize("case", ["constant answer", "absent class", "one class"])
def test_undefined_where_scikit_learn_is(case: str) -> None:
    y, p, groups = random_case(60, 10)
    if case == "constant answer":
        p = np.tile([0.7, 0.1, 0.1, 0.1], (60, 1))
    else:
        y = np.minimum(y, 2 if case == "absent class" else 0)
    sample = GroupedAnswers(y, p, groups)
    spread = resampled_figures(sample, np.ones((1, sample.count)))
    for name, value in point_figures(y, p).items():
        np.testing.assert_allclose(spread[name][0], value, atol=1e-12, err_msg=name)


def test_only_what_is_asked_for() -> None:
    sample = GroupedAnswers(*random_case())
    weights = group_weights(sample.count, 3)
    assert set(resampled_figures(sample, weights, ["aurc"])) == {"aurc"}
    for name in HEADLINES:
        assert name in resampled_figures(sample, weights, [name])


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = GroupedAnswers(*random_case())
    weights = group_weights(sample.count, 20)
    whole = resampled_figures(sample, weights)
    monkeypatch.setattr("core.evaluate.figures.spread._CHUNK", 7)
    for name, values in resampled_figures(sample, weights).items():
        np.testing.assert_array_equal(values, whole[name])


def test_risk_is_the_curve_with_the_interval_of_repeated_groups() -> None:
    sample = GroupedAnswers(*random_case())
    n, weights = len(sample.y), group_weights(sample.count, 200, seed=3)
    confidence, wrong = sample.probabilities.max(axis=1), sample.correct == 0
    coverage, risk = risk_coverage(confidence, wrong)
    shares = np.array([0.3, 0.6, 1.0])
    found = risk_figures(sample, weights, shares)
    for share, f in zip(shares, found, strict=True):
        k = round(share * n)
        assert f.value == pytest.approx(risk[np.abs(coverage - k / n).argmin()], abs=1e-6)
        kept = np.argsort(-confidence, kind="stable")[:k]
        drawn = np.array([np.average(wrong[kept], weights=w[sample.groups[kept]]) for w in weights])
        low, high = np.quantile(drawn, [0.025, 0.975])
        assert (f.ci_low, f.ci_high) == pytest.approx((low, high), abs=1e-6)


def test_no_mistake_among_the_most_confident_is_no_certainty() -> None:
    y, p, groups = random_case()
    p[:] = 0.1
    p[np.arange(len(y)), y] = 0.7
    sample = GroupedAnswers(y, p, groups)
    (f,) = risk_figures(sample, group_weights(sample.count, 50), np.array([1.0]))
    assert f.value == 0 and f.ci_low == 0
    assert f.ci_high == pytest.approx(1 - 0.025 ** (1 / sample.count), abs=1e-6)


def test_weights_are_draws_of_whole_groups() -> None:
    weights = group_weights(30, 500, seed=1)
    assert (weights.sum(axis=1) == 30).all()
    assert weights.mean() == 1
    assert weights.var() == pytest.approx(29 / 30, rel=0.05)  # binomial
    np.testing.assert_array_equal(weights, group_weights(30, 500, seed=1))


def test_interval_covers_the_truth_when_images_of_a_patient_are_alike() -> None:
    """95 % intervals over groups hold the truth about as often as they say.

    Each patient has eight images that are all right or all wrong, the worst case. Drawing
    images as if they were independent covers the truth only about half of the time.
    """
    rng = np.random.default_rng(0)
    truth, patients, images, trials = 0.8, 60, 8, 150
    covered = {"groups": 0, "images": 0}
    for trial in range(trials):
        right = np.repeat(rng.random(patients) < truth, images)
        y = np.zeros(len(right), int)
        p = np.where(right[:, None], [0.7, 0.1, 0.1, 0.1], [0.1, 0.7, 0.1, 0.1])
        for unit, groups in (
            ("groups", np.repeat(np.arange(patients), images)),
            ("images", np.arange(len(right))),
        ):
            sample = GroupedAnswers(y, p, groups)
            weights = group_weights(sample.count, 300, seed=trial)
            draws = resampled_figures(sample, weights, ["accuracy"])["accuracy"]
            made = figure(float(right.mean()), draws, sample.count)
            assert made["ci_low"] is not None and made["ci_high"] is not None
            covered[unit] += made["ci_low"] <= truth <= made["ci_high"]
    assert 0.89 <= covered["groups"] / trials <= 0.99
    assert covered["images"] / trials < 0.7


def test_a_perfect_share_still_has_room_for_doubt() -> None:
    ones = np.ones(100)
    assert figure(1.0, ones, 50, proportion=True) == {
        "value": 1.0,
        "ci_low": pytest.approx(0.025 ** (1 / 50), abs=1e-6),
        "ci_high": 1.0,
    }
    assert figure(0.0, ones * 0, 50, proportion=True)["ci_high"] == pytest.approx(0.0711, abs=1e-4)
    assert figure(1.0, ones, 50)["ci_low"] is None
    constant = figure(0.25, ones * 0.25, 50)  # not at a bound: nothing hidden
    assert (constant["ci_low"], constant["ci_high"]) == (0.25, 0.25)


def test_no_interval_where_it_would_mean_nothing() -> None:
    draws = np.linspace(0, 1, 101)
    assert figure(0.5, draws, 5)["ci_low"] == pytest.approx(0.025)
    assert figure(0.5, draws, 4)["ci_low"] is None  # four patients
    draws[:10] = np.nan
    assert figure(0.5, draws, 50)["ci_low"] is None  # undefined in a tenth of the resamples
    assert figure(np.nan, draws, 50) == {"value": None, "ci_low": None, "ci_high": None}


def test_no_warnings() -> None:
    y, p, groups = random_case(20, 6)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sample = GroupedAnswers(np.minimum(y, 1), p, groups)
        resampled_figures(sample, group_weights(sample.count, 50))
        point_figures(sample.y, p)
