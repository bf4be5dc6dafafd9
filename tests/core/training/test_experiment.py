"""A run that does not ship is judged like one that does; its weights are not kept."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copytree

import pytest

from core.dataset.collection import Dataset, dataset_sha256, split
from core.errors import DataError
from core.evaluate.make.experiment import evaluate_experiment
from core.evaluate.stored.layout import METRICS_NAME, RUN_NAME
from core.experiments import MEASURES, read_experiments
from tests.core.toys import toy_manifest, write_toy


@pytest.fixture(scope="module")
def record(toy: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The models folder with the record of a toy network."""
    from tests.core.toys import toy_model

    root = tmp_path_factory.mktemp("experiment")
    toy_model().save(root / "toy.keras")
    weights = (root / "toy.keras").read_bytes()
    training = toy_manifest("toy", weights)["training"] | {
        "split_sha256": split(toy, "unseen-patients").sha256,
        "dataset_sha256": dataset_sha256(toy),
        "guide": 0.3,
    }
    preprocess = {"id": "crop-pad-resize", "version": 2, "params": {"crop": True, "scaling": "tf"}}
    run = write_toy(root / "runs", "toy", weights, training=training, preprocess=preprocess)
    models = root / "models"
    evaluate_experiment("toy-plain", run, toy, models, limit=1, faithfulness_scans=1)
    return models


def test_the_record_is_read_back(record: Path) -> None:
    (found,), problems = read_experiments(record)
    assert problems == ()
    assert (found.name, found.shipped, found.manifest.name) == ("toy-plain", False, "toy")
    assert found.manifest.training.guide == 0.3 and found.other is None
    assert set(found.maps) == set(MEASURES)
    assert found.metrics.provenance.weights_sha256 == found.manifest.weights_sha256
    assert found.metrics.images["all"].figures["accuracy"].value is not None


def test_no_weights_are_kept(record: Path) -> None:
    files = {file.suffix for file in record.rglob("*") if file.is_file()}
    assert files == {".json", ".parquet"}


def test_a_record_that_was_touched_is_left_out_with_a_sentence(
    record: Path, tmp_path: Path
) -> None:
    copytree(record, tmp_path / "models")
    home = tmp_path / "models" / "_experiments" / "toy-plain"
    file = home / "evaluation" / "unseen-patients" / METRICS_NAME
    told = json.loads(file.read_text())
    file.write_text(json.dumps(told | {"predictions_sha256": "0" * 64}))
    found, (problem,) = read_experiments(tmp_path / "models")
    assert found == () and "toy-plain are of other weights or other predictions" in str(problem)
    (home / RUN_NAME).write_text("{}")
    found, (problem,) = read_experiments(tmp_path / "models")
    assert found == () and "is not the record of a run" in str(problem)


def test_nothing_stored_is_nothing_found(tmp_path: Path) -> None:
    assert read_experiments(tmp_path) == ((), ())


def test_what_is_no_experiment(record: Path, toy: Dataset, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"\.\./x cannot name an experiment"):
        evaluate_experiment("../x", tmp_path, toy, tmp_path)
    run = write_toy(tmp_path, "toy", b"", training=_official())
    with pytest.raises(DataError, match="is not a run under unseen-patients"):
        evaluate_experiment("x", run, toy, tmp_path)


def _official() -> dict[str, object]:
    return {**toy_manifest("toy", b"")["training"], "protocol": "official"}
