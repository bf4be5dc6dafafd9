"""The whole way, on a tiny network: measured, stopped, taken up again, read, refused."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from typer.testing import CliRunner

from core.cases import cases
from core.cli import app
from core.errors import DataError
from core.evaluate.saliency import run
from core.evaluate.saliency.findings import findings
from core.evaluate.saliency.read import read_saliency
from core.evaluate.saliency.store import read_measures
from core.registry import read_spec
from tests.core.toys import write_toy

METHODS = ("gradcam", "smoothgrad")
ALL = (*METHODS, "centre-blob", "edge-detector", "random")


def stored(home):
    return home / "evaluation" / "unseen-patients"


@pytest.fixture(scope="module")
def models(tmp_path_factory, toy_weights):
    """A tiny model, measured once on a scan of each class."""
    folder = tmp_path_factory.mktemp("models")
    spec = read_spec(write_toy(folder, "toy", toy_weights))
    run.measure(spec, folder, methods=METHODS, limit=1)
    return folder


@pytest.fixture
def spec(models, tmp_path):
    """Its own copy, to be spoilt."""
    return read_spec(shutil.copytree(models / "toy", tmp_path / "toy"))


def test_the_rows_are_what_was_asked_for(spec):
    rows, provenance = read_measures(stored(spec.folder) / "saliency.parquet")
    assert provenance.methods == ALL
    assert provenance.weights_sha256 == spec.manifest.weights_sha256
    assert provenance.samples == {"smoothgrad": 10}
    assert set(rows["method"]) == set(ALL)
    assert np.isfinite(rows["value"]).all()
    by_metric = rows[rows["method"] == "gradcam"].groupby("metric")["image_sha256"].nunique()
    assert by_metric["pointing"] == 3  # the tumours
    assert by_metric["deletion"] == 4
    assert by_metric["sanity_all_spearman"] == 4
    assert by_metric["agreement:smoothgrad"] == 3  # a slow method is judged on tumours alone
    labels = {c.sha256: c.label for c in cases().values()}
    pointed = rows[rows["metric"] == "pointing"]["image_sha256"].map(labels)
    assert set(pointed) == {"glioma", "meningioma", "pituitary"}


def test_controls_do_not_notice_destroyed_weights(spec):
    rows, _ = read_measures(stored(spec.folder) / "saliency.parquet")
    for name in ("centre-blob", "edge-detector", "random"):
        kept = rows[(rows["method"] == name) & rows["metric"].str.startswith("sanity_")]
        assert kept["value"].to_numpy() == pytest.approx(1)


def stopped_at(monkeypatch, n):
    """Let somebody stop the run when it begins its n-th method; the list of those begun."""
    work, begun = run.pictured, []

    def pictured(bench, name):
        begun.append(name)
        if len(begun) == n:
            raise KeyboardInterrupt
        return work(bench, name)

    monkeypatch.setattr(run, "pictured", pictured)
    return begun


def test_a_stopped_run_goes_on_and_ends_the_same(models, toy_weights, tmp_path, monkeypatch):
    spec = read_spec(write_toy(tmp_path, "toy", toy_weights))
    begun = stopped_at(monkeypatch, 3)
    with pytest.raises(KeyboardInterrupt):
        run.measure(spec, tmp_path, methods=METHODS, limit=1)
    folder = stored(spec.folder)
    assert not (folder / "saliency.parquet").exists()
    run.measure(spec, tmp_path, methods=METHODS, limit=1)
    assert begun == [*ALL[:3], *ALL[2:]]  # the first two were not done again
    assert sorted(p.name for p in folder.iterdir()) == ["saliency.json", "saliency.parquet"]
    first, _ = read_measures(stored(models / "toy") / "saliency.parquet")
    again, _ = read_measures(folder / "saliency.parquet")
    keys = ["image_sha256", "method", "metric"]
    assert first[keys].equals(again[keys])
    np.testing.assert_allclose(first["value"], again["value"], atol=1e-5)


def test_parts_of_other_settings_are_not_taken(toy_weights, tmp_path, monkeypatch):
    spec = read_spec(write_toy(tmp_path, "toy", toy_weights))
    begun = stopped_at(monkeypatch, 2)
    with pytest.raises(KeyboardInterrupt):
        run.measure(spec, tmp_path, methods=("gradcam",), limit=1, seed=1)
    run.measure(spec, tmp_path, methods=("gradcam",), limit=1, seed=2)
    assert begun[2:] == ["gradcam", *ALL[2:]]


def test_figures_by_hand(spec):
    rows, _ = read_measures(stored(spec.folder) / "saliency.parquet")
    scores = read_saliency(spec)
    of = rows[(rows["method"] == "gradcam") & (rows["metric"] == "energy")]
    blob = rows[(rows["method"] == "centre-blob") & (rows["metric"] == "energy")]
    found = scores.methods["gradcam"].measures["energy"]
    assert found.value == pytest.approx(of["value"].mean(), abs=1e-6)
    assert (found.n, found.groups) == (3, 3)
    assert found.ci_low is None  # three patients say nothing about the next
    against = scores.methods["gradcam"].against_blob["energy"]
    assert against.value == pytest.approx(of["value"].mean() - blob["value"].mean(), abs=1e-6)
    assert scores.agreement["gradcam"]["smoothgrad"] == scores.agreement["smoothgrad"]["gradcam"]
    assert set(scores.methods["gradcam"].classes["glioma"]) == {
        "pointing", "energy", "iou", "empty"
    }  # fmt: skip
    assert str(findings(scores)[0]).startswith("No method surely points at the lesion")


def test_figures_of_other_weights_are_refused(spec):
    path = spec.folder / "manifest.json"
    manifest = json.loads(path.read_bytes()) | {"weights_sha256": "1" * 64}
    path.write_text(json.dumps(manifest))
    with pytest.raises(DataError, match="other weights"):
        read_saliency(read_spec(spec.folder))


def test_figures_of_other_measurements_are_refused(spec):
    path = stored(spec.folder) / "saliency.parquet"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(DataError, match="not made from"):
        read_saliency(spec)


def test_missing_and_broken_figures_are_refused(spec):
    path = stored(spec.folder) / "saliency.json"
    path.write_text("{}")
    with pytest.raises(DataError, match=r"saliency\.json is not valid at"):
        read_saliency(spec)
    path.unlink()
    with pytest.raises(DataError, match="evaluate-saliency --model toy"):
        read_saliency(spec)


def test_the_command_refuses_what_does_not_exist(models, tmp_path, monkeypatch):
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(models))
    for arguments, sentence in (
        (["--model", "nobody"], "There is no model nobody; there are toy."),
        (["--methods", "guess"], "There is no method guess; there are gradcam,"),
        (["--methods", "gradcam", "--data", str(tmp_path), "--limit", "1"], "lacks t"),
    ):
        result = CliRunner().invoke(app, ["evaluate-saliency", *arguments])
        assert result.exit_code == 1
        assert sentence in result.stderr
