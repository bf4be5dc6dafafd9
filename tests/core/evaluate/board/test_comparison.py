"""Tests of tests: published and hand-worked examples."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from core.errors import DataError
from core.evaluate.board.comparison import (
    Pair,
    bootstrap_p,
    compact_letters,
    compare,
    holm,
    tied_with,
)
from tests.core.evaluate.toys import SHA, Make, random_case


def pair(a: str, b: str, p: float) -> Pair:
    return Pair(a, b, 0.1, 0.0, 0.2, p, p, 1, 1)


def test_holm_by_hand() -> None:
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    assert holm([]).size == 0


def test_holm_is_the_closed_test_of_bonferroni() -> None:
    """Marcus, Peritz and Gabriel 1976: reject what each intersection that holds it rejects."""
    p = np.random.default_rng(0).random(8).round(1) ** 3  # with ties
    sets = [s for k in range(1, 9) for s in itertools.combinations(range(8), k)]
    closed = [max(min(1.0, len(s) * p[list(s)].min()) for s in sets if i in s) for i in range(8)]
    np.testing.assert_allclose(holm(p), closed)


def test_bootstrap_p_by_hand() -> None:
    assert bootstrap_p(np.zeros(99)) == 1.0  # the same model twice
    assert bootstrap_p(np.ones(99)) == pytest.approx(2 / 100)  # never 0
    assert bootstrap_p(np.array([-1.0] * 4 + [1.0] * 95)) == pytest.approx(2 * 5 / 100)


def test_letters() -> None:
    names = ["x", "y", "z"]
    assert compact_letters(names, []) == {"x": "a", "y": "a", "z": "a"}
    apart = [pair("x", "z", 0.01), pair("x", "y", 0.5), pair("y", "z", 0.5)]
    assert compact_letters(names, apart) == {"x": "a", "y": "ab", "z": "b"}
    all_apart = [pair("x", "z", 0.01), pair("x", "y", 0.01), pair("y", "z", 0.01)]
    assert compact_letters(names, all_apart) == {"x": "a", "y": "b", "z": "c"}


def test_letters_are_shared_exactly_by_the_indistinguishable() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        names = list("uvwxyz")
        pairs = [pair(a, b, rng.random() / 8) for i, a in enumerate(names) for b in names[:i]]
        letters = compact_letters(names, pairs)
        for p in pairs:
            assert bool(set(letters[p.a]) & set(letters[p.b])) != p.distinguishable


def test_tied_with_best() -> None:
    pairs = [pair("x", "y", 0.2), pair("x", "z", 0.01), pair("y", "z", 0.5)]
    assert tied_with("x", pairs) == {"x", "y"}  # ties are not passed on
    assert tied_with("x", []) == {"x"}


def test_compare_the_same_the_close_and_the_different(make: Make) -> None:
    y, p, groups = random_case(400, 80)
    good, bad = 0.9 * np.eye(4)[y] + 0.025, np.full((400, 4), 0.1) + 0.6 * np.eye(4)[(y + 1) % 4]
    models = {
        "good": make(y, good, groups),
        "again": make(y, good, groups),
        "fair": make(y, p, groups),
        "bad": make(y, bad, groups),
    }
    pairs = {(q.a, q.b): q for q in compare(models, "accuracy", resamples=500)}
    assert len(pairs) == 6
    same = pairs["good", "again"]
    assert (same.difference, same.ci_low, same.ci_high, same.p_value) == (0, 0, 0, 1)
    fair = pairs["good", "fair"]
    right = (p.argmax(axis=1) == y).mean()
    assert fair.difference == pytest.approx(1 - right)
    assert fair.ci_low < fair.difference < fair.ci_high
    assert (fair.only_a, fair.only_b) == (round(400 * (1 - right)), 0)
    assert fair.distinguishable and pairs["fair", "bad"].distinguishable
    assert not same.distinguishable
    assert all(q.p_holm >= q.p_value for q in pairs.values())


def test_paired_interval_is_narrower_than_an_unpaired_one(make: Make) -> None:
    """Two models that fail on the same patients differ little, however hard the patients."""
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(50), 6)
    easy = np.repeat(rng.random(50) < 0.6, 6)
    also = easy & (rng.random(300) < 0.97)
    y = np.zeros(300, int)

    def answers(right: np.ndarray) -> np.ndarray:
        return np.where(right[:, None], [0.7, 0.1, 0.1, 0.1], [0.1, 0.7, 0.1, 0.1])

    a, b = make(y, answers(easy), groups), make(y, answers(also), groups)
    (q,) = compare({"a": a, "b": b}, "accuracy", resamples=500)
    assert q.ci_high - q.ci_low < 0.06  # each accuracy alone spans about 0.27


@pytest.mark.parametrize("figure", ["macro_roc_auc", "macro_f1", "log_loss", "aurc"])
def test_compare_in_other_figures(make: Make, figure: str) -> None:
    y, p, groups = random_case(200, 40)
    blurred = 0.5 * p + 0.125 + 0.1 * np.eye(4)[(y + 1) % 4]
    models = {
        "a": make(y, p, groups),
        "b": make(y, blurred / blurred.sum(axis=1, keepdims=True), groups),
        "c": make(y, p, groups, name="majority", kind="control", weights_sha256=None),
    }
    pairs = compare(models, figure, resamples=200)
    # a control's probabilities are not to be believed
    assert len(pairs) == (1 if figure in ("log_loss", "aurc") else 3)


def test_figures_that_are_not_defined_are_not_compared(make: Make) -> None:
    y, p, groups = random_case(100, 20)
    constant = np.tile([0.7, 0.1, 0.1, 0.1], (100, 1))
    models = {"a": make(y, p, groups), "b": make(y, constant, groups)}
    assert compare(models, "mcc", resamples=50) == ()


def test_different_images_are_refused(make: Make) -> None:
    y, p, groups = random_case(40, 10)
    with pytest.raises(DataError, match="a and b were evaluated on different images"):
        compare({"a": make(y, p, groups), "b": make(y[1:], p[1:], groups[1:])})
    with pytest.raises(DataError, match="different images"):
        compare({"a": make(y, p, groups), "b": make((y + 1) % 4, p, groups)})
    with pytest.raises(ValueError, match="Invalid figure"):
        compare({"a": make(y, p, groups, weights_sha256=SHA["b"])}, "beauty")
