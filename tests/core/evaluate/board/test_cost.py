"""Prices, decisions and net benefit against sums done by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.evaluate.board.cost import (
    OUTCOMES,
    REFER,
    Costs,
    at_prevalence,
    bill,
    decide,
    draws,
    outcomes,
    shares,
    tied,
    without_looking,
)
from core.evaluate.board.leaderboard import load_leaderboard
from core.evaluate.board.net_benefit import THRESHOLDS, band, sweep
from core.evaluate.figures.bootstrap import GroupedAnswers, sample_of
from core.settings import PROJECT
from tests.core.evaluate.toys import HAND_ANSWER, HAND_PROBABILITIES, HAND_Y, random_case

GLIOMA, MENINGIOMA, NO_TUMOUR, PITUITARY = range(4)
PRICES = Costs(missed=10, false_alarm=1, wrong_type=3)
ROWS = load_leaderboard(PROJECT / "models", "unseen-patients").rows


def hand() -> GroupedAnswers:
    """Ten images, each of a group of its own: see `tests.evaluate.toys`."""
    return GroupedAnswers(HAND_Y, HAND_PROBABILITIES, np.arange(10))


def test_the_matrix_has_every_price_in_its_place() -> None:
    m, a, t, r = 10, 1, 3, 0.5
    assert Costs(m, a, t, r).matrix.tolist() == [
        [0, t, m, t, r],
        [t, 0, m, t, r],
        [a, a, 0, a, r],
        [t, t, m, 0, r],
    ]
    assert Costs(m, a, t).matrix.shape == (4, 4)


def test_outcomes_by_hand() -> None:
    y = np.array([GLIOMA, GLIOMA, GLIOMA, NO_TUMOUR, NO_TUMOUR, PITUITARY])
    actions = np.array([GLIOMA, NO_TUMOUR, PITUITARY, NO_TUMOUR, GLIOMA, REFER])
    names = [[OUTCOMES[i] for i in np.flatnonzero(row)] for row in outcomes(y, actions)]
    assert names == [[], ["missed"], ["wrong_type"], [], ["false_alarm"], ["referral"]]


def test_the_least_expected_cost_by_hand() -> None:
    """P = (0.3, 0, 0.7, 0): no tumour risks 0.3 x 10, glioma risks 0.7 x 1."""
    p = np.array([[0.3, 0.0, 0.7, 0.0], [0.05, 0.0, 0.95, 0.0]])
    assert decide(p, Costs()).tolist() == [NO_TUMOUR, NO_TUMOUR]
    assert decide(p, PRICES).tolist() == [GLIOMA, NO_TUMOUR]  # 0.5 < 0.95
    assert decide(p, Costs(10, 1, 3, referral=0.6)).tolist() == [REFER, NO_TUMOUR]


def test_with_equal_prices_it_is_the_most_probable_class() -> None:
    _, p, _ = random_case()
    assert (decide(p, Costs()) == p.argmax(axis=1)).all()


def test_of_equal_costs_the_likeliest_is_taken() -> None:
    p = np.array([[0.1, 0.5, 0.1, 0.3]])
    assert decide(p, Costs(wrong_type=0))[0] == MENINGIOMA


def test_elkans_threshold() -> None:
    assert Costs(missed=9, false_alarm=1).threshold == pytest.approx(0.1)
    assert Costs(0, 0).threshold is None
    for tumour in (0.09, 0.11):
        p = np.array([[tumour, 0, 1 - tumour, 0]])
        assert (decide(p, Costs(9, 1))[0] == GLIOMA) == (tumour > 0.1)


def test_a_bill_by_hand() -> None:
    """Of ten: one wrong type, one false alarm, one miss, seven right."""
    made = bill(hand(), HAND_ANSWER, PRICES, draws(10, 50))
    assert made.rates[0].tolist() == [10, 10, 10, 0]
    assert made.cost.value == pytest.approx(100 + 10 + 30)
    assert made.outcome("missed").value == 10


def test_a_bill_at_another_prevalence_by_hand() -> None:
    """Tumours: 1 of 7 missed, 1 of 7 of the wrong type. No tumour: 1 of 3 a false alarm."""
    made = bill(hand(), HAND_ANSWER, PRICES, draws(10, 50), prevalence=0.2)
    assert made.rates[0] == pytest.approx([20 / 7, 80 / 3, 20 / 7, 0])
    same = bill(hand(), HAND_ANSWER, PRICES, draws(10, 50), prevalence=0.7)
    assert same.rates[0] == pytest.approx([10, 10, 10, 0])


def test_probabilities_at_another_prevalence_by_hand() -> None:
    """Half tumours, stated 0.5; where one in ten is a tumour, the odds are 1 to 9."""
    where = np.array([0.25, 0.25, 0.5, 0.0])
    moved = at_prevalence(np.array([[0.4, 0.1, 0.5, 0.0]]), where, 0.1)
    assert moved[0] == pytest.approx([0.08, 0.02, 0.9, 0.0])
    assert at_prevalence(moved, where, None) is moved
    assert at_prevalence(moved, where, 0.5) == pytest.approx(moved)


def test_without_looking_by_hand() -> None:
    of = np.array([0.1, 0.2, 0.6, 0.1])
    assert without_looking(of, Costs()) == (NO_TUMOUR, pytest.approx(40))
    assert without_looking(of, Costs(missed=10)) == (MENINGIOMA, pytest.approx(80))
    assert without_looking(of, Costs(missed=10, referral=0.3)) == (REFER, pytest.approx(30))


def test_rows_are_tied_unless_patients_tell_them_apart() -> None:
    y, p, groups = random_case(n=400, groups=60)
    sample, weights = GroupedAnswers(y, p, groups), draws(60, 500)
    good = bill(sample, y, Costs(), weights)
    same = bill(sample, y.copy(), Costs(), weights)
    poor = bill(sample, (y + 1) % 4, Costs(), weights)
    assert tied({"poor": poor, "good": good, "same": same}) == {"good", "same"}
    assert poor.above(good).value == pytest.approx(100)
    assert tied({}) == {""}


def test_net_benefit_by_hand() -> None:
    """At 0.2: 3 of 4 found, 2 of 6 alarms, 0.3 - 0.2 x 0.2 / 0.8 = 0.25 (a tenth of an image)."""
    y = np.array([0, 0, 1, 3, 2, 2, 2, 2, 2, 2])
    scores = np.array([0.9, 0.5, 0.2, 0.1, 0.3, 0.2, 0.19, 0, 0, 0])
    swept = sweep(GroupedAnswers(y, np.eye(4)[y], np.arange(10)), scores, draws(10, 20))
    at = int(np.flatnonzero(THRESHOLDS == 0.2)[0])
    assert swept.missed[0, at] == pytest.approx(10)
    assert swept.false_alarms[0, at] == pytest.approx(20)
    assert swept.net_benefit[0, at] == pytest.approx(25)
    assert swept.call_all[at] == pytest.approx(40 - 60 * 0.25)
    assert swept.cost(Costs(4, 1))[0, at] == pytest.approx(60)
    low, high = band(swept.net_benefit)
    assert (low <= high).all()


def test_cost_and_net_benefit_are_one_thing() -> None:
    """At the threshold that the prices ask for: cost = missed x (tumours - net benefit)."""
    y, p, groups = random_case()
    swept = sweep(GroupedAnswers(y, p, groups), 1 - p[:, NO_TUMOUR], draws(25, 10), prevalence=0.3)
    costs = Costs(missed=9, false_alarm=1)
    at = int(np.flatnonzero(costs.threshold == THRESHOLDS)[0])
    expected = costs.missed * (swept.tumours[:, 0] - swept.net_benefit[:, at])
    assert swept.cost(costs)[:, at] == pytest.approx(expected)
    assert swept.tumours[:, 0] == pytest.approx(30)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_equal_prices_give_the_stored_error_rate_and_interval(row) -> None:  # type: ignore[no-untyped-def]
    sample = sample_of(row.predictions())
    made = bill(sample, sample.probabilities.argmax(axis=1), Costs(), draws(sample.count)).cost
    accuracy = row.figure("accuracy")
    assert made.value == pytest.approx(100 * (1 - accuracy.value), abs=1e-3)
    assert made.ci_low == pytest.approx(100 * (1 - accuracy.ci_high), abs=1e-3)
    assert made.ci_high == pytest.approx(100 * (1 - accuracy.ci_low), abs=1e-3)
    assert shares(sample.y).sum() == pytest.approx(1)
