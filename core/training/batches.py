"""What a network sees in one epoch."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.labels import NUM_CLASSES
from core.preprocess import scale
from core.training.architectures import input_scaling
from core.training.augmentation import augmenter, reseed
from core.training.recipe import Recipe


class Batches:
    """One epoch: one picture of each duplicate group, shuffled, augmented, weighted.

    Copies of a picture add little (mirroring and brightness are augmented anyway), so one
    a group gives the same information in half the time. Which copy is drawn changes from
    epoch to epoch; choice, order and augmentation depend on (seed, epoch) alone.

    Parameters
    ----------
    squares : ndarray of float32, shape (N, S, S), range [0, 1]
    rows : DataFrame
        Columns ``y`` and ``duplicate_group``, one row for each of `squares`.
    recipe : Recipe
    epoch : int
    """

    def __init__(
        self, squares: NDArray[np.float32], rows: pd.DataFrame, recipe: Recipe, epoch: int
    ) -> None:
        order = np.random.default_rng((recipe.seed, epoch)).permutation(len(rows))
        first = ~rows["duplicate_group"].iloc[order].duplicated().to_numpy()
        self.indices = order[first]
        self.squares, self.y = squares, rows["y"].to_numpy()
        self.weights = class_weights(self.y[self.indices], recipe.class_weight)
        self.recipe, self.epoch = recipe, epoch
        self.scaling = input_scaling(recipe.model, recipe.init)
        self.pipeline = augmenter(recipe.augmentation, recipe.seed)

    def __len__(self) -> int:
        return len(self.indices) // self.recipe.batch

    def __getitem__(self, i: int) -> tuple[Any, Any, Any]:
        """Batch i: inputs (B, S, S, 3), one-hot labels (B, 4), weights (B,), all float32."""
        batch = self.indices[i * self.recipe.batch : (i + 1) * self.recipe.batch]
        reseed(self.pipeline, self.recipe.seed, self.epoch, i)
        images = self.pipeline(self.squares[batch][..., None], training=True)
        x = scale(keras.ops.convert_to_numpy(images)[..., 0].clip(0, 1), self.scaling)
        y = self.y[batch]
        return x, np.eye(NUM_CLASSES, dtype=np.float32)[y], self.weights[y]


def class_weights(y: NDArray[np.int64], power: float) -> NDArray[np.float32]:
    """Weight of each class, (n / (k n_c)) ** power, scaled so that the mean image weighs 1.

    Parameters
    ----------
    y : ndarray of int, shape (N,)
        Class indices.
    power : float
        0 weighs all images alike, 1 all classes alike.

    Returns
    -------
    ndarray of float32, shape (4,)
    """
    counts = np.bincount(y, minlength=NUM_CLASSES)
    weights = (len(y) / (NUM_CLASSES * counts.clip(1))) ** power
    weights *= len(y) / (weights * counts).sum()
    return np.asarray(weights, np.float32)
