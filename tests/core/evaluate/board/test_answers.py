"""The stored answers picture by picture, against answers worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from core.cases import cases
from core.errors import DataError
from core.evaluate.board.answers import (
    ORDERS,
    PRESETS,
    SURE,
    Answers,
    Choice,
    choose,
    confusion,
    copies,
    distinct,
    gather,
    ordered,
)
from core.evaluate.board.leaderboard import load_leaderboard
from core.settings import Settings
from tests.core.evaluate.toys import Make

# Eight images of five pictures: 0 and 1, 2 and 3, and 6 and 7 are copies.
TRUTH = np.array([0, 0, 1, 1, 2, 2, 3, 3])
KEPT = np.array([1, 0, 1, 0, 1, 1, 1, 0])
#                 right       wrong, sure        right, unsure   wrong, unsure
A = [(0, 0.97), (1, 0.97), (1, 0.50), (1, 0.97), (2, 0.97), (3, 0.97), (0, 0.40), (3, 0.97)]
B = [(0, 0.97), (0, 0.97), (1, 0.97), (1, 0.97), (2, 0.97), (1, 0.97), (0, 0.97), (3, 0.50)]
ALL = Choice("a")


def probabilities(answers: list[tuple[int, float]]) -> np.ndarray:
    rows = [np.where(np.arange(4) == c, p, (1 - p) / 3) for c, p in answers]
    return np.array(rows)


@pytest.fixture
def row(make: Make) -> Callable[..., SimpleNamespace]:
    def row(name: str, answers: list[tuple[int, float]], kind: str = "model", **more: object):
        fields = {"name": name, "kind": kind} | more
        if kind == "control":
            fields["weights_sha256"] = None
        made = make(TRUTH, probabilities(answers), keep_one=KEPT, **fields)
        return SimpleNamespace(name=name, title=name, kind=kind, predictions=lambda: made)

    return row


@pytest.fixture
def answers(row: Callable[..., SimpleNamespace]) -> Answers:
    return gather(
        [row("a", A, abstain_threshold=0.6), row("b", B), row("c", [(3, 0.97)] * 8, "control")]
    )


def found(mask: np.ndarray) -> list[int]:
    return np.flatnonzero(mask).tolist()


def test_what_is_gathered(answers: Answers) -> None:
    assert list(answers.of_kind("model")) == ["a", "b"]
    assert list(answers.of_kind("control", "ensemble")) == ["c"]
    assert answers.voices["a"].threshold == 0.6
    assert answers.voices["b"].threshold == SURE
    assert answers.voices["a"].answer.tolist() == [c for c, _ in A]
    assert answers.voices["a"].confidence == pytest.approx([p for _, p in A], abs=1e-6)
    assert found(distinct(answers)) == [0, 2, 4, 5, 6]


@pytest.mark.parametrize(
    ("preset", "images"),
    [
        ("everything", [0, 1, 2, 3, 4, 5, 6, 7]),
        ("wrong", [1, 5, 6]),
        ("confident-wrong", [1, 5]),
        ("right-unsure", [2]),
        ("disagree", [1, 5]),
        ("all-wrong", [5, 6]),
    ],
)
def test_presets(answers: Answers, preset: str, images: list[int]) -> None:
    assert found(choose(answers, replace(ALL, preset=preset))) == images


def test_every_preset_is_tested() -> None:
    marks = test_presets.pytestmark
    assert [preset for preset, _ in marks[0].args[1]] == list(PRESETS)


def test_a_control_never_speaks_for_the_networks(row: Callable[..., SimpleNamespace]) -> None:
    one = gather([row("a", A), row("c", [(3, 0.97)] * 8, "control")])
    assert found(choose(one, replace(ALL, preset="disagree"))) == []
    assert found(choose(one, replace(ALL, preset="all-wrong"))) == [1, 5, 6]


@pytest.mark.parametrize(
    ("more", "images"),
    [
        ({"truth": "glioma"}, [0, 1]),
        ({"answer": "pituitary"}, [5, 7]),
        ({"truth": "notumor", "answer": "pituitary"}, [5]),
        ({"source": "figshare"}, [0, 1, 2, 3, 4, 5, 6, 7]),
        ({"plane": "coronal"}, [1, 4, 7]),
        ({"plane": "unknown"}, [2, 5]),
        ({"flag": "b"}, [0]),
        ({"flag": "none"}, [1, 2, 3, 4, 5, 6, 7]),
        ({"model": "b", "answer": "glioma"}, [0, 1, 6]),
        ({"preset": "wrong", "plane": "coronal", "truth": "glioma"}, [1]),
        ({"truth": "glioma", "answer": "pituitary"}, []),
    ],
)
def test_filters(answers: Answers, more: dict[str, str], images: list[int]) -> None:
    assert found(choose(answers, replace(ALL, **more))) == images


def test_values_are_those_that_occur(answers: Answers) -> None:
    assert answers.values("plane") == ("axial", "coronal", "unknown")
    assert answers.values("flag") == ("a", "b", "none")


def test_the_matrix_counts_truth_down_and_answer_across(answers: Answers) -> None:
    everything = choose(answers, ALL)
    expected = [[1, 1, 0, 0], [0, 2, 0, 0], [0, 0, 1, 1], [1, 0, 0, 1]]
    assert confusion(answers, "a", everything).tolist() == expected
    pictures = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1], [1, 0, 0, 0]]
    assert confusion(answers, "a", everything & distinct(answers)).tolist() == pictures


@pytest.mark.parametrize(
    ("order", "positions"),
    [
        ("least-true", [1, 5, 6, 2, 0, 3, 4, 7]),
        ("most-sure", [0, 1, 3, 4, 5, 7, 2, 6]),
        ("least-sure", [6, 2, 0, 1, 3, 4, 5, 7]),
    ],
)
def test_orders(answers: Answers, order: str, positions: list[int]) -> None:
    assert order in ORDERS
    assert ordered(answers, "a", choose(answers, ALL), order).tolist() == positions


def test_different_images_are_refused(row: Callable[..., SimpleNamespace], make: Make) -> None:
    other = make(TRUTH[::-1], probabilities(A), keep_one=KEPT, name="b")
    stranger = SimpleNamespace(name="b", title="b", kind="model", predictions=lambda: other)
    with pytest.raises(DataError, match="different images"):
        gather([row("a", A), stranger])
    with pytest.raises(DataError, match="no answers"):
        gather([])


@pytest.fixture(scope="module")
def stored() -> Answers:
    """What ships: at least the controls."""
    board = load_leaderboard(Settings().models_dir, "unseen-patients")
    return gather([row for row in board.rows if row.metrics])


def test_counts_agree_with_the_leaderboard(stored: Answers) -> None:
    for name, voice in stored.voices.items():
        images = voice.row.metrics.images
        everything = choose(stored, Choice(name))
        for kind, mask in (("all", everything), ("distinct", everything & distinct(stored))):
            expected = images[kind].confusion
            assert confusion(stored, name, mask).tolist() == [list(line) for line in expected]
        for by in ("source", "plane", "flag"):
            counts = {
                value: int(choose(stored, Choice(name, **{by: value})).sum())
                for value in stored.values(by)
            }
            assert counts == {v: part.n for v, part in images["all"].slices[by].items()}


def test_each_picture_that_is_counted_has_its_case(stored: Answers) -> None:
    files = stored.table["image_sha256"][distinct(stored)]
    assert set(files) == {case.sha256 for case in cases().values()}


def test_copies_begin_with_the_case_itself(stored: Answers) -> None:
    for case in list(cases().values())[::31]:
        same = copies(stored, case)
        assert len(same) == case.copies
        assert stored.table["path"].iat[same[0]] == case.path
        assert set(stored.table["duplicate_group"].iloc[same]) == {case.picture}
