"""The front door: what the README and the example notebook promise is what happens."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from PIL import Image

import core
from core.errors import ImageError, ModelError
from core.inference import Classifier
from core.settings import PROJECT
from tests.core.toys import toy_scan, write_toy

NOTEBOOK = PROJECT / "examples" / "explain_a_scan.ipynb"


def run(cells, monkeypatch):
    """Run pieces of code one after the other, as a notebook does, in the checkout's root."""
    monkeypatch.chdir(PROJECT)
    names: dict[str, object] = {}
    for cell in cells:
        exec(compile(cell, "a cell", "exec"), names)
    return names


@pytest.fixture
def models_dir(toy_weights, tmp_path, monkeypatch):
    """One tiny network where the package looks for networks."""
    write_toy(tmp_path, "toy", toy_weights)
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def scan(tmp_path):
    file = tmp_path / "scan.png"
    Image.fromarray((toy_scan().pixels * 255).round().astype("uint8")).save(file)
    return core.read_image(file)


def test_import_alone_is_instant_and_names_what_there_is():
    said = subprocess.run(
        [sys.executable, "-c", "import sys, core; print(dir(core), sorted(sys.modules))"],
        cwd=PROJECT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert all(repr(name) in said for name in core.__all__)
    assert not any(f"'{name}'" in said for name in ("numpy", "keras", "tensorflow", "core.front"))
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = core.nothing_of_the_kind


def test_the_door_leads_to_the_same_answer_and_the_same_map(models_dir, scan):
    assert list(core.models()) == list(core.models(models_dir)) == ["toy"]
    network = core.load("toy")
    answer, own = core.predict(scan, network), Classifier(core.models()["toy"]).predict(scan)
    np.testing.assert_array_equal(answer.logits, own.logits)
    found = core.saliency_map(scan, network, target="glioma")
    np.testing.assert_array_equal(found.values, own.class_maps[..., 0])
    assert core.overlay(scan.pixels, found.heat).shape == (*scan.pixels.shape, 3)


def test_the_door_says_what_is_missing(models_dir, tmp_path):
    with pytest.raises(ImageError, match=r"^nowhere\.png cannot be opened"):
        core.read_image(tmp_path / "nowhere.png")
    with pytest.raises(ModelError, match="There is no trained model other; there are toy"):
        core.load("other")
    empty = tmp_path / "empty"
    with pytest.raises(ModelError, match=r"No model is in .*GLASSBRAIN_MODELS_DIR.*core train"):
        core.models(empty)


def test_the_readme_example_ends_in_a_picture(monkeypatch):
    text = (PROJECT / "README.md").read_text()
    code = text.split("<!-- example -->\n```python\n")[1].split("```")[0]
    *lines, last = code.rstrip().splitlines()
    assert len(lines) < 11
    names = run(["\n".join([*lines, f"shown = {last}"])], monkeypatch)
    assert names["shown"].size == names["scan"].pixels.shape[::-1]
    assert 0.9 < names["found"].heat.max() <= 1


def test_the_notebook_runs_and_shows_what_the_shipped_weights_say(monkeypatch, capsys):
    cells = [c for c in json.loads(NOTEBOOK.read_text())["cells"] if c["cell_type"] == "code"]
    names = run(["".join(cell["source"]) for cell in cells], monkeypatch)
    printed = capsys.readouterr().out
    stored = "".join(
        "".join(o["text"]) for cell in cells for o in cell["outputs"] if o.get("name") == "stdout"
    )
    weights = names["answer"].weights_sha256[:12]
    assert f"by weights {weights}" in stored, "run `make examples`: the networks have changed"
    numbers = re.compile(r"\d+\.\d+")
    assert numbers.sub("", printed) == numbers.sub("", stored)
    now, then = ([float(n) for n in numbers.findall(text)] for text in (printed, stored))
    np.testing.assert_allclose(now, then, rtol=0.02, atol=0.05)
    pictures = [o for c in cells for o in c["outputs"] if "image/png" in o.get("data", {})]
    assert len(pictures) == 2


def test_the_wheel_holds_all_that_the_code_reads(tmp_path):
    build = [sys.executable, "-m", "pip", "wheel", ".", "--no-deps", "--no-build-isolation", "-q"]
    subprocess.run([*build, "-w", tmp_path], cwd=PROJECT, check=True)
    (wheel,) = tmp_path.glob("glassbrain-*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    listed = subprocess.run(
        ["git", "ls-files", "core"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout
    assert set(listed.split()) <= held
    assert "core/locale/zh_CN/LC_MESSAGES/glassbrain.po" in held
    assert not any(name.startswith(("pages/", "tests/", "models/", "tools/")) for name in held)
    unpacked = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(unpacked)
    (entry,) = unpacked.glob("*.dist-info/entry_points.txt")
    assert "glassbrain = core.cli:app" in entry.read_text()
    said = subprocess.run(
        [sys.executable, "-c", "import core.cli; core.cli.app(['predict', 'x.png'])"],
        cwd=tmp_path, env={"PYTHONPATH": str(unpacked)}, capture_output=True, text=True,
    )  # fmt: skip
    assert said.returncode == 1
    assert "No model is in models." in said.stderr and "GLASSBRAIN_MODELS_DIR" in said.stderr
