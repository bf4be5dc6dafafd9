from collections import Counter

import numpy as np
import pytest

from core.cases import cases, read_bytes
from core.evaluate.saliency.localisation import TOLERANCE, lesion_mask
from core.imaging import read_image
from core.labels import CLASS_NAMES
from core.quiz import KINDS, SIZES, Reply, Round, aim, draw
from core.quiz_score import YOU, classes, document, hits, mcnemar, records, tallies
from core.report import to_csv

SQUARE = np.array([[0.25, 0.25], [0.5, 0.25], [0.5, 0.5], [0.25, 0.5]])
WIDE = (100, 200)  # height, width


def ids(asked, answers=None):
    return [case.id for case in draw(asked, answers)]


def test_everybody_gets_the_same_scans():
    assert ids(Round("balanced", 5, 7)) == [
        "notumor-d0635",
        "glioma-f2099",
        "meningioma-f0600",
        "pituitary-f1090",
        "pituitary-f1572",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_another_seed_is_another_round(answers, kind):
    rounds = {tuple(ids(Round(kind, 10, seed), answers)) for seed in range(1, 51)}
    assert len(rounds) == 50


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", [1, 7, 999])
def test_a_balanced_round_holds_every_class_alike(size, seed):
    drawn = draw(Round("balanced", size, seed), None)
    counts = Counter(case.label for case in drawn)
    assert len(drawn) == counts.total() == size
    assert set(counts) == set(CLASS_NAMES)
    assert max(counts.values()) - min(counts.values()) <= 1
    assert len({case.group for case in drawn}) == size  # no patient twice


def test_every_class_has_its_turn_to_be_asked_once_more():
    rounds = (draw(Round("balanced", 5, seed), None) for seed in range(1, 41))
    assert {Counter(c.label for c in d).most_common(1)[0][0] for d in rounds} == {*CLASS_NAMES}


@pytest.mark.parametrize("size", SIZES)
def test_a_hard_case_is_one_that_some_network_gets_wrong(answers, size):
    drawn = draw(Round("hard", size, 7), answers)
    paths = answers.table["path"].tolist()
    at = [paths.index(case.path) for case in drawn]
    networks = [v.answer[at] for v in answers.of_kind("model").values()]
    assert (np.array(networks) != answers.truth[at]).any(axis=0).all()
    assert len(drawn) == size == len({case.group for case in drawn})


def test_without_an_evaluation_there_are_no_hard_cases():
    assert draw(Round("hard", 10, 7), None) == ()


@pytest.mark.parametrize(
    ("point", "distance"),
    [
        ((0.3, 0.3), 0),
        ((0.5, 0.4), 0),  # on the outline itself
        ((0.75, 0.375), 0.25),  # a quarter of the width beside it
        ((0.375, 0.75), 0.125),  # a quarter of the height below, an eighth of the width
        ((0.8, 0.9), 0.36055),  # off the corner: 0.3 to the right and 0.2 below
    ],
)
def test_a_point_against_an_outline_computed_by_hand(point, distance):
    assert aim(point, SQUARE, WIDE).distance == pytest.approx(distance, abs=1e-5)


def test_a_near_miss_counts_as_far_as_it_does_for_a_map():
    assert aim((0.5 + TOLERANCE - 0.001, 0.4), SQUARE, WIDE).hit
    assert not aim((0.5 + TOLERANCE + 0.001, 0.4), SQUARE, WIDE).hit


def test_a_point_is_on_the_lesion_where_the_filled_outline_is():
    case = next(c for c in cases().values() if c.lesion is not None)
    shape = read_image(read_bytes(case), case.id).shape
    mask = lesion_mask(case.lesion, shape)
    for row, column in np.random.default_rng(0).integers(0, shape, (300, 2)):
        point = ((column + 0.5) / shape[1], (row + 0.5) / shape[0])
        assert (aim(point, case.lesion, shape).distance == 0) == mask[row, column]


@pytest.fixture
def replies():
    """Right on the first and the last of five; one hit, one miss, one without an outline."""
    scans = draw(Round("balanced", 5, 7), None)
    outlined = [case.id for case in scans if case.lesion is not None]
    assert len(outlined) == 4
    wrong = {"glioma": "meningioma", "meningioma": "notumor", "pituitary": "glioma"}
    return [
        Reply(
            case.id,
            case.label if i in (0, 4) else wrong[case.label],
            (0.5, 0.5) if i else None,
            aim((0.5, 0.5), case.lesion, (512, 512)) if case.id in outlined[2:] else None,
        )
        for i, case in enumerate(scans)
    ]


def test_the_score_counts_the_very_same_scans(replies, answers):
    you, *others = tallies(replies, answers)
    assert (you.name, you.right, you.only_you, you.only_it, you.p) == (YOU, 2, 0, 0, 1)
    assert you.by_class == {"glioma": 0, "meningioma": 0, "notumor": 1, "pituitary": 1}
    assert classes(replies) == {"glioma": 1, "meningioma": 1, "notumor": 1, "pituitary": 2}
    assert [t.name for t in others] == list(answers.readers())
    assert "nearest-neighbour" in answers.readers()
    paths = answers.table["path"].tolist()
    at = [paths.index(cases()[reply.case].path) for reply in replies]
    mine = np.array([True, False, False, False, True])
    for tally in others:
        right = (answers.voices[tally.name].answer == answers.truth)[at]
        assert tally.right == right.sum() == sum(tally.by_class.values())
        assert tally.only_you == (mine & ~right).sum()
        assert tally.only_it == (right & ~mine).sum()


def test_four_more_right_and_none_fewer_is_one_chance_in_eight(answers):
    scans = draw(Round("balanced", 20, 7), None)
    tally = next(t for t in tallies([Reply(c.id, c.label) for c in scans], answers) if t.only_you)
    assert tally.p == pytest.approx(min(1, 2 * 0.5**tally.only_you))  # two-sided, by hand


def test_points(replies):
    on = sum(r.aim.hit for r in replies if r.aim)
    assert hits(replies) == (on, 2, 4)


def test_what_is_exported(replies, answers):
    rows = list(records(replies, answers))
    assert [row["scan"] for row in rows] == [1, 2, 3, 4, 5]
    assert [row["you"]["right"] for row in rows] == [True, False, False, False, True]
    assert rows[0]["you"]["x"] is None and rows[1]["you"]["x"] == 0.5
    for row in rows:
        assert row["nearest-neighbour"]["probability"] is None
        assert all(0.25 < row[m]["probability"] <= 1 for m in answers.of_kind("model"))
    lines = to_csv(rows).splitlines()
    assert len(lines) == 6
    assert lines[0].startswith("scan,id,sha256,source_says,you_class,you_right,you_x,you_y")
    whole = document(Round("balanced", 5, 7), replies, answers)
    assert whole["round"] == {"kind": "balanced", "size": 5, "seed": 7}
    assert whole["scans"] == rows
    assert whole["score"][0]["right"] == 2
    assert set(whole["predictions_sha256"]) == set(answers.readers())


def test_a_round_without_an_evaluation_has_its_score_all_the_same(replies):
    (you,) = tallies(replies, None)
    assert you.right == 2
    assert [*next(records(replies, None))] == ["scan", "id", "sha256", "source_says", "you"]


def test_mcnemar_published_example() -> None:
    """Fay 2011, "Exact McNemar's test and matching confidence intervals": 9 against 2."""
    assert mcnemar(9, 2) == pytest.approx(0.06543, abs=5e-6)
    assert mcnemar(9, 2) == mcnemar(2, 9) == pytest.approx(2 * (1 + 11 + 55) / 2**11)
    assert mcnemar(0, 0) == 1.0
