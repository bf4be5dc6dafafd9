"""What came of a lesson, counted by hand."""

import numpy as np
import pandas as pd
import pytest

from core.cases import cases
from core.classroom.summary import (
    CLASS,
    NETWORKS,
    leaders,
    majority,
    mean_scores,
    outcome,
    readings,
    right,
)
from core.evaluate.board.answers import gather
from core.evaluate.board.leaderboard import load_leaderboard
from core.labels import CLASS_NAMES
from core.settings import Settings

SCANS = [next(case.id for case in cases().values() if case.label == name) for name in CLASS_NAMES]


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ([0, 0, 0, 0], None),
        ([2, 2, 1, 0], None),
        ([0, 3, 2, 2], "meningioma"),
        ([0, 0, 0, 1], "pituitary"),
    ],
)
def test_majority(votes, expected):
    assert majority(np.array(votes)) == expected


def test_a_tie_names_all_that_lead():
    assert leaders(np.array([2, 0, 2, 1])) == ("glioma", "notumor")
    assert leaders(np.zeros(4, int)) == ()


def test_a_lesson_without_networks():
    votes = np.array([[3, 1, 0, 0], [2, 2, 0, 0], [0, 0, 0, 0]])  # three of four scans shown
    table = outcome(SCANS, votes, None)
    assert table["case"].tolist() == SCANS[:3]
    assert table["truth"].tolist() == list(CLASS_NAMES[:3])
    assert table[[f"votes_{name}" for name in CLASS_NAMES]].to_numpy().tolist() == votes.tolist()
    assert [None if pd.isna(c) else c for c in table[CLASS]] == ["glioma", None, None]
    assert right(table) == {CLASS: 1}
    assert mean_scores(table) == {CLASS: 5 / 8}  # of the first scan 3 of 4, of the second 2 of 4
    assert mean_scores(outcome(SCANS, votes[2:], None)) == {}


def test_the_networks_of_a_lesson_are_those_stored():
    board = load_leaderboard(Settings().models_dir, "unseen-patients")
    rows = [row for row in board.rows if row.metrics]
    if not any(row.kind == "model" for row in rows):
        pytest.skip("no network is evaluated")
    answers = gather(rows)
    votes = np.eye(4, dtype=np.int64)
    table = outcome(SCANS, votes, answers)
    found = right(table)
    assert found.pop(CLASS) == 4 and set(found) == set(answers.of_kind("model", "ensemble"))
    for name, voice in answers.of_kind("model", "ensemble").items():
        said = []
        for key in SCANS:
            (i,) = np.flatnonzero(answers.table["path"] == cases()[key].path)
            said.append(CLASS_NAMES[voice.probabilities[i].argmax()])
            answer = readings(answers, cases()[key])[name]
            assert answer.probabilities.tolist() == voice.probabilities[i].tolist()
            assert answer.limits == voice.limits
        assert table[name].tolist() == said
        assert found[name] == sum(np.array(said) == np.array(CLASS_NAMES))
    mean = np.mean([n / len(SCANS) for n in found.values()])
    assert mean_scores(table) == pytest.approx({CLASS: 1.0, NETWORKS: mean})
