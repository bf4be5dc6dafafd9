"""``python -m core explain``: a map of the scan's own size, or a picture of it."""

from __future__ import annotations

import errno
import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.explain import METHODS
from core.explain.overlay import overlay
from core.imaging import read_image
from core.labels import CLASS_NAMES

from .conftest import Run


def test_map(run: Run, scan: Path, tmp_path: Path) -> None:
    out = tmp_path / "map.npy"
    answer = run("explain", scan, "--model", "one", "--out", out, "--json")
    assert answer.status == 0
    row = answer.json
    assert row["file"] == str(scan) and row["out"] == str(out)
    assert row["sha256"] == hashlib.sha256(scan.read_bytes()).hexdigest()
    assert (row["model"], row["method"]) == ("one", "gradcam")
    (answered,) = run("predict", scan, "--model", "one").json
    assert row["target"] == row["predicted"] == answered["class"]
    assert row["empty"] is False
    heat = np.load(out)
    assert heat.shape == (60, 80) and heat.dtype == np.float32
    assert heat.min() == 0 and 0.5 < heat.max() <= 1
    assert heat.std() > 0.01


def test_each_class_has_its_own_map(run: Run, scan: Path, tmp_path: Path) -> None:
    maps = {}
    for target in CLASS_NAMES:
        out = tmp_path / f"{target}.npy"
        row = run("explain", scan, "--model", "one", "--target", target, "--out", out).json
        maps[target] = np.load(out)
        assert row["target"] == target and row["empty"] == (maps[target].max() == 0)
    assert len({m.tobytes() for m in maps.values()}) == len(CLASS_NAMES)


def test_overlay(run: Run, scan: Path, tmp_path: Path) -> None:
    npy, png = tmp_path / "map.npy", tmp_path / "overlay.png"
    for out in (npy, png):
        assert run("explain", scan, "--model", "one", "--out", out).status == 0
    picture = np.asarray(Image.open(png))
    pixels = read_image(scan.read_bytes(), scan.name).pixels
    assert np.array_equal(picture, overlay(pixels, np.load(npy)))


@pytest.mark.parametrize("name", ["map.npy", "overlay.png"])
def test_a_full_disk_leaves_no_empty_file(
    name: str, run: Run, scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: Path, content: object) -> None:
        with Path(file).open("wb") as part:
            part.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("numpy.save", full)
    monkeypatch.setattr(Path, "write_bytes", full)
    answer = run("explain", scan, "--model", "one", "--out", tmp_path / "out" / name)
    assert answer.status == 1
    (tmp_path / "out").mkdir()
    answer = run("explain", scan, "--model", "one", "--out", tmp_path / "out" / name)
    assert answer.status == 1
    assert "cannot be written (No space left on device)" in answer.err
    assert list((tmp_path / "out").iterdir()) == []


def test_methods(run: Run) -> None:
    rows = run("methods", "--json").json
    assert [row["name"] for row in rows] == list(METHODS)
    for row in rows:
        assert all(row[key] for key in ("title", "family", "summary", "reference"))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--method", "tea-leaves"], "tea-leaves"),
        (["--target", "headache"], "headache"),
        (["--model", "all"], "one model"),
        (["--model", "three"], "three"),
        (["--out", "map.txt"], "neither a .npy nor a .png"),
        (["--out", "nowhere/map.npy"], "nowhere/map.npy"),
        (["--out", "nowhere/map.png"], "nowhere/map.png"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_refusals(
    run: Run,
    scan: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = run("explain", scan, "--model", "one", "--out", "map.npy", *options)
    assert answer.status == 1 and answer.out == ""
    assert sentence in answer.err and answer.err.strip().endswith(".")
    assert not (tmp_path / "map.npy").exists()


def test_a_bad_file(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "map.npy"
    answer = run("explain", tmp_path / "missing.png", "--model", "one", "--out", out)
    assert answer.status == 1 and "missing.png" in answer.err and not out.exists()
