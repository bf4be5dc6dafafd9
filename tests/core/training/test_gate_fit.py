"""The gate's network in numpy is the one that Keras trained; fitting writes what is read."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pandas as pd
import pytest

from core.gate.network import INVERTED, NAMES, OTHER, SCAN, UPSIDE_DOWN, forward
from core.gate.views import SIDE
from core.training.gate import fit, lessons, teach
from core.training.gate.decoys import DECOYS
from core.training.gate.kin import relative, without_skull


def _scan() -> np.ndarray:
    """An egg with a bright rim and a dark pair of holes: as good as a head for geometry."""
    y, x = np.mgrid[-1:1:128j, -1:1:128j]
    radius = np.hypot(x / 0.7, y / 0.9)
    head = np.where(radius < 1, 0.5 + 0.3 * (radius > 0.9), 0)
    holes = (np.hypot(x - 0.2, y) < 0.1) | (np.hypot(x + 0.2, y) < 0.1)
    return np.where(holes, 0.1, head).astype(np.float32)


def test_folded_weights_answer_as_the_trained_network() -> None:
    rng = np.random.default_rng(0)
    views = rng.integers(0, 256, (320, SIDE, SIDE, 2), dtype=np.uint8)
    kinds = rng.integers(0, len(NAMES), 320)
    views[kinds == OTHER] //= 4
    model = teach._trained(lessons.Lesson(views, kinds), epochs=1)
    weights = teach._folded(model)
    assert all(array.dtype == np.float16 for array in weights.values())
    x = views[:4].astype(np.float32) / 255
    expected = np.asarray(model(x, training=False))
    got = np.stack([forward(one, weights) for one in x])
    np.testing.assert_allclose(got, expected, atol=0.05)


def test_a_lesson_has_every_kind_and_turns_only_what_is_known_to_lie_upright(monkeypatch) -> None:
    monkeypatch.setattr(lessons, "DECOYS", 5)
    scans, labels = [_scan()] * 4, np.array(["glioma", "glioma", "notumor", "notumor"])
    lesson = lessons.lesson(scans, labels, np.random.default_rng(0))
    count = np.bincount(lesson.kinds, minlength=len(NAMES))
    assert count[SCAN] == 12 and count[UPSIDE_DOWN] == 2 and count[INVERTED] == 2
    assert count[OTHER] == 5
    assert lesson.views.shape == (len(lesson.kinds), SIDE, SIDE, 2)


def test_decoys_and_relatives_are_pictures_and_the_same_each_time() -> None:
    for make in (*DECOYS.values(),):
        one, two = (make(np.random.default_rng(3), [_scan()]) for _ in range(2))
        np.testing.assert_array_equal(one, two)
        assert one.ndim == 2 and min(one.shape) >= 100 and one.std() > 0
    one, two = (relative(np.random.default_rng(3), _scan()) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert one.min() >= 0 and one.max() <= 1


def test_of_a_without_skull_the_bright_rim_is_gone() -> None:
    scan = _scan()
    brain = without_skull(np.random.default_rng(0), scan)
    assert (brain > 0).sum() < 0.9 * (scan > 0).sum()
    assert brain[2:10].max() == 0


def test_a_scan_is_scored_by_a_network_that_was_taught_without_its_patient(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cv2.imwrite(str(tmp_path / "scan.png"), (_scan() * 255).astype(np.uint8))
    rows = pd.DataFrame(
        {
            "fold": [2, 1, 2, 3, 1],
            "group": list("babcd"),
            "duplicate_group": [0, 1, 2, 3, 4],
            "label": "glioma",
            "file": "scan.png",
        }
    )
    asked = []

    def taught(_dataset: object, known: pd.DataFrame) -> int:
        asked.append(set(known["group"]))
        return len(asked)

    monkeypatch.setattr(fit, "taught", taught)
    monkeypatch.setattr(fit, "answer", lambda _views, network: network)
    monkeypatch.setattr(fit, "score", float)
    dataset = SimpleNamespace(root=tmp_path)
    found = [list(scores) for scores in fit.scores_apart(dataset, rows)]
    assert found == [[1.0, 1.0], [2.0, 2.0], [3.0]]  # a network a fold, and every file once
    assert asked == [{"b", "c"}, {"a", "c", "d"}, {"a", "b", "d"}]
