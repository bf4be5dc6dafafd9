"""What outlines do is shown from stored records, or said not to be measured."""

import json
from pathlib import Path
from shutil import copytree

import pytest

from core.evaluate.stored.layout import RUN_NAME
from core.experiments import read_experiments
from core.registry import MANIFEST_NAME, discover
from core.settings import Settings
from pages._ui.base.text import proportion
from pages._ui.figures import wording

from .opening import section
from .words import text


def the_table():
    from pages._ui.leaderboard import experiments

    experiments.table()


@pytest.fixture
def models(tmp_path: Path, monkeypatch):
    """A shipped network and, as if it were another run, a copy of its record."""
    specs, _broken = discover(Settings().models_dir)
    name, spec = next(iter(specs.items()))
    copytree(spec.folder, tmp_path / name)
    record = tmp_path / "_experiments" / "without"
    copytree(spec.folder / "evaluation", record / "evaluation")
    manifest = json.loads((spec.folder / MANIFEST_NAME).read_bytes())
    manifest["training"] |= {"guide": 0.0, "counterfactual": {"share": 0.25, "kinds": ["x"]}}
    (record / RUN_NAME).write_text(json.dumps(manifest))
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    return tmp_path


def test_runs_stand_side_by_side_with_their_stored_figures(models: Path):
    app = section(the_table)
    table = app.table[0].value
    found, problems = read_experiments(models)
    assert problems == () and [one.shipped for one in found] == [True, False]
    assert list(table["Run"]) == ["ships", "without"]
    assert table["Outlines"].iloc[1] == "none"
    assert table["Counterfactual pictures"].iloc[1] == proportion(0.25)
    for line, one in zip(table.to_dict("records"), found, strict=True):
        accuracy = one.metrics.images["all"].figures["accuracy"]
        assert line["Accuracy"] == wording.with_span("accuracy", accuracy)
        pointing = one.maps.get("pointing")
        shown = proportion(pointing.value) if pointing else "not measured"
        assert line["Pointing"].startswith(shown)
        other = one.other and wording.with_span("accuracy", one.other.found)
        assert line["Tumours found elsewhere"] == (other or "not measured")
        assert one.manifest.weights_sha256[:12] in text(app)


def test_without_records_nothing_is_claimed(monkeypatch, tmp_path: Path):
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    app = section(the_table)
    assert "Not measured" in text(app) and not app.table
    assert app.code[0].value.startswith("python -m core evaluate-experiment")
