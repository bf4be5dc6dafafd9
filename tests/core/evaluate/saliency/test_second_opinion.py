"""Agreement with an independent library is measured, stored, and refused for other weights."""

import json
from shutil import copytree

import numpy as np
import pytest

from core.cases import cases
from core.errors import DataError
from core.evaluate.saliency.second_opinion import NAME, measure, read_second_opinion
from core.evaluate.stored.layout import evaluation_folder
from core.registry import read_spec
from core.settings import PROJECT


@pytest.fixture(scope="module")
def spec(tmp_path_factory):
    """The shipped MobileNetV2, whose folder may be written to."""
    folder = tmp_path_factory.mktemp("models") / "mobilenetv2"
    copytree(PROJECT / "models" / "mobilenetv2", folder)
    return read_spec(folder)


@pytest.fixture(scope="module")
def measured(spec):
    return measure(spec, spec.folder.parent, methods=("gradcam", "gradient"), scans=1)


def test_what_is_measured_is_stored_and_our_code_agrees(spec, measured):
    assert read_second_opinion(spec) == measured
    assert measured.weights_sha256 == spec.manifest.weights_sha256
    assert set(measured.agreement) == {"gradcam", "gradient"}
    for found in measured.agreement.values():
        assert len(found) == 4 and min(found.values()) > 0.99


def test_the_mean_is_over_scans_and_its_interval_over_patients(measured):
    some = list(cases().values())[:6]
    values = [0.9, 0.8, None, 1.0, 0.7, 0.95]
    made = measured.model_copy(update={"agreement": {
        "gradcam": {case.sha256: v for case, v in zip(some, values, strict=True)}
    }})  # fmt: skip
    found = made.measure("gradcam")
    known = [v for v in values if v is not None]
    assert found.value == pytest.approx(np.mean(known), abs=1e-6) and found.n == 5
    assert found.groups == len({c.group for c, v in zip(some, values, strict=True) if v})
    assert made.measure("scorecam") is None


def test_an_opinion_on_other_weights_is_refused(spec, measured):
    path = evaluation_folder(spec.folder.parent, spec.name, "unseen-patients") / NAME
    kept = path.read_text()
    path.write_text(json.dumps(json.loads(kept) | {"weights_sha256": "0" * 64}))
    with pytest.raises(DataError, match="other weights"):
        read_second_opinion(spec)
    path.write_text(kept)


def test_a_method_that_it_lacks_is_refused(spec):
    with pytest.raises(DataError, match="tf-keras-vis has no lime"):
        measure(spec, spec.folder.parent, methods=("lime",), scans=1)


def test_what_is_absent_says_how_it_is_made(spec, measured):
    path = evaluation_folder(spec.folder.parent, spec.name, "unseen-patients") / NAME
    kept = path.read_text()
    path.unlink()
    with pytest.raises(DataError, match="python -m core second-opinion --model mobilenetv2"):
        read_second_opinion(spec)
    path.write_text(kept)
