"""The stored figures of every shipped model follow from its stored measurements."""

from __future__ import annotations

import json

import pytest

from core.evaluate.saliency.findings import findings
from core.evaluate.saliency.read import METRIC_TITLES, read_saliency
from core.evaluate.saliency.store import AGREEMENT, read_measures, write_figures
from core.explain import METHODS
from core.registry import read_spec
from core.settings import PROJECT

FILES = sorted((PROJECT / "models").glob("[!_]*/evaluation/unseen-patients/saliency.parquet"))
each_model = pytest.mark.parametrize("file", FILES, ids=lambda f: f.parts[-4])


@each_model
def test_figures_follow_from_the_measurements(file, tmp_path):
    copy = tmp_path / file.name
    copy.write_bytes(file.read_bytes())
    write_figures(tmp_path)
    derived = (tmp_path / "saliency.json").read_bytes()
    assert derived == file.with_name("saliency.json").read_bytes()


@each_model
def test_what_was_measured_was_measured_on_the_weights_that_ship(file):
    """Grad-CAM, which the pages open with, and the controls at least; the others as far as made."""
    scores = read_saliency(read_spec(file.parents[2]))
    controls = {name for name, method in METHODS.items() if method.family == "control"}
    assert controls | {"gradcam"} <= set(scores.methods) <= set(METHODS)
    for name, method in scores.methods.items():
        assert set(method.measures) <= set(METRIC_TITLES), name
        assert {"pointing", "deletion", "mu_fidelity"} <= set(method.measures), name
        assert method.measures["pointing"].n >= (
            40 if METHODS[name].cost in ("slow", "very slow") else 200
        )
    assert str(findings(scores)[0])


@each_model
def test_values_are_in_their_range(file):
    rows, provenance = read_measures(file)
    signed = rows["metric"].str.contains("spearman|ssim|mu_fidelity") | rows[
        "metric"
    ].str.startswith(AGREEMENT)
    assert rows.loc[~signed, "value"].between(0, 1).all()
    assert rows.loc[signed, "value"].between(-1 - 1e-6, 1 + 1e-6).all()
    assert not rows.duplicated(["image_sha256", "method", "metric"]).any()
    assert "/" not in json.dumps(provenance.model_dump(mode="json"))  # no machine's paths
