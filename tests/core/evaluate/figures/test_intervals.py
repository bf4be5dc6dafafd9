"""One way for shares of few patients, one interval for one figure, and estimates beside theirs."""

from __future__ import annotations

import pytest
from scipy.stats import beta

from core.evaluate.board.leaderboard import load_leaderboard
from core.evaluate.figures.intervals import over_groups
from core.evaluate.saliency.read import Measure, MethodScores
from core.figure import Figure
from core.protocols import UNSEEN
from core.settings import PROJECT


@pytest.mark.parametrize(("value", "groups"), [(0.0, 42), (1.0, 42), (0.001, 42), (0.5, 10)])
def test_clopper_and_pearson_with_a_trial_a_patient(value: float, groups: int) -> None:
    low, high = over_groups(value, groups)
    hits = value * groups
    assert low == pytest.approx(beta.ppf(0.025, hits, groups - hits + 1) if hits else 0.0)
    wanted = beta.ppf(0.975, hits + 1, groups - hits) if hits < groups else 1.0
    assert high == pytest.approx(wanted)


def test_next_to_nothing_is_not_known_better_than_nothing() -> None:
    nothing = Measure(0.0, 0.0, 0.084, 210, 42).of_patients
    little = Measure(0.0007, 0.0, 0.0014, 210, 42).of_patients
    assert nothing.ci_high == pytest.approx(0.0841, abs=1e-4)
    assert little.ci_low == 0.0 and little.ci_high is not None
    assert nothing.ci_high < little.ci_high < 0.09
    all_but = Measure(0.999, 0.997, 1.0, 210, 42).of_patients
    assert all_but.ci_high == 1.0 and all_but.ci_low == pytest.approx(1 - little.ci_high, abs=1e-3)


def test_an_interval_that_reaches_neither_end_stays() -> None:
    middle = Measure(0.4, 0.3, 0.5, 210, 42)
    assert middle.of_patients == middle
    unknown = Measure(0.0, None, None, 3, 3)
    assert unknown.of_patients == unknown


def test_only_shares_of_scans_are_counted_so() -> None:
    edge = Measure(0.5, 0.0, 1.0, 210, 42)
    found = MethodScores({"pointing": edge, "deletion": edge}, {"glioma": {"iou": edge}}, {})
    assert found.of_patients.measures["deletion"] == edge
    assert found.of_patients.classes == found.classes
    assert found.of_patients.measures["pointing"] == edge  # it reaches both ends already


def test_the_accuracy_on_a_class_is_its_recall_with_the_one_interval() -> None:
    rows = [r for r in load_leaderboard(PROJECT / "models", UNSEEN).rows if r.metrics]
    for part in (part for row in rows if row.metrics for part in row.metrics.images.values()):
        for name, slice_ in part.parts["class"].items():
            assert slice_.accuracy == part.classes[name].recall
            assert slice_.n == part.slices["class"][name].n
        assert {by: part.parts[by] for by in part.slices if by != "class"} == {
            by: found for by, found in part.slices.items() if by != "class"
        }


def test_an_estimate_outside_its_interval_is_noticed() -> None:
    assert Figure(value=0.016, ci_low=0.017, ci_high=0.05).beyond
    assert not Figure(value=0.018, ci_low=0.017, ci_high=0.05).beyond
    assert not Figure(value=0.016, ci_low=None, ci_high=None).beyond
