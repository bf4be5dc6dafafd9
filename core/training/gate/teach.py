"""Trains the gate's network in Keras, for `core.gate.network` to run without."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.gate.network import HIDDEN, NAMES, WIDTHS
from core.gate.views import SIDE
from core.training.gate.lessons import Lesson

if TYPE_CHECKING:
    import keras

log = logging.getLogger(__name__)

EPOCHS = 12
BATCH = 64
DROPPED = 0.3  # of the features, in each step of training
SEED = 0

Numbers = dict[str, NDArray[np.float16]]


def teach(lesson: Lesson) -> Numbers:
    """Train the network and fold its batch norms into its kernels.

    Returns
    -------
    dict of str to ndarray of float16
        For `core.gate.network.forward`.
    """
    return _folded(_trained(lesson, EPOCHS))


def _trained(lesson: Lesson, epochs: int) -> keras.Model:
    import keras

    keras.utils.set_random_seed(SEED)
    model = _model()
    steps = len(lesson.kinds) // BATCH
    rate = keras.optimizers.schedules.CosineDecay(3e-3, epochs * steps)
    _compile(model, rate)
    batches = _batches(lesson, epochs)
    history = model.fit(batches, steps_per_epoch=steps, epochs=epochs, verbose=0)
    log.info("Loss of each epoch: %s", [round(x, 4) for x in history.history["loss"]])
    return model


def _model() -> keras.Model:
    import keras
    from keras import layers

    x = inputs = keras.Input((SIDE, SIDE, 2))
    for i, width in enumerate(WIDTHS):
        x = layers.Conv2D(width, 3, 2, "same", use_bias=False, name=f"layer_{i}")(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.95, name=f"norm_{i}")(x))
    n = len(WIDTHS)
    x = layers.Dropout(DROPPED)(layers.Flatten()(x))
    x = layers.Dense(HIDDEN, use_bias=False, name=f"layer_{n}")(x)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.95, name=f"norm_{n}")(x))
    x = layers.Dropout(DROPPED)(x)
    return keras.Model(inputs, layers.Dense(len(NAMES), name=f"layer_{n + 1}")(x))


def _compile(model: keras.Model, rate: keras.optimizers.schedules.LearningRateSchedule) -> None:
    import keras

    model.compile(
        keras.optimizers.AdamW(rate, weight_decay=1e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )


def _batches(
    lesson: Lesson, epochs: int
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.int64]]]:
    rng = np.random.default_rng(SEED)
    for _ in range(epochs):
        order = rng.permutation(len(lesson.kinds))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            rows = np.sort(order[start : start + BATCH])
            x = np.asarray(lesson.views[rows].astype(np.float32) / 255, np.float32)
            mirrored = rng.random(len(rows)) < 0.5
            x[mirrored] = x[mirrored, :, ::-1]
            x += rng.normal(0, 0.01, x.shape).astype(np.float32)
            yield x, lesson.kinds[rows]


def _folded(model: keras.Model) -> Numbers:
    weights = {}
    n = len(WIDTHS) + 1
    for i in range(n + 1):
        kernel, *rest = (
            np.asarray(v, np.float64) for v in model.get_layer(f"layer_{i}").get_weights()
        )
        bias = rest[0] if rest else 0.0
        if i < n:
            norm = model.get_layer(f"norm_{i}")
            gamma, beta, mean, variance = (np.asarray(v, np.float64) for v in norm.get_weights())
            factor = gamma / np.sqrt(variance + norm.epsilon)
            kernel, bias = kernel * factor, beta + (bias - mean) * factor
        weights[f"kernel_{i}"] = kernel.astype(np.float16)
        weights[f"bias_{i}"] = np.asarray(bias, np.float16)
    return weights
