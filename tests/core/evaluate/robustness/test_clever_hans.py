"""Answers to shortcuts on a tiny network: asked by command, stored, refused when not the app's."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from core.cases import cases, read_bytes
from core.cli import app
from core.errors import DataError
from core.evaluate.robustness.clever_hans import NAME, read_shortcuts
from core.imaging import read_image
from core.inference import Classifier
from core.registry import read_spec
from core.shortcuts import SHORTCUTS, sample
from tests.core.toys import write_toy


@pytest.fixture(scope="module")
def measured(tmp_path_factory, toy_weights):
    """A tiny model, asked by the command about two scans of each shortcut."""
    folder = tmp_path_factory.mktemp("models")
    spec = read_spec(write_toy(folder, "toy", toy_weights))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSBRAIN_MODELS_DIR", str(folder))
        ran = CliRunner().invoke(app, ["evaluate-shortcuts", "--limit", "2"])
    assert ran.exit_code == 0
    return spec, json.loads(ran.stdout)["toy"]


def stored(spec):
    return spec.folder / "evaluation" / "unseen-patients" / NAME


def test_the_answers_are_the_network_s(measured):
    spec, told = measured
    found = read_shortcuts(spec)
    assert list(found.answers) == list(SHORTCUTS)
    assert found.provenance.command.endswith("--model toy --limit 2")
    classifier = Classifier(spec)
    for name, said in found.answers.items():
        assert [s.case for s in said] == [case.id for case in sample(SHORTCUTS[name], 2, 0)]
        assert told[name] == {"scans": 2, "changed": sum(s.before != s.after for s in said)}
        case = cases()[said[1].case]
        image = read_image(read_bytes(case), case.path)
        after = SHORTCUTS[name].of(image)
        both = [classifier.predict(each).class_name for each in (image, after)]
        assert both == [said[1].before, said[1].after]


@pytest.mark.parametrize("spoil", ["weights_sha256", "cases_sha256", "seed", "scan", "shape"])
def test_what_is_not_the_app_s_is_refused(measured, spoil):
    spec, _ = measured
    file = stored(spec)
    kept = file.read_bytes()
    record = json.loads(kept)
    if spoil in record["provenance"]:
        record["provenance"][spoil] = "0" * 64
    elif spoil == "seed":
        record["seed"] = 1
    elif spoil == "scan":
        record["answers"]["text"].reverse()
    else:
        del record["answers"]
    file.write_text(json.dumps(record))
    try:
        with pytest.raises(DataError):
            read_shortcuts(spec)
    finally:
        file.write_bytes(kept)
    assert read_shortcuts(spec)


def test_what_was_not_asked_is_said(measured, tmp_path, toy_weights):
    with pytest.raises(DataError, match="has not been measured"):
        read_shortcuts(read_spec(write_toy(tmp_path, "toy", toy_weights)))
