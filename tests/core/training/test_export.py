"""The model folder that a run leaves: half the size, the same answers, an honest manifest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.architectures import ARCHITECTURES
from core.dataset.collection import Dataset, dataset_sha256, load_squares, split
from core.evaluate.figures.calibration import (
    abstain_threshold,
    fit_temperature,
    negative_log_likelihood,
)
from core.evaluate.figures.ruling_out import operating_point
from core.gallery import samples
from core.imaging import read_image
from core.labels import class_index
from core.logits import logits_of
from core.manifest import Schedule
from core.preprocess import prepare
from core.registry import load_model, read_spec
from core.settings import PROJECT
from core.softmax import calibrated
from core.training.recipe import Recipe
from tests.lazy import Lazy, later

from .conftest import Trained

keras = Lazy("keras")
(save_float16,) = later("core.training.half", "save_float16")


@pytest.fixture(scope="module")
def original() -> keras.Model:
    """A trained network in full precision: the shipped one, with what rounding took away.

    Random weights would not do: with normalisation in each of fifty layers they magnify any
    small difference (Yang et al. 2019, arXiv:1902.08129), which training unlearns.
    """
    model = load_model(read_spec(PROJECT / "models" / "mobilenetv2"))
    rng = np.random.default_rng(0)
    for weight in model.weights:
        if len(weight.shape) > 1:
            half_steps = np.spacing(np.abs(weight.numpy()).astype(np.float16)) / 2
            weight.assign(weight.numpy() + half_steps * rng.uniform(-1, 1, weight.shape))
    return model


@pytest.fixture(scope="module")
def archive(original: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "model.keras"
    save_float16(original, path)
    return path


class TestFloat16:
    def test_about_half_the_size(
        self, original: keras.Model, archive: Path, tmp_path: Path
    ) -> None:
        """A little over half: the statistics of 52 normalisations keep their precision."""
        original.save(tmp_path / "full.keras")
        share = archive.stat().st_size / (tmp_path / "full.keras").stat().st_size
        assert share < 0.55
        assert [file.name for file in archive.parent.iterdir()] == ["model.keras"]

    def test_kernels_are_rounded_and_all_else_is_kept(
        self, original: keras.Model, archive: Path
    ) -> None:
        loaded = keras.models.load_model(archive, compile=False, safe_mode=True)
        assert [w.path for w in loaded.weights] == [w.path for w in original.weights]
        for ours, full in zip(loaded.weights, original.weights, strict=True):
            values = full.numpy()
            assert ours.dtype == full.dtype
            expected = values.astype(np.float16) if values.ndim > 1 else values
            np.testing.assert_array_equal(ours.numpy(), expected, err_msg=full.path)

    def test_probabilities_are_those_of_float32(self, original: keras.Model, archive: Path) -> None:
        loaded = keras.models.load_model(archive, compile=False, safe_mode=True)
        manifest = read_spec(PROJECT / "models" / "mobilenetv2").manifest
        scans = [read_image(s.path.read_bytes(), s.path.name).pixels for s in samples().values()]
        how = manifest.preprocess
        squares = np.stack(
            [
                prepare(scan, manifest.input_size, crop=how.params.crop, version=how.version)[0]
                for scan in scans
            ]
        )
        full, half = (
            calibrated(logits_of(model, squares, "tf"), manifest.temperature)
            for model in (original, loaded)
        )
        assert full.max(axis=0).min() > 0.5  # each class is somebody's answer
        assert (full.argmax(1) == half.argmax(1)).all()
        difference = np.abs(full - half)
        # A temperature under 1 magnifies: a scan between two classes moves by up to 0.03.
        assert 0 < difference.mean() < 1e-2 and difference.max() < 4e-2

    def test_equal_weights_give_equal_bytes(
        self, original: keras.Model, archive: Path, tmp_path: Path
    ) -> None:
        save_float16(original, tmp_path / "model.keras")
        assert (tmp_path / "model.keras").read_bytes() == archive.read_bytes()

    def test_a_variance_beyond_half_precision(self, tmp_path: Path) -> None:
        inputs = keras.Input((4, 4, 2))
        model = keras.Model(inputs, keras.layers.BatchNormalization()(inputs))
        variance = np.array([1e7, 1e-9], np.float32)
        model.layers[-1].moving_variance.assign(variance)
        save_float16(model, tmp_path / "model.keras")
        loaded = keras.models.load_model(tmp_path / "model.keras")
        np.testing.assert_array_equal(loaded.layers[-1].moving_variance, variance)


class TestModelFolder:
    def test_run_and_app_have_the_same_files(self, trained: Trained) -> None:
        for name in ("model.keras", "manifest.json"):
            shipped = trained.models / "mobilenetv2" / name
            assert shipped.read_bytes() == (trained.folder / name).read_bytes()

    def test_manifest_names_its_weights(self, trained: Trained) -> None:
        spec = read_spec(trained.models / "mobilenetv2")
        manifest = spec.manifest
        assert manifest.weights_sha256 == hashlib.sha256(spec.weights.read_bytes()).hexdigest()
        model = load_model(spec)
        assert manifest.parameters == model.count_params() == 2_263_108
        assert manifest.cam_layer == ARCHITECTURES["mobilenetv2"].cam_layer
        assert (manifest.input_size, manifest.init.kind) == (32, "random")
        assert manifest.preprocess.params.model_dump() == {"crop": False, "scaling": "tf"}

    def test_manifest_tells_how_it_came_about(self, trained: Trained, toy: Dataset) -> None:
        training = read_spec(trained.models / "mobilenetv2").manifest.training
        curves = pd.read_csv(trained.folder / "curves.csv")
        state = json.loads((trained.folder / "state.json").read_text())
        assert training.protocol == "unseen-patients"
        assert training.dataset_sha256 == dataset_sha256(toy)
        assert training.split_sha256 == split(toy, "unseen-patients").sha256
        assert (training.epochs, training.best_epoch) == (len(curves), state["best_epoch"])
        assert training.minutes == pytest.approx(curves["seconds"].sum() / 60, abs=0.06)
        assert training.schedule.sizes == ((32, 2),) and training.schedule.batch == 16
        recipe = json.loads((trained.folder / "recipe.json").read_text())["recipe"]
        recorded = training.schedule.model_dump(mode="json")
        assert set(Schedule.model_fields) - set(recorded) == {"steps", "head_steps"}
        assert recorded.pop("optimizer") == Recipe.optimizer
        assert recorded == {key: recipe[key] for key in recorded}
        assert training.augmentations.strength == recipe["augmentation"]
        assert training.packages["keras"] == keras.__version__

    def test_calibration_is_of_the_weights_that_ship(self, trained: Trained, toy: Dataset) -> None:
        spec = read_spec(trained.models / "mobilenetv2")
        rows = split(toy, "unseen-patients").validation
        y = rows["y"].to_numpy()
        logits = logits_of(load_model(spec), load_squares(toy, rows, 32, crop=False), "tf")
        temperature = spec.manifest.temperature
        assert temperature == pytest.approx(fit_temperature(logits, y), abs=1e-3)
        best = negative_log_likelihood(calibrated(logits, temperature), y)
        for other in {0.1, 10.0, temperature * 0.9, temperature * 1.1} - {temperature}:
            if 0.1 <= other <= 10:
                assert best <= negative_log_likelihood(calibrated(logits, other), y) + 1e-9
        expected = abstain_threshold(calibrated(logits, temperature), y)
        assert spec.manifest.abstain_threshold == pytest.approx(expected, abs=1e-6)
        point = operating_point(calibrated(logits, temperature), y, rows["group"].to_numpy(str))
        assert point is not None and spec.manifest.ruling_out is not None
        assert spec.manifest.ruling_out.threshold == pytest.approx(point.threshold, abs=1e-5)
        assert spec.manifest.ruling_out.images == (y == class_index("notumor")).sum()
