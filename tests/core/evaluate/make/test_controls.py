"""The controls, on pictures whose answer is known and on the stored real results."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core.dataset import collection
from core.evaluate.figures.metrics import build_metrics
from core.evaluate.make.controls import METHODS, evaluate_controls, global_statistics
from core.evaluate.stored.layout import CONTROLS, METRICS_NAME, evaluation_folder
from core.evaluate.stored.predictions import read_predictions
from core.evaluate.stored.schema import read_metrics
from core.labels import CLASS_NAMES
from core.settings import PROJECT


def test_names_are_those_of_the_layout() -> None:
    assert list(METHODS) == list(CONTROLS)


def test_statistics_by_hand() -> None:
    frame = np.zeros((224, 224), np.float32)
    frame[:, 112:] = 1.0  # right half white: one vertical edge
    mean, std, p10, p50, p90, p99, energy, ratio, border, dark = global_statistics(frame)
    assert (mean, std, p10, p50, p90, p99) == (0.5, 0.5, 0, 0.5, 1, 1)
    assert energy == pytest.approx(1 / 223 / 2)  # one of 223 steps across, none down
    assert (ratio, border, dark) == (0, 0.5, 0.5)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Forty pictures; each test picture is a copy of a training one, half of them mirrored."""
    rng = np.random.default_rng(0)
    rows = []
    for i in range(80):
        twin, split = i % 40, "train" if i < 40 else "test"
        label = CLASS_NAMES[twin % 4]
        pixels = np.random.default_rng(twin).integers(256, size=(16, 16), dtype=np.uint8)
        if split == "test" and twin % 8 < 4:
            pixels = pixels[:, ::-1]
        noisy = np.clip(pixels.repeat(4, 0).repeat(4, 1) + rng.integers(-3, 4), 0, 255)
        path = f"images/{split}/{label}/{i:03d}.png"
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(noisy.astype(np.uint8)).save(tmp_path / path)
        rows.append(
            {
                "path": path,
                "split": split,
                "label": label,
                "sha256": hashlib.sha256((tmp_path / path).read_bytes()).hexdigest(),
                "source": "figshare",
                "duplicate_group": f"F{twin:04d}",
                "in_train_twin": "1" if split == "test" else "",
                "group": f"P{twin:03d}",
                "fold": twin // 4 % 5,
                "plane": "axial",
                "keep_one": int(split == "train"),
                "flags": "",
            }
        )
    pd.DataFrame(rows).to_csv(tmp_path / "manifest.csv", index=False)
    return tmp_path


def test_memory_wins_where_pictures_leak(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.evaluate.make.controls.TREES", 10)
    monkeypatch.setattr(build_metrics, "__defaults__", (20,))
    models = tmp_path / "models"
    dataset = collection.load_dataset(pack)
    official = evaluate_controls(dataset, "official", models)
    assert official["nearest-neighbour-mirrored"] == 1.0  # every test picture is in training
    assert 0.5 <= official["nearest-neighbour"] < 1.0  # half of them only mirrored
    assert official["majority"] == 0.25
    assert evaluate_controls(dataset, "unseen-patients", models)["majority"] == 0.25

    folder = evaluation_folder(models, "nearest-neighbour", "official")
    stored = read_predictions(folder / "predictions.parquet")
    assert stored.provenance.kind == "control" and stored.provenance.weights_sha256 is None
    assert stored.table["in_train_twin"].all() and stored.table["keep_one"].all()

    before = (folder / METRICS_NAME).read_bytes()
    evaluate_controls(dataset, "official", models)
    assert (folder / METRICS_NAME).read_bytes() == before


@pytest.mark.parametrize(
    ("control", "official", "unseen"),
    [
        ("majority", 0.309, 0.284),
        ("random-forest", 0.924, 0.778),
        ("nearest-neighbour", 0.972, 0.735),
        ("nearest-neighbour-mirrored", 0.987, 0.726),
    ],
)
def test_stored_controls_reproduce_the_audit(control: str, official: float, unseen: float) -> None:
    """The figures of the dataset's audit; its unseen ones are means over five folds."""
    for protocol, expected, tolerance in (
        ("official", official, 0.003 if "nearest" in control else 0.015),
        ("unseen-patients", unseen, 0.03),
    ):
        folder = evaluation_folder(PROJECT / "models", control, protocol)
        figure = read_metrics(folder / METRICS_NAME).images["all"].figures["accuracy"]
        assert figure.value == pytest.approx(expected, abs=tolerance)
