"""Robustness on a tiny network: measured, stopped, taken up again, derived, refused."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from typer.testing import CliRunner

from core.cases import find_file
from core.cli import app
from core.corruptions import CORRUPTIONS, SEVERITIES
from core.errors import DataError
from core.evaluate.robustness import run
from core.evaluate.robustness.provenance import RobustnessProvenance
from core.evaluate.robustness.store import (
    FIGURES_NAME,
    ROWS_NAME,
    read_robustness,
    write_figures,
)
from core.evaluate.stored.files import read_rows
from core.labels import CLASS_NAMES
from core.registry import read_spec
from core.settings import PROJECT
from tests.core.toys import toy_model, write_toy

FILES = sorted((PROJECT / "models").glob(f"[!_]*/evaluation/unseen-patients/{ROWS_NAME}"))
each_model = pytest.mark.parametrize("file", FILES, ids=lambda f: f.parts[-4])


def stored(home):
    return home / "evaluation" / "unseen-patients"


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    file = tmp_path_factory.mktemp("toy") / "model.keras"
    toy_model().save(file)
    return file.read_bytes()


@pytest.fixture(scope="module")
def models(tmp_path_factory, weights):
    """A tiny model, measured on two scans of each class; stopped once on the way."""
    folder = tmp_path_factory.mktemp("models")
    spec = read_spec(write_toy(folder, "toy", weights))
    ask, begun = run._ask, []

    def stop_at_the_third(classifier, images, name, seed):
        begun.append(name)
        if len(begun) == 3:
            raise KeyboardInterrupt
        return ask(classifier, images, name, seed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "_ask", stop_at_the_third)
        with pytest.raises(KeyboardInterrupt):
            run.measure(spec, folder, limit=2)
        assert not (stored(spec.folder) / FIGURES_NAME).exists()
        run.measure(spec, folder, limit=2)
    names = ["none", *CORRUPTIONS]
    assert begun == [*names[:3], *names[2:]]  # the first two were not done again
    return folder


@pytest.fixture
def spec(models, tmp_path):
    """Its own copy, to be spoilt."""
    return read_spec(shutil.copytree(models / "toy", tmp_path / "toy"))


def test_every_scan_is_asked_at_every_strength(spec):
    rows, provenance = read_rows(stored(spec.folder) / ROWS_NAME, RobustnessProvenance)
    assert provenance.weights_sha256 == spec.manifest.weights_sha256
    assert rows["image_sha256"].nunique() == 8
    assert len(rows) == 8 * (1 + len(CORRUPTIONS) * len(SEVERITIES))
    assert sorted(p.name for p in stored(spec.folder).iterdir()) == [FIGURES_NAME, ROWS_NAME]


def test_figures_by_hand(spec):
    rows, _ = read_rows(stored(spec.folder) / ROWS_NAME, RobustnessProvenance)
    found = read_robustness(spec)
    labels = [CLASS_NAMES.index(find_file(sha).label) for sha in rows["image_sha256"]]
    right = rows["answer"].to_numpy() == np.array(labels)
    plain = (rows["corruption"] == "none").to_numpy()
    assert found.unaltered.value == pytest.approx(right[plain].mean(), abs=1e-6)
    assert found.mean.value == pytest.approx(right[~plain].mean(), abs=1e-6)
    at = ((rows["corruption"] == "noise") & (rows["strength"] == 0.6)).to_numpy()
    point = found.corruptions["noise"][2]
    assert (point.strength, found.n) == (0.6, 8)
    assert point.accuracy.value == pytest.approx(right[at].mean(), abs=1e-6)
    before = rows[plain].set_index("image_sha256")["answer"]
    after = rows[at].set_index("image_sha256")["answer"]
    assert point.changed.value == pytest.approx((before != after.loc[before.index]).mean())


def test_figures_of_other_weights_or_answers_are_refused(spec):
    path = stored(spec.folder) / ROWS_NAME
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(DataError, match="run `python -m core evaluate-robustness --model toy`"):
        read_robustness(spec)
    manifest = spec.folder / "manifest.json"
    changed = json.loads(manifest.read_bytes()) | {"weights_sha256": "1" * 64}
    manifest.write_text(json.dumps(changed))
    with pytest.raises(DataError, match="other weights"):
        read_robustness(read_spec(spec.folder))
    (stored(spec.folder) / FIGURES_NAME).write_text("{}")
    with pytest.raises(DataError, match="not valid"):
        read_robustness(spec)
    (stored(spec.folder) / FIGURES_NAME).unlink()
    with pytest.raises(DataError, match="has not been measured"):
        read_robustness(spec)


def test_figures_of_other_corruptions_are_refused(spec, monkeypatch):
    monkeypatch.delitem(CORRUPTIONS, "jpeg")
    with pytest.raises(DataError, match="other corruptions"):
        read_robustness(spec)


def test_the_command_refuses_what_does_not_exist(models, tmp_path, monkeypatch):
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(models))
    for arguments, sentence in (
        (["--model", "nobody"], "There is no model nobody; there are toy."),
        (["--data", str(tmp_path), "--limit", "1"], "lacks t"),
    ):
        result = CliRunner().invoke(app, ["evaluate-robustness", *arguments])
        assert result.exit_code == 1
        assert sentence in result.stderr


@each_model
def test_stored_figures_follow_from_the_answers(file, tmp_path):
    copy = tmp_path / file.name
    copy.write_bytes(file.read_bytes())
    write_figures(tmp_path)
    assert (tmp_path / FIGURES_NAME).read_bytes() == file.with_name(FIGURES_NAME).read_bytes()


@each_model
def test_stored_figures_are_of_the_weights_that_ship(file):
    found = read_robustness(read_spec(file.parents[2]))
    assert set(found.corruptions) == set(CORRUPTIONS)
    assert found.unaltered.value > 0.7
