"""The six architectures with random weights that nevertheless say something."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.engine import HEAD
from core.gallery import samples
from core.imaging import read_image
from core.preprocess import prepare, scale
from core.training.architectures import build

if TYPE_CHECKING:
    import keras

SMALL = 96
_SIZES = {"inceptionv3": 160}  # 96 px would leave a single cell


def random_network(name: str, cam_layer: str) -> tuple[keras.Model, NDArray[np.float32]]:
    """A network and one scan as its input, none of whose class maps is of one sign.

    Batch statistics are those of scans: with the initial ones the signal dies out. The
    head's random weights are made orthogonal to the mean features of the input, so that
    its four maps add up to nothing and have positive and negative places alike.
    """
    import keras
    import tensorflow as tf

    from core.training.statistics import BatchStatistics

    size = _SIZES.get(name, SMALL)
    model = build(name, init="random", size=size)
    squares = np.stack([_square(sample.path, size) for sample in list(samples().values())[::2]])
    tf.config.run_functions_eagerly(True)  # one pass: compiling it takes longer than the pass
    BatchStatistics(model, "tf").estimate(np.round(squares * 255).astype(np.uint8), seed=0)
    tf.config.run_functions_eagerly(False)
    x = scale(squares[:1], "tf")
    features = keras.Model(model.inputs, model.get_layer(cam_layer).output)(x, training=False)
    mean = features.numpy().mean((0, 1, 2))
    kernel = np.random.default_rng(1).normal(0, 1, (len(mean), 4))
    kernel -= np.outer(mean, mean @ kernel) / (mean @ mean)
    model.get_layer(HEAD).set_weights([kernel, np.arange(4) / 10])
    return model, x


def _square(path: Path, size: int) -> NDArray[np.float32]:
    return prepare(read_image(path.read_bytes(), path.name).pixels, size, crop=False, version=1)[0]
