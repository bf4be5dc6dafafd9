"""What every model folder promises. A seventh folder is held to it without a new line."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.engine import HEAD
from core.imaging import read_image
from core.inference import Classifier
from core.labels import CLASS_NAMES
from core.manifest import THIS_TRAINER, Manifest
from core.registry import MANIFEST_NAME, WEIGHTS_NAME, ModelSpec, load_model, read_spec
from core.settings import PROJECT

SCANS = sorted((PROJECT / "tests" / "data").glob("*.png"))
FOLDERS = sorted(
    folder
    for folder in (PROJECT / "models").iterdir()
    if not folder.name.startswith(("_", "."))
    and any((folder / name).is_file() for name in (MANIFEST_NAME, WEIGHTS_NAME))
)
each_model = pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)


@cache
def loaded(folder: Path) -> tuple[ModelSpec, Any]:
    """Load a model once for all tests; loading checks the sha256 and the shapes."""
    spec = read_spec(folder)
    return spec, load_model(spec)


@each_model
def test_manifest(folder: Path) -> None:
    manifest = Manifest.model_validate_json((folder / MANIFEST_NAME).read_bytes())
    assert manifest.name == folder.name
    assert manifest.class_names == CLASS_NAMES
    assert manifest.training.protocol == "unseen-patients"
    assert manifest.licence and manifest.limitations and manifest.citation
    assert "/" not in manifest.training.command  # no path of somebody's machine
    training = manifest.training
    if training.epochs is None:  # trained elsewhere, by steps; the record says by what
        assert training.best_epoch is None and training.schedule.steps
        assert training.trainer != THIS_TRAINER
    else:
        assert training.best_epoch is not None
        assert 0 <= training.best_epoch <= training.epochs


@each_model
def test_weights_file(folder: Path) -> None:
    content = (folder / WEIGHTS_NAME).read_bytes()
    manifest = json.loads((folder / MANIFEST_NAME).read_bytes())
    assert hashlib.sha256(content).hexdigest() == manifest["weights_sha256"]
    assert len(content) < 50_000_000


@each_model
def test_kernels_are_stored_in_half_precision(folder: Path) -> None:
    import h5py

    kernels, vectors = [], []

    def sort(_: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            (kernels if item.ndim > 1 else vectors).append(item.dtype)

    archive = zipfile.ZipFile(folder / WEIGHTS_NAME).read("model.weights.h5")
    with h5py.File(io.BytesIO(archive)) as file:
        file.visititems(sort)
    assert kernels and set(kernels) == {np.dtype("float16")}
    assert np.dtype("float16") not in vectors  # a variance can leave its range


@each_model
def test_graph_is_flat_and_class_maps_can_be_read(folder: Path) -> None:
    import keras

    spec, model = loaded(folder)
    assert isinstance(model, keras.Model) and type(model).__name__ == "Functional"
    assert not any(isinstance(layer, keras.Model) for layer in model.layers)
    assert not any(isinstance(layer, keras.layers.Lambda) for layer in model.layers)
    assert model.count_params() == spec.manifest.parameters
    assert {w.dtype for w in model.weights if "seed" not in w.path} == {"float32"}
    pooling, dropout, head = model.layers[-3:]
    assert isinstance(pooling, keras.layers.GlobalAveragePooling2D)
    assert pooling.input is model.get_layer(spec.manifest.cam_layer).output
    assert isinstance(dropout, keras.layers.Dropout) and dropout.input is pooling.output
    assert head.name == HEAD and head.input is dropout.output
    assert head.activation is keras.activations.linear and head.use_bias
    assert model.output is head.output


@each_model
def test_answers(folder: Path) -> None:
    spec, model = loaded(folder)
    classifier = Classifier(spec)
    answers = []
    for file in SCANS:
        image = read_image(file.read_bytes(), file.name)
        p = classifier.predict(image)
        x, _ = classifier.prepare(image.pixels)
        assert np.abs(p.logits - model(x, training=False).numpy()[0]).max() < 1e-4
        assert p.probabilities.sum() == pytest.approx(1, abs=1e-5)
        assert p.probabilities.min() >= 0 and np.isfinite(p.class_maps).all()
        assert min(p.class_maps.shape[:2]) > 1
        answers.append(p.class_name)
    assert len(set(answers)) > 1, "one answer for every class of scan"


@each_model
def test_stored_answers_are_these_weights(folder: Path) -> None:
    """Figures on the leaderboard are of the file that ships."""
    spec, _ = loaded(folder)
    metrics = json.loads((folder / "evaluation" / "unseen-patients" / "metrics.json").read_bytes())
    assert metrics["provenance"]["weights_sha256"] == spec.manifest.weights_sha256
    assert metrics["provenance"]["temperature"] == spec.manifest.temperature
    assert metrics["provenance"]["split_sha256"] == spec.manifest.training.split_sha256


def test_nothing_without_a_manifest_stands_among_the_models() -> None:
    others = [
        folder.name
        for folder in (PROJECT / "models").iterdir()
        if folder.is_dir() and not folder.name.startswith(("_", ".")) and folder not in FOLDERS
    ]
    only_figures = [n for n in others if (PROJECT / "models" / n / "evaluation").is_dir()]
    assert others == only_figures
