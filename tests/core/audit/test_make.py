"""The command that makes the pictures, on a small dataset of noise."""

import hashlib
from types import SimpleNamespace

import cv2
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from core.audit import make as maker
from core.audit.pixels import TURNS, likeness, summarise, turned_over, weighted_auc
from core.audit.stored import Stored
from core.dataset.collection import load_dataset
from core.evaluate.figures.bootstrap import group_weights

CHOSEN = [
    *(path for pair in (*maker.TWINS, *maker.CONFLICTS) for path in pair),
    *(path for paths in maker.CHOSEN.values() for path in paths),
]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """The chosen paths and a dozen more, each with its own noise; twins upside down."""
    root, rng = tmp_path_factory.mktemp("pack"), np.random.default_rng(0)
    extra = [f"train/glioma/x{i:02d}.jpg" for i in range(12)]
    rows, paths = [], [*CHOSEN, *extra]
    twin_of = {b: a for a, b in (*maker.TWINS, *maker.CONFLICTS)}
    drawn = {}
    for i, path in enumerate(paths):
        split, label, _ = path.split("/")
        small = rng.integers(0, 256, (32, 32)).astype(np.uint8)
        drawn[path] = cv2.resize(small, (64, 64), interpolation=cv2.INTER_NEAREST)
        if path in twin_of:
            drawn[path] = drawn[twin_of[path]][::-1]
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(file), drawn[path])
        rows.append(
            {
                "path": path,
                "split": split,
                "label": label,
                "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
                "source": "figshare",
                "group": f"P{i % 9}",
                "duplicate_group": "copies" if path in extra else path,
                "keep_one": 1,
                "in_train_twin": "0",
                "fold": 0,
                "plane": "",
                "flags": "",
            }
        )
    pd.DataFrame(rows).to_csv(root / "manifest.csv", index=False)
    return load_dataset(root)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, dataset):
    """Where the command wrote once."""
    folder = tmp_path_factory.mktemp("audit")
    maker.make(dataset, folder)
    return folder


@pytest.fixture
def written(folder):
    return Stored.model_validate_json((folder / "audit.json").read_bytes())


def test_it_writes_what_it_names_and_the_same_again(dataset, folder, written, tmp_path):
    files = {p.name: p.read_bytes() for p in (folder / "images").iterdir()}
    assert sorted(files) == sorted(picture.file for picture in written.pictures)
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "left-over.jpg").touch()
    assert maker.make(dataset, tmp_path) == written
    assert {p.name: p.read_bytes() for p in (tmp_path / "images").iterdir()} == files


def test_twins_are_recognised_and_copies_laid_out(folder, written):
    seconds = written.about("twins")[1::2] + written.about("conflict")[1::2]
    assert {p.turn for p in seconds} == {"upside down"}
    assert min(p.correlation for p in seconds) > 0.9
    (sheet,) = written.about("largest")
    assert len(sheet.shows) == 12
    sides = cv2.imread(str(folder / "images" / sheet.file)).shape[:2]
    assert sides == (3 * maker.TILE, 4 * maker.TILE)


def test_only_copies_that_are_upside_down_are_counted(monkeypatch):
    noise = np.random.default_rng(2).random((3, 48, 48)).astype(np.float32)
    one, two, other = (cv2.GaussianBlur(frame, (0, 0), 3) for frame in noise)
    symmetric = other + other[::-1]
    frames = {  # file: (group, label, frame)
        "a": ("1", "notumor", one), "b": ("1", "notumor", 0.5 * one[::-1] + 0.2),
        "c": ("1", "notumor", two), "d": ("1", "glioma", one[::-1, ::-1]),
        "e": ("2", "glioma", two), "f": ("2", "glioma", two[:, ::-1]),
        "g": ("3", "pituitary", two[::-1]),
        "h": ("4", "pituitary", symmetric), "i": ("4", "pituitary", 0.9 * symmetric),
    }  # fmt: skip
    table = pd.DataFrame(
        [(file, group, label) for file, (group, label, _) in frames.items()],
        columns=["file", "duplicate_group", "label"],
    )
    monkeypatch.setattr("core.audit.pixels.read_frame", lambda _, file: frames[file][2])
    found = turned_over(SimpleNamespace(table=table))
    assert found == {"glioma": 1, "meningioma": 0, "notumor": 2, "pituitary": 0}


@pytest.mark.parametrize("turn", TURNS)
def test_likeness_finds_every_orientation(turn):
    first = np.random.default_rng(1).random((20, 20)).astype(np.float32)
    undo = {
        "as is": first,
        "mirrored": first[:, ::-1],
        "upside down": first[::-1],
        "rotated 180°": first[::-1, ::-1],
        "rotated 90°": np.rot90(first, -1),
        "rotated 270°": np.rot90(first, 1),
        "transposed": first.T,
        "transposed the other way": first[::-1, ::-1].T,
    }
    assert likeness(first, undo[turn]) == (turn, 1.0)


def test_a_statistic_by_hand():
    labels = pd.Series(["notumor", "notumor", "glioma", "meningioma", "pituitary"] * 2)
    values = np.array([3.0, 1.0, 2.0, 0.0, 0.5] * 2)
    weights = group_weights(5, 50)[:, np.tile(np.arange(5), 2)]
    statistic = summarise("mean", values, labels, weights, 5)
    # 3 beats 2, 0 and 0.5; 1 beats two of the three
    assert statistic.auc.value == pytest.approx(5 / 6, abs=1e-6)
    assert statistic.classes["notumor"].p50 == 2.0
    assert statistic.classes["glioma"].n == 2


def test_areas_under_the_curve_are_those_of_scikit_learn():
    rng = np.random.default_rng(2)
    y, values = rng.random(80) < 0.4, rng.normal(size=80).round(1)  # with ties
    weights = rng.integers(0, 4, (20, 80)).astype(float)
    expected = [roc_auc_score(y, values, sample_weight=w) for w in weights]
    assert weighted_auc(y, values, weights) == pytest.approx(expected)


def test_an_area_without_one_of_the_kinds_is_not_defined():
    y = np.array([True, True, False])
    assert np.isnan(weighted_auc(y, np.arange(3.0), np.array([[1.0, 1.0, 0.0]]))[0])
