"""What a network sees in one epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.labels import NUM_CLASSES
from core.preprocess import FloatImage, Scaling, scale
from core.training.augmentation import augment
from core.training.pictures import Pictures
from core.training.recipe import Recipe

if TYPE_CHECKING:
    import keras

Teach = Callable[[FloatImage], NDArray[np.float32]]

_SMALLEST_LESION = 0.05  # in cells: less of it left in the frame points nowhere


class Batches:
    """One epoch: one copy of each picture, shuffled, augmented, weighted, and counterfactuals.

    Copies of a picture add little (mirroring and tones are augmented anyway), so one a
    picture gives the same information in half the time. Which copy is drawn changes from
    epoch to epoch; choice, order and augmentation depend on (seed, epoch, step) alone.

    Parameters
    ----------
    real : Pictures
        Training pictures, at the size of this epoch.
    counterfactual : Pictures
        May be empty; each kind is drawn equally often.
    recipe : Recipe
    epoch : int
    cells : tuple of (int, int)
        Rows and columns of the network's last layer at this size.
    scaling : {"tf", "caffe", "torch"}
    teach : callable, optional
        Logits (B, 4) of squares (B, S, S), for distillation.
    """

    def __init__(
        self,
        real: Pictures,
        counterfactual: Pictures,
        recipe: Recipe,
        epoch: int,
        cells: tuple[int, int],
        scaling: Scaling,
        teach: Teach | None = None,
    ) -> None:
        rng = np.random.default_rng((recipe.seed, epoch))
        order = rng.permutation(len(real))
        _, first = np.unique(real.picture[order], return_index=True)
        self.indices = order[np.sort(first)]
        self.real, self.counterfactual = real, counterfactual
        self.weights = class_weights(real.y[self.indices], recipe.class_weight)
        self.made = recipe.made_a_batch if len(counterfactual) else 0
        self.recipe, self.epoch, self.cells = recipe, epoch, cells
        self.scaling, self.teach = scaling, teach

    def __len__(self) -> int:
        return len(self.indices) // (self.recipe.batch - self.made)

    def __getitem__(self, i: int) -> tuple[Any, Any, Any]:
        """Batch i: inputs (B, S, S, 3), targets and weights by output, all float32.

        Targets: ``answer`` (B, 4), one-hot; ``cells`` (B, h w, 4), the lesion's share in
        each cell in the column of the true class, zeros where no lesion is known;
        ``taught`` (B, 4), the teachers' logits, if there are teachers.
        """
        rng = np.random.default_rng((self.recipe.seed, self.epoch, i))
        n = self.recipe.batch - self.made
        rows = [(self.real, j) for j in self.indices[i * n : (i + 1) * n]]
        rows += [(self.counterfactual, j) for j in self._draw(rng)]
        changed = [
            augment(p.squares[j], p.masks[j], rng, self.recipe.augmentation) for p, j in rows
        ]
        squares = np.stack([square for square, _ in changed])
        y = np.array([p.y[j] for p, j in rows])
        targets = {
            "answer": np.eye(NUM_CLASSES, dtype=np.float32)[y],
            "cells": np.stack(
                [
                    lesion_cells(mask if p.outlined[j] else mask * 0, self.cells, int(p.y[j]))
                    for (p, j), (_, mask) in zip(rows, changed, strict=True)
                ]
            ),
        }
        ones = np.ones(len(rows), np.float32)
        weights = {"answer": ones.copy(), "cells": ones}
        weights["answer"][:n] = self.weights[y[:n]]
        if self.teach is not None:
            targets["taught"], weights["taught"] = self.teach(squares), ones
        return scale(squares, self.scaling), targets, weights

    def _draw(self, rng: np.random.Generator) -> list[int]:
        if not self.made:
            return []
        kinds = np.unique(self.counterfactual.kind)
        chosen = rng.choice(kinds, self.made)
        return [int(rng.choice(np.flatnonzero(self.counterfactual.kind == k))) for k in chosen]


def lesion_cells(mask: FloatImage, cells: tuple[int, int], y: int) -> NDArray[np.float32]:
    """How a lesion is spread over the cells of a network's last layer.

    Parameters
    ----------
    mask : ndarray of float32, shape (h, w), range [0, 1]
    cells : tuple of (int, int)
        Rows and columns.
    y : int
        Class of the lesion.

    Returns
    -------
    ndarray of float32, shape (rows * columns, 4)
        Column `y` sums to 1, the others are 0; all zeros without a lesion in the frame.
    """
    rows, columns = cells
    share = cv2.resize(mask, (columns, rows), interpolation=cv2.INTER_AREA).ravel()
    target = np.zeros((rows * columns, NUM_CLASSES), np.float32)
    total = share.sum()
    if total > _SMALLEST_LESION:
        target[:, y] = share / total
    return target


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


def trained_on(graph: keras.Model, batches: Batches) -> Iterator[dict[str, float]]:
    """Train on each batch in turn while the next one is prepared in a thread."""
    with ThreadPoolExecutor(1, thread_name_prefix="pictures") as pool:
        upcoming = pool.submit(batches.__getitem__, 0)
        for i in range(len(batches)):  # `fit` on a PyDataset is three times slower on a CPU
            x, y, weights = upcoming.result()
            if i + 1 < len(batches):
                upcoming = pool.submit(batches.__getitem__, i + 1)
            found = graph.train_on_batch(x, y, weights, return_dict=True)
            yield {key: float(value) for key, value in found.items()}
