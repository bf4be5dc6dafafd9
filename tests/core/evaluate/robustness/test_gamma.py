"""Bent levels on a tiny network: measured, derived, refused; what is stored of real ones."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from typer.testing import CliRunner

from core.cases import find_file, read_bytes
from core.cli import app
from core.errors import DataError
from core.evaluate.robustness.bend import bent
from core.evaluate.robustness.gamma import (
    FIGURES_NAME,
    GAMMAS,
    ROWS_NAME,
    read_gamma,
    write_gamma,
)
from core.evaluate.robustness.provenance import GammaProvenance
from core.evaluate.stored.files import read_rows
from core.imaging import read_image
from core.inference import Classifier
from core.labels import CLASS_NAMES
from core.registry import read_spec
from core.settings import PROJECT
from tests.core.toys import toy_scan, write_toy

FILES = sorted((PROJECT / "models").glob(f"[!_]*/evaluation/unseen-patients/{ROWS_NAME}"))
each_model = pytest.mark.parametrize("file", FILES, ids=lambda f: f.parts[-4])


def stored(home):
    return home / "evaluation" / "unseen-patients"


@pytest.fixture(scope="module")
def models(tmp_path_factory, toy_weights):
    """A tiny model, measured by the command on two scans of each class."""
    folder = tmp_path_factory.mktemp("models")
    write_toy(folder, "toy", toy_weights)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSBRAIN_MODELS_DIR", str(folder))
        found = CliRunner().invoke(app, ["evaluate-gamma", "--limit", "2"])
    assert found.exit_code == 0 and json.loads(found.stdout)["toy"]["n"] == 8
    return folder


@pytest.fixture
def spec(models, tmp_path):
    """Its own copy, to be spoilt."""
    return read_spec(shutil.copytree(models / "toy", tmp_path / "toy"))


def test_black_and_white_stay_and_the_middle_bends():
    scan = toy_scan()
    assert bent(scan, 1.0) is scan
    for gamma in GAMMAS:
        new = bent(scan, gamma)
        np.testing.assert_allclose(new.pixels, np.float64(scan.pixels) ** gamma, atol=1e-6)
        assert new.sha256 != scan.sha256
        middle = (scan.pixels > 0) & (scan.pixels < 1)
        assert ((new.pixels > scan.pixels)[middle] == (gamma < 1)).all()


def test_the_answers_are_the_app_s(spec):
    rows, provenance = read_rows(stored(spec.folder) / ROWS_NAME, GammaProvenance)
    assert provenance.weights_sha256 == spec.manifest.weights_sha256
    assert len(rows) == 8 * (1 + len(GAMMAS))
    classifier = Classifier(spec)
    for row in rows[rows["image_sha256"] == rows["image_sha256"].iloc[0]].itertuples():
        image = read_image(read_bytes(find_file(row.image_sha256)), "a")
        answer = classifier.predict(bent(image, row.gamma)).class_name
        assert CLASS_NAMES[row.answer] == answer


def test_figures_by_hand(spec):
    """Answers to order, since a tiny network turns none: two turn, one of them twice."""
    path = stored(spec.folder) / ROWS_NAME
    rows, _ = read_rows(path, GammaProvenance)
    labels = np.array([CLASS_NAMES.index(find_file(s).label) for s in rows["image_sha256"]])
    shas = sorted(set(rows["image_sha256"]))
    rows["answer"] = labels
    for sha, gamma in ((shas[0], 0.7), (shas[0], 1.4), (shas[5], 0.7)):
        rows.loc[(rows["image_sha256"] == sha) & (rows["gamma"] == gamma), "answer"] += 1
    rows["answer"] %= 4
    from core.evaluate.robustness.gamma import build_figures

    found = build_figures(rows, read_rows(path, GammaProvenance)[1])
    assert found["unaltered"]["value"] == 1 and found["turned"]["value"] == 0.25
    by_gamma = {one["gamma"]: one for one in found["gammas"]}
    assert by_gamma[0.7]["turned"]["value"] == 0.25 and by_gamma[0.7]["accuracy"]["value"] == 0.75
    assert by_gamma[1.4]["turned"]["value"] == 0.125 and by_gamma[1.1]["turned"]["value"] == 0


def test_figures_of_other_weights_or_answers_are_refused(spec):
    read_gamma(spec)
    path = stored(spec.folder) / ROWS_NAME
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(DataError, match="run `python -m core evaluate-gamma --model toy`"):
        read_gamma(spec)
    manifest = spec.folder / "manifest.json"
    changed = json.loads(manifest.read_bytes()) | {"weights_sha256": "1" * 64}
    manifest.write_text(json.dumps(changed))
    with pytest.raises(DataError, match="other weights"):
        read_gamma(read_spec(spec.folder))
    (stored(spec.folder) / FIGURES_NAME).write_text("{}")
    with pytest.raises(DataError, match="not valid"):
        read_gamma(spec)
    (stored(spec.folder) / FIGURES_NAME).unlink()
    with pytest.raises(DataError, match="has not been measured"):
        read_gamma(spec)


@each_model
def test_stored_figures_follow_from_the_answers(file, tmp_path):
    shutil.copy(file, tmp_path)
    write_gamma(tmp_path)
    assert (tmp_path / FIGURES_NAME).read_bytes() == file.with_name(FIGURES_NAME).read_bytes()


@each_model
def test_stored_figures_are_of_the_weights_that_ship(file):
    found = read_gamma(read_spec(file.parents[2]))
    assert found.provenance.limit is None and found.n > 700
    assert tuple(one.gamma for one in found.gammas) == GAMMAS
    assert found.turned.value >= max(one.turned.value for one in found.gammas)
