"""An independent library's opinion, and portraits, as pages show them: stored, or absent."""

import hashlib
import json
from shutil import copytree

import numpy as np
import pytest

from core.evaluate.saliency.second_opinion import NAME as OPINION
from core.explain.second_opinion import DIFFERENCES
from core.labels import CLASS_NAMES
from core.portraits import FOLDER, NAME
from core.portraits.make import png
from core.registry import read_spec
from core.settings import PROJECT

from .opening import section
from .words import text


@pytest.fixture
def models(tmp_path, monkeypatch):
    """MobileNetV2 alone, with its stored opinion and portraits taken away."""
    folder = tmp_path / "mobilenetv2"
    copytree(PROJECT / "models" / "mobilenetv2", folder)
    (folder / "evaluation" / "unseen-patients" / OPINION).unlink(missing_ok=True)
    for file in (folder / FOLDER).glob("*"):
        file.unlink()
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    return read_spec(folder)


def the_agreement():
    from pages._ui.leaderboard.agreement import show_agreement

    show_agreement()


def the_portraits():
    from pages._ui.base import cache
    from pages._ui.scan.portraits import portraits

    portraits(cache.models()[0]["mobilenetv2"])


def test_what_nobody_asked_for_is_shown_as_absent(models):
    assert "No second opinion has been stored yet" in text(section(the_agreement))
    app = section(the_portraits)
    assert "There are no portraits of MobileNetV2" in text(app)
    assert "core portraits --model mobilenetv2" in app.code[0].value


def test_the_stored_agreement_stands_on_the_board(models):
    shas = [f"{i:064x}" for i in range(3)]
    values = {m: dict(zip(shas, (0.97, 0.99, 0.98), strict=True)) for m in DIFFERENCES}
    record = {
        "name": models.name, "weights_sha256": models.manifest.weights_sha256,
        "cases_sha256": "c" * 64, "seed": 0, "scans": 1, "samples": {}, "command": "the command",
        "packages": {"tf-keras-vis": "0.8.7"}, "agreement": values,
    }  # fmt: skip
    file = models.folder / "evaluation" / "unseen-patients" / OPINION
    file.write_text(json.dumps(record))
    app = section(the_agreement)
    assert "**0.980** at least" in text(app)
    assert "tf-keras-vis 0.8.7" in text(app) and "the command" in app.code[0].value
    table = app.table[0].value
    assert table["MobileNetV2"].str.startswith("0.980").all()
    assert (table["VGG16"] == "not measured").all()  # as the networks that are not there
    assert list(table["What differs by design"]) == list(DIFFERENCES.values())


def test_portraits_carry_their_warning_and_their_provenance(models):
    (models.folder / FOLDER).mkdir(exist_ok=True)
    found = {}
    for i, name in enumerate(CLASS_NAMES):
        content = png(np.full((8, 8), i / 4, np.float32))
        (models.folder / FOLDER / f"{name}.png").write_bytes(content)
        found[name] = {
            "sha256": hashlib.sha256(content).hexdigest(), "logit": 1.0, "probability": 0.875,
            "border": 2.0 if name == "glioma" else 1.0, "texture": 0.1,
        }  # fmt: skip
    record = {
        "name": models.name, "weights_sha256": models.manifest.weights_sha256, "steps": 12,
        "seed": 7, "settings": {}, "seconds": 3.0, "command": "the command",
        "packages": {"tf-keras-vis": "0.8.7"}, "portraits": found,
    }  # fmt: skip
    (models.folder / FOLDER / NAME).write_text(json.dumps(record))
    app = section(the_portraits)
    said = text(app)
    assert "Not a tumour and not a scan" in said and "12 steps, seed 7" in said
    assert "A border or a texture dominates: Glioma." in said
    assert len([i for element in app.get("image") for i in element.proto.imgs]) == 4
