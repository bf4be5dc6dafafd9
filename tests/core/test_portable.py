"""Files of a newer Keras load where an older one is installed (Python 3.10)."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import portable
from tests.lazy import Lazy

from .toys import SIZE

keras = Lazy("keras")

YOUNGER = (
    "input_axes",
    "output_axes",
    "quantization_config",
    "renorm",
    "renorm_clipping",
    "renorm_momentum",
)


def keys(config: Any) -> set[str]:
    """Every key at any depth."""
    if isinstance(config, dict):
        return {*config, *(k for value in config.values() for k in keys(value))}
    return {k for item in config for k in keys(item)} if isinstance(config, list) else set()


@pytest.fixture
def model() -> keras.Model:
    inputs = keras.Input((SIZE, SIZE, 3))
    x = keras.layers.Conv2D(4, 3, name="conv")(inputs)
    x = keras.layers.BatchNormalization(name="norm")(x)
    return keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(x))


def test_options_that_are_off_are_left_out_and_the_answers_stay(
    model: keras.Model, tmp_path: Path
) -> None:
    old, new = tmp_path / "old.keras", tmp_path / "new.keras"
    model.save(old)
    portable.rewrite(old, new)
    config = json.loads(zipfile.ZipFile(new).read("config.json"))
    assert not keys(config) & set(YOUNGER)
    x = np.random.default_rng(0).normal(size=(1, SIZE, SIZE, 3)).astype(np.float32)
    again = keras.models.load_model(new, compile=False, safe_mode=True)
    np.testing.assert_array_equal(model(x).numpy(), again(x).numpy())


def test_options_that_are_on_stay(tmp_path: Path) -> None:
    config = {"layers": [{"renorm": True, "renorm_momentum": 0.9, "input_axes": None}]}
    old, new = tmp_path / "old.keras", tmp_path / "new.keras"
    with zipfile.ZipFile(old, "w") as file:
        file.writestr("config.json", json.dumps(config))
    portable.rewrite(old, new)
    kept = json.loads(zipfile.ZipFile(new).read("config.json"))
    assert kept == {"layers": [{"renorm": True, "renorm_momentum": 0.9}]}


def test_a_keras_without_the_options_gets_the_rewritten_file(
    model: keras.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Older:
        """Signature of Keras 3.12's layer."""

        def __init__(self, momentum: float = 0.99) -> None: ...

    file, seen = tmp_path / "model.keras", []
    model.save(file)
    monkeypatch.setattr(keras.layers, "BatchNormalization", Older)
    monkeypatch.setattr(keras.models, "load_model", lambda path, **_: seen.append(Path(path)))
    portable.load(file)
    assert len(seen) == 1 and seen[0] != file and seen[0].name == file.name
