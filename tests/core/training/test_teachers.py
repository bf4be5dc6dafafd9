"""Teachers answer as the app does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import ModelError, TrainingError
from core.logits import logits_of
from core.protocols import OFFICIAL, UNSEEN
from core.registry import ModelSpec, load_model
from tests.lazy import later

(Teachers,) = later("core.training.teachers", "Teachers")


@pytest.fixture
def spec(specs: dict[str, ModelSpec]) -> ModelSpec:
    return specs["mobilenetv2"]


def squares(size: int) -> np.ndarray:
    return np.random.default_rng(0).random((2, size, size), np.float32)


def test_a_teacher_answers_as_the_app_does_and_at_any_side(spec: ModelSpec) -> None:
    teachers = Teachers([spec.folder], UNSEEN)
    size, scaling = spec.manifest.input_size, spec.manifest.preprocess.params.scaling
    expected = logits_of(load_model(spec), squares(size), scaling)
    assert teachers(squares(size)) == pytest.approx(expected, abs=1e-3)
    assert teachers.identities == (("mobilenetv2", spec.manifest.weights_sha256),)
    assert teachers(squares(160)).shape == (2, 4)


def test_half_precision_says_nearly_the_same(spec: ModelSpec) -> None:
    exact, rounded = (
        Teachers([spec.folder], UNSEEN, precision)(squares(224))
        for precision in ("float32", "mixed_bfloat16")
    )
    assert not np.array_equal(rounded, exact)
    assert rounded == pytest.approx(exact, abs=0.5)


def test_a_folder_without_a_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        Teachers([tmp_path], UNSEEN)


def test_who_knows_the_test_pictures_does_not_teach(spec: ModelSpec) -> None:
    with pytest.raises(TrainingError, match="trained under unseen-patients, so it knows pictures"):
        Teachers([spec.folder], OFFICIAL)
