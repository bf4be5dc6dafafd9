"""TensorFlow's fused batch normalisation against Keras' own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.training.architectures import build
from tests.lazy import Lazy

keras, tf = Lazy("keras"), Lazy("tensorflow")
fused_layers = Lazy("core.training.fused")

CHANNELS = 6
OPTIONS = [
    {},
    {"scale": False},  # InceptionV3
    {"center": False},
    {"epsilon": 1.001e-5, "momentum": 0.9},  # DenseNet121, ResNet50
]


def pair(options: dict[str, Any]) -> list[keras.layers.BatchNormalization]:
    """Both layers, built, with the same weights that are nobody's defaults."""
    layers = [
        kind(**options)
        for kind in (keras.layers.BatchNormalization, fused_layers.FusedBatchNormalization)
    ]
    for layer in layers:
        layer.build((None, None, None, CHANNELS))
        rng = np.random.default_rng(1)
        for variable in layer.variables:
            variable.assign(rng.uniform(0.5, 2, CHANNELS))
    return layers


@pytest.fixture(scope="module")
def x() -> Any:
    values = np.random.default_rng(0).normal(3, 2, size=(7, 5, 4, CHANNELS))
    return tf.constant(values, tf.float32)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_training_step(x: Any, options: dict[str, Any]) -> None:
    target = tf.constant(np.random.default_rng(2).normal(size=x.shape), tf.float32)
    results = []
    for layer in pair(options):
        variables = [v.value for v in layer.trainable_variables]
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x, training=True)
            loss = tf.reduce_mean((y - target) ** 2)
        gradients = tape.gradient(loss, [x, *variables])
        results.append([y, *gradients, *(v.value for v in layer.non_trainable_variables)])
    assert len(results[0]) == 4 + sum(options.get(k, True) for k in ("scale", "center"))
    for keras_, fused in zip(*results, strict=True):
        np.testing.assert_allclose(fused, keras_, atol=1e-5, rtol=1e-5)


def test_training_step_in_bfloat16(x: Any) -> None:
    """Activations are rounded, statistics are not: they stay those of float32 to 1e-2."""
    (full, _), (_, fused) = pair({}), pair({"dtype": "mixed_bfloat16"})
    y = fused(x, training=True)
    assert y.dtype == "bfloat16" and fused.moving_variance.dtype == "float32"
    np.testing.assert_allclose(tf.cast(y, "float32"), full(x, training=True), atol=0.05)
    np.testing.assert_allclose(fused.moving_mean, full.moving_mean, rtol=0.01)
    np.testing.assert_allclose(fused.moving_variance, full.moving_variance, rtol=0.01)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_inference(x: Any, options: dict[str, Any]) -> None:
    plain, fused = pair(options)
    np.testing.assert_array_equal(fused(x, training=False), plain(x, training=False))


def test_a_frozen_layer_uses_and_keeps_its_moving_statistics(x: Any) -> None:
    plain, fused = pair({})
    for layer in (plain, fused):
        layer.trainable = False
    before = [v.numpy().copy() for v in fused.variables]
    np.testing.assert_array_equal(fused(x, training=True), plain(x, training=False))
    for variable, value in zip(fused.variables, before, strict=True):
        np.testing.assert_array_equal(variable, value)


def test_the_training_graph_is_the_same_network() -> None:
    model = build("mobilenetv2", init="random", size=32)
    fused = fused_layers.for_training(model)
    kinds = {type(layer) for layer in fused.layers}
    assert (
        fused_layers.FusedBatchNormalization in kinds
        and keras.layers.BatchNormalization not in kinds
    )
    assert [layer.name for layer in fused.layers] == [layer.name for layer in model.layers]
    for ours, theirs in zip(fused.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    images = np.random.default_rng(0).uniform(-1, 1, (2, 32, 32, 3)).astype(np.float32)
    np.testing.assert_allclose(
        fused(images, training=False), model(images, training=False), atol=1e-6
    )
