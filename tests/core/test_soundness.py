"""A model folder is checked on loading: what breaks the sum of the maps is left out, with why."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.engine import Outputs, unsound
from core.errors import ModelError
from core.inference import Classifier
from core.registry import MANIFEST_NAME, WEIGHTS_NAME, read_spec

from .toys import CAM_LAYER, SIZE, toy_model, write_toy


def softmax_head(keras: Any) -> Any:
    good = toy_model()
    x = good.get_layer("dropout").output
    return keras.Model(good.inputs, keras.layers.Dense(4, "softmax", name="logits")(x))


def dense_before_the_head(keras: Any) -> Any:
    good = toy_model()
    x = keras.layers.Dense(8, "relu", name="between")(good.get_layer("gap").output)
    return keras.Model(good.inputs, keras.layers.Dense(4, name="logits")(x))


def norm_before_the_head(keras: Any) -> Any:
    good = toy_model()
    norm = keras.layers.BatchNormalization(name="between")
    model = keras.Model(
        good.inputs, keras.layers.Dense(4, name="logits")(norm(good.get_layer("gap").output))
    )
    norm.set_weights([np.full(8, w) for w in (3.0, 0.3, 0.1, 0.5)])
    return model


def wrong_layer(keras: Any) -> Any:
    inputs = keras.Input((SIZE, SIZE, 3))
    x = keras.layers.Conv2D(8, 5, strides=4, activation="relu", name=CAM_LAYER)(inputs)
    x = keras.layers.Conv2D(8, 3, activation="relu", name="the-last")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(4, name="logits")(x))


def nested(keras: Any) -> Any:
    inputs = keras.Input((SIZE, SIZE, 3))
    inner = keras.Input((SIZE, SIZE, 3))
    features = keras.layers.Conv2D(8, 5, strides=4, name=CAM_LAYER)(inner)
    x = keras.Model(inner, features, name="backbone")(inputs)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(4, name="logits")(x))


def mixed_precision(keras: Any) -> Any:
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        return toy_model()
    finally:
        keras.mixed_precision.set_global_policy("float32")


BROKEN: dict[Callable[[Any], Any], str] = {
    softmax_head: "logits is not linear",
    dense_before_the_head: "do not add up to its logits",
    norm_before_the_head: "do not add up to its logits",
    wrong_layer: "do not add up to its logits",
    nested: "a network is nested in it",
    mixed_precision: "mixed precision",
}


@pytest.mark.parametrize("make", BROKEN)
def test_an_unsound_model_is_left_out_with_the_reason(make: Any, tmp_path: Path) -> None:
    import keras

    folder = write_toy(tmp_path, "toy", b"")
    make(keras).save(folder / WEIGHTS_NAME)
    manifest = json.loads((folder / MANIFEST_NAME).read_text())
    manifest["weights_sha256"] = hashlib.sha256((folder / WEIGHTS_NAME).read_bytes()).hexdigest()
    (folder / MANIFEST_NAME).write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match=BROKEN[make]):
        Classifier(read_spec(folder), "tensorflow")


def test_a_file_that_is_no_model_is_left_out(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be loaded"):
        Classifier(read_spec(write_toy(tmp_path, "toy", b"words")), "tensorflow")


def test_the_sum_is_what_counts() -> None:
    rng = np.random.default_rng(0)
    maps = [rng.normal(size=(1, 3, 3, 4)) for _ in range(2)]
    sound = [Outputs(m.sum((1, 2)) + np.arange(4), m, m[:, 0, 0]) for m in maps]
    assert unsound(*sound) is None
    assert unsound(sound[0], sound[1]._replace(logits=sound[1].logits + 0.5)) == "0.5"
    assert unsound(sound[0], sound[1]._replace(logits=sound[1].logits * np.nan)) == "nan"
