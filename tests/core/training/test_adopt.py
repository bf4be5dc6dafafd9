"""Weights from elsewhere become a model folder only if they do what their report says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.dataset.collection import Dataset, load_squares, split
from core.errors import TrainingError
from core.manifest import Init, Manifest
from core.registry import load_model, read_spec
from core.training.kinds import KINDS
from tests.lazy import later

(adopt,) = later("core.training.adopt", "adopt")

ARGS = {
    "init": "start.h5", "size": 32, "version": 2, "seed": 3, "batch": 8, "rate": 0.001,
    "ema": 0.99, "head_steps": 2, "policy": "float32", "curve": "mono", "guide": 0.3, "cf": 0.04,
    "teacher": [],
}  # fmt: skip


pytestmark = pytest.mark.usefixtures("shallow")


@pytest.fixture(scope="module")
def weights(shallow: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from core.training.architectures import build

    file = tmp_path_factory.mktemp("elsewhere") / "mobilenetv2.weights.h5"
    build("mobilenetv2", init="random", size=32, seed=7).save_weights(file)
    return file


@pytest.fixture(scope="module")
def stated(weights: Path, toy: Dataset) -> float:
    """What the weights really reach on the distinct validation pictures."""
    from core.logits import logits_of
    from core.training.architectures import build

    rows = split(toy, "unseen-patients").validation
    rows = rows.sort_values("keep_one", ascending=False).drop_duplicates("duplicate_group")
    model = build("mobilenetv2", init="random", size=32)
    model.load_weights(weights)
    logits = logits_of(model, load_squares(toy, rows, 32), "tf")
    return float(np.mean(logits.argmax(axis=1) == rows["y"].to_numpy()))


def take(weights: Path, toy: Dataset, folder: Path, **told: Any) -> Manifest:
    report = folder.parent / "report.json"
    report.write_text(
        json.dumps({"name": "mobilenetv2", "args": ARGS, "steps_done": 9, "seconds": 66} | told)
    )
    return adopt(
        "mobilenetv2",
        weights,
        report,
        toy,
        split(toy, "unseen-patients"),
        folder,
        trainer="somebody's script",
        hardware="a machine",
        init=Init(kind="random"),
        command="typed",
    )


def test_the_record_says_who_trained(
    weights: Path, stated: float, toy: Dataset, tmp_path: Path
) -> None:
    take(weights, toy, tmp_path / "mobilenetv2", validation=stated)
    spec = read_spec(tmp_path / "mobilenetv2")
    t = spec.manifest.training
    assert (t.trainer, t.hardware, t.command) == ("somebody's script", "a machine", "typed")
    assert (t.epochs, t.best_epoch, t.schedule.steps, t.minutes) == (None, None, 9, 1.1)
    assert (t.guide, t.counterfactual.share, t.counterfactual.kinds) == (0.3, 0.04, KINDS)
    assert t.split_sha256 == split(toy, "unseen-patients").sha256
    assert spec.manifest.preprocess.version == 2
    assert spec.manifest.preprocess.params.model_dump() == {"crop": True, "scaling": "tf"}
    assert spec.manifest.ruling_out is not None
    assert load_model(spec).output_shape == (None, 4)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"validation": 1.5}, "its report says 150.0%; squares, scaling or split are not those"),
        ({"name": "vgg16"}, "is the report of vgg16, not of mobilenetv2"),
        ({"args": ARGS | {"teacher": ["a.npz"]}}, "names teachers without the digest"),
        ({"args": {}}, "is not the report of a run"),
    ],
)
def test_what_is_refused(
    told: dict[str, Any], sentence: str, weights: Path, toy: Dataset, tmp_path: Path
) -> None:
    with pytest.raises(TrainingError, match=sentence):
        take(weights, toy, tmp_path / "mobilenetv2", **({"validation": 0.5} | told))
    assert not (tmp_path / "mobilenetv2").exists()


def test_a_file_that_holds_no_such_weights(toy: Dataset, tmp_path: Path) -> None:
    (tmp_path / "other.h5").write_bytes(b"no weights")
    with pytest.raises(TrainingError, match=r"other\.h5 does not hold weights of MobileNetV2"):
        take(tmp_path / "other.h5", toy, tmp_path / "mobilenetv2", validation=0.5)
