"""Networks small enough to be worked out by hand, and one random one with every part."""

from __future__ import annotations

import numpy as np

from core.explain import Network
from tests.lazy import Lazy

keras = Lazy("keras")

GREY = np.array([[0, 0.25], [0.5, 1]], np.float32)  # the hand-worked scan
SCAN = np.repeat(GREY[None, ..., None] * 2 - 1, 3, -1)  # scaled as "tf"
A0 = GREY  # first feature map: ReLU(grey)
A1 = np.array([[0.5, 0.25], [0, 0]], np.float32)  # second: ReLU(0.5 - grey)
G0 = np.array([[1, 2], [-1, 0]], np.float32)  # gradients of class 0 behind the flat head
G1 = np.array([[3, 0], [2, 2]], np.float32)


def _features(inputs):
    """Two maps of the grey value: it itself, and 0.5 less it, both rectified."""
    conv = keras.layers.Conv2D(2, 1, activation="relu", name="maps")
    maps = conv(inputs)
    kernel = np.zeros((1, 1, 3, 2), np.float32)
    kernel[0, 0, 0] = 0.5, -0.5
    conv.set_weights([kernel, np.array([0.5, 0], np.float32)])
    return maps


def pooled() -> Network:
    """Average pooling and a linear head: logit 0 is the sum of A0 - 2 A1 over the cells."""
    inputs = keras.Input((2, 2, 3))
    head = keras.layers.Dense(4, name="logits")
    logits = head(keras.layers.GlobalAveragePooling2D()(_features(inputs)))
    head.set_weights([np.array([[4, 0, 2, -4], [-8, 4, 0, 0]], np.float32), np.zeros(4)])
    return Network(keras.Model(inputs, logits, name="pooled"), "maps", "tf")


def flat() -> Network:
    """A head that weighs each cell by itself: logit 0 is the sum of G0 A0 + G1 A1."""
    inputs = keras.Input((2, 2, 3))
    head = keras.layers.Dense(4, name="logits")
    logits = head(keras.layers.Flatten()(_features(inputs)))
    kernel = np.zeros((8, 4), np.float32)
    kernel[:, 0] = np.stack([G0, G1], -1).ravel()
    kernel[:, 1] = 1
    head.set_weights([kernel, np.zeros(4)])
    return Network(keras.Model(inputs, logits, name="flat"), "maps", "tf")


def small(seed: int = 0) -> Network:
    """Random weights, 32 pixels, strides, batch normalisation, ReLU and ReLU6, dropout."""
    keras.utils.set_random_seed(seed)
    he = keras.initializers.HeNormal
    inputs = keras.Input((32, 32, 3))
    x = keras.layers.Conv2D(
        8, 3, 2, "same", activation="relu", name="early", kernel_initializer=he(seed)
    )(inputs)
    x = keras.layers.Conv2D(12, 3, 2, "same", kernel_initializer=he(seed + 1))(x)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.ReLU(6.0, name="late")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(0.5)(x)
    logits = keras.layers.Dense(4, name="logits", kernel_initializer=he(seed + 2))(x)
    return Network(keras.Model(inputs, logits, name="small"), "late", "tf", batch=4)


def scans(size: int, n: int = 2) -> np.ndarray:
    """Blobs on black, float32 (n, size, size, 3), scaled as "tf"."""
    draw = np.random.default_rng(1)
    at = (np.arange(size) + 0.5) / size
    grey = np.zeros((n, size, size))
    for i in range(n):
        for y, x, width, light in draw.uniform((0.2, 0.2, 0.05, 0.2), (0.8, 0.8, 0.3, 1), (5, 4)):
            grey[i] += light * np.exp(-((at[:, None] - y) ** 2 + (at - x) ** 2) / width**2)
    grey = np.clip(grey + draw.uniform(0, 0.05, grey.shape), 0, 1)
    return np.repeat(grey[..., None] * 2 - 1, 3, -1).astype(np.float32)
