"""``python -m core predict``: every file gets its answer, or its sentence."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from core.labels import CLASS_NAMES
from core.manifest import Manifest
from core.registry import MANIFEST_NAME, WEIGHTS_NAME
from tests.core.imaging.files import SECRET, archive, nifti, series

from .conftest import Run

KEYS = [
    "file",
    "sha256",
    "model",
    "class",
    "probabilities",
    "abstained",
    "ruled_out",
    "in_distribution",
    "latency_ms",
    "weights_sha256",
    "gate",
]


def test_shape(run: Run, scan: Path, models_dir: Path) -> None:
    answer = run("predict", scan, "--model", "one", "--json")
    assert answer.status == 0
    (row,) = answer.json
    assert list(row)[: len(KEYS)] == KEYS
    assert row["file"] == str(scan) and row["model"] == "one"
    assert row["sha256"] == hashlib.sha256(scan.read_bytes()).hexdigest()
    weights = (models_dir / "one" / WEIGHTS_NAME).read_bytes()
    assert row["weights_sha256"] == hashlib.sha256(weights).hexdigest()
    probabilities = row["probabilities"]
    assert list(probabilities) == list(CLASS_NAMES)
    assert sum(probabilities.values()) == pytest.approx(1, abs=1e-5)
    assert row["class"] == max(probabilities, key=probabilities.__getitem__)
    assert row["abstained"] is False
    assert row["ruled_out"] is None  # these models have no operating point
    assert row["in_distribution"] is None and row["gate"] is None  # none lies beside these models
    assert row["latency_ms"] > 0


def test_json_is_also_what_comes_without_asking(run: Run, scan: Path) -> None:
    plain, asked = run("predict", scan), run("predict", scan, "--json")
    without = [{k: v for k, v in row.items() if k != "latency_ms"} for row in plain.json]
    assert without == [{k: v for k, v in row.items() if k != "latency_ms"} for row in asked.json]


def test_all_models_and_all_files_in_order(run: Run, scan: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.png"
    shutil.copy(scan, other)
    rows = run("predict", other, scan, "--model", "all").json
    expected = [(str(f), m) for f in (other, scan) for m in ("one", "two")]
    assert [(row["file"], row["model"]) for row in rows] == expected


def test_a_bad_file_does_not_stop_the_batch(run: Run, scan: Path, tmp_path: Path) -> None:
    text, folder = tmp_path / "notes.png", tmp_path / "folder.png"
    text.write_text("not a scan")
    folder.mkdir()
    missing = tmp_path / "missing.png"
    answer = run("predict", text, missing, scan, folder, "--model", "one", "--json")
    assert answer.status == 1
    rows = answer.json
    assert [row["file"] for row in rows] == [str(f) for f in (text, missing, scan, folder)]
    for i in (0, 1, 3):
        assert set(rows[i]) == {"file", "error"}
        assert Path(rows[i]["file"]).name in rows[i]["error"]
        assert rows[i]["error"].endswith(".")
    assert rows[2]["model"] == "one"


def test_a_file_name_that_is_no_text(run: Run, scan: Path, tmp_path: Path) -> None:
    """Linux allows any bytes in a name; the answer is still JSON."""
    odd = tmp_path / b"\xff\xfe-\xc3\xa9.png".decode("utf-8", "surrogateescape")
    shutil.copy(scan, odd)
    answer = run("predict", odd, "--model", "one")
    assert answer.status == 0 and answer.json[0]["file"] == str(odd)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["predict"],
        ["predict", "--models", "one", "x.png"],
        ["paint"],
        ["explain", "x.png"],
        ["explain", "--model", "one", "--out", "map.npy"],
    ],
    ids=" ".join,
)
def test_wrong_usage(run: Run, arguments: list[str]) -> None:
    answer = run(*arguments)
    assert answer.status == 2
    assert "Usage" in answer.out + answer.err
    assert arguments == [] or answer.out == ""


def test_unknown_model(run: Run, scan: Path) -> None:
    answer = run("predict", scan, "--model", "three")
    assert answer.status == 1 and answer.out == ""
    assert "three" in answer.err and "one, two" in answer.err


def test_altered_weights(run: Run, scan: Path, models_dir: Path) -> None:
    with (models_dir / "two" / WEIGHTS_NAME).open("ab") as file:
        file.write(b"!")
    answer = run("predict", scan, "--model", "two")
    assert answer.status == 1 and answer.out == ""
    assert "two" in answer.err and "sha256" in answer.err
    assert run("predict", scan, "--model", "one").status == 0


def test_altered_weights_do_not_stop_the_other_models(
    run: Run, scan: Path, models_dir: Path
) -> None:
    with (models_dir / "two" / WEIGHTS_NAME).open("ab") as file:
        file.write(b"!")
    answer = run("predict", scan, "--model", "all")
    assert answer.status == 1
    refused, answered = answer.json
    assert (refused["file"], refused["model"]) == (str(scan), "two")
    assert "sha256" in refused["error"]
    assert answered["model"] == "one" and "error" not in answered


def test_models(run: Run, models_dir: Path) -> None:
    (models_dir / "two" / MANIFEST_NAME).write_text("{")
    one, two = run("models", "--json").json
    assert (one["name"], one["available"], one["class_names"]) == ("one", True, [*CLASS_NAMES])
    stored = Manifest.model_validate_json((models_dir / "one" / MANIFEST_NAME).read_bytes())
    manifest = stored.model_dump(mode="json")
    assert {key: one[key] for key in manifest} == manifest
    assert (two["name"], two["available"]) == ("two", False) and "manifest" in two["error"]


def test_no_models(run: Run, scan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path / "nothing"))
    assert run("models").json == []
    answer = run("predict", scan)
    assert answer.status == 1 and "No model is in " in answer.err


def test_a_setting_that_does_not_exist(
    run: Run, scan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLASSBRAIN_ENGINE", "steam")
    answer = run("predict", scan)
    assert answer.status == 2 and answer.out == ""
    assert "GLASSBRAIN_ENGINE" in answer.err and "steam" in answer.err


def test_a_slice_of_a_stack(run: Run, scan: Path, tmp_path: Path) -> None:
    picture = Image.open(scan).convert("L")
    stack = tmp_path / "stack.tif"
    picture.save(stack, save_all=True, append_images=[ImageOps.mirror(picture), picture])
    rows = run("predict", stack, "--model", "one").json
    assert [(r["slice"], r["slices"], r["plane"]) for r in rows] == [(1, 3, None)]
    every = run("predict", stack, "--model", "one", "--frame", "all").json
    assert [r["slice"] for r in every] == [1, 2, 3]
    (second,) = run("predict", stack, "--model", "one", "--frame", "2").json
    assert second["probabilities"] == every[1]["probabilities"] != every[0]["probabilities"]
    answer = run("predict", stack, "--frame", "4")
    assert answer.status == 1
    assert "there is no slice 4" in answer.json[0]["error"]
    assert run("predict", stack, "--frame", "first").status == 2


def test_a_plane_of_a_volume(run: Run, tmp_path: Path) -> None:
    head = tmp_path / "head.nii.gz"
    volume = np.random.default_rng(0).integers(0, 900, (40, 44, 36)).astype(np.int16)
    head.write_bytes(nifti(volume, zipped=True))
    (row,) = run("predict", head, "--model", "one", "--plane", "coronal").json
    assert (row["plane"], row["slice"], row["slices"]) == ("coronal", 23, 44)
    assert "no plane oblique" in run("predict", head, "--plane", "oblique").json[0]["error"]


def test_a_folder_and_an_archive(run: Run, scan: Path, tmp_path: Path) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    slices = np.random.default_rng(0).integers(0, 900, (4, 40, 48)).astype(np.uint16)
    files = {f"IM{n}": data for n, data in enumerate(series(slices))}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / "a.png").write_bytes(scan.read_bytes())
    packed = tmp_path / "head.zip"
    packed.write_bytes(archive(files))
    rows = run("predict", folder, packed, "--model", "one").json
    assert [(Path(r["file"]).name, r.get("slices")) for r in rows] == [
        ("IM0", 4), ("a.png", None), ("head.zip", 4),
    ]  # fmt: skip
    assert rows[0]["probabilities"] == rows[2]["probabilities"]
    assert SECRET not in json.dumps(rows)
