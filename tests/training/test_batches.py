"""One epoch: one copy of each picture, always the same for one seed, weighted by class."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from core.training.batches import Batches, class_weights

from .toys import recipe

GROUPS, COPIES, SIZE = 10, 3, 8


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """Three copies of each of ten pictures; the copies of one picture are of one class."""
    picture = np.repeat(np.arange(GROUPS), COPIES)
    return pd.DataFrame({"y": picture % 4, "duplicate_group": [f"F{p}" for p in picture]})


@pytest.fixture(scope="module")
def squares() -> NDArray[np.float32]:
    return np.random.default_rng(0).random((GROUPS * COPIES, SIZE, SIZE), np.float32)


def epoch(squares: Any, rows: pd.DataFrame, epoch: int = 0, **changes: Any) -> Batches:
    return Batches(squares, rows, recipe(**{"batch": 3, **changes}), epoch)


def test_one_copy_of_each_picture(squares: Any, rows: pd.DataFrame) -> None:
    chosen = epoch(squares, rows).indices
    assert sorted(rows["duplicate_group"].iloc[chosen]) == sorted(set(rows["duplicate_group"]))


def test_a_last_part_of_a_batch_is_dropped(squares: Any, rows: pd.DataFrame) -> None:
    assert [len(epoch(squares, rows, batch=b)) for b in (1, 3, 5, 10, 11)] == [10, 3, 2, 1, 0]


def test_the_copy_changes_between_epochs(squares: Any, rows: pd.DataFrame) -> None:
    drawn = [set(epoch(squares, rows, e).indices) for e in range(30)]
    assert drawn[0] != drawn[1]
    assert set.union(*drawn) == set(range(len(rows)))  # in time every copy is seen


def test_order_changes_between_epochs_and_seeds(squares: Any, rows: pd.DataFrame) -> None:
    orders = [
        rows["duplicate_group"].iloc[epoch(squares, rows, e, seed=s).indices].tolist()
        for e, s in ((0, 0), (1, 0), (0, 1))
    ]
    assert orders[0] != orders[1] and orders[0] != orders[2]


def test_seed_and_epoch_fix_everything(squares: Any, rows: pd.DataFrame) -> None:
    """Asked for in any order, so that a run can be taken up at any epoch."""
    first, again = epoch(squares, rows, 4), epoch(squares, rows, 4)
    forwards = [first[i] for i in range(3)]
    backwards = [again[i] for i in (2, 1, 0)][::-1]
    for one, other in zip(forwards, backwards, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)


def test_epochs_and_batches_are_augmented_differently(squares: Any, rows: pd.DataFrame) -> None:
    same = np.broadcast_to(squares[0], squares.shape)
    inputs = [epoch(same, rows, e)[i][0] for e in (0, 1) for i in (0, 1)]
    for i, one in enumerate(inputs):
        assert all(np.abs(one - other).max() > 0.01 for other in inputs[:i])


def test_shapes_types_and_range(squares: Any, rows: pd.DataFrame) -> None:
    batches = epoch(squares, rows)
    x, y, weights = batches[1]
    assert x.shape == (3, SIZE, SIZE, 3) and y.shape == (3, 4) and weights.shape == (3,)
    assert x.dtype == y.dtype == weights.dtype == np.float32
    assert x.min() >= -1 and x.max() <= 1  # "tf" scaling of [0, 1]
    labels = rows["y"].to_numpy()[batches.indices[3:6]]
    np.testing.assert_array_equal(y, np.eye(4)[labels])
    np.testing.assert_array_equal(weights, batches.weights[labels])


def test_without_augmentation_the_pictures_themselves(squares: Any, rows: pd.DataFrame) -> None:
    batches = epoch(squares, rows, augmentation=0.0)
    expected = squares[batches.indices[:3], ..., None] * 2 - 1
    np.testing.assert_allclose(batches[0][0], np.repeat(expected, 3, -1), atol=1e-5)


@pytest.mark.parametrize(
    ("model", "init", "low", "high"),
    [
        ("vgg16", "random", -1, 1),
        ("vgg16", "imagenet", -123.68, 151.061),
        ("densenet121", "imagenet", -0.485 / 0.229, 0.594 / 0.225),
    ],
)
def test_scaling_follows_the_weights(
    rows: pd.DataFrame, model: str, init: str, low: float, high: float
) -> None:
    squares = np.zeros((len(rows), SIZE, SIZE), np.float32)
    squares[:, :, SIZE // 2 :] = 1
    x = epoch(squares, rows, model=model, init=init, augmentation=0.0)[0][0]
    assert (x.min(), x.max()) == pytest.approx((low, high), abs=1e-3)


class TestClassWeights:
    y = np.repeat([0, 1, 2, 3], [6, 2, 2, 2])

    def test_by_hand(self) -> None:
        """n / (k n_c) is 12 / 24 for the first class and 12 / 8 for each other."""
        np.testing.assert_allclose(class_weights(self.y, 1.0), [0.5, 1.5, 1.5, 1.5])
        np.testing.assert_allclose(class_weights(self.y, 0.0), [1, 1, 1, 1])
        roots = np.sqrt([0.5, 1.5, 1.5, 1.5])
        mean = (6 * roots[0] + 6 * roots[1]) / 12
        np.testing.assert_allclose(class_weights(self.y, 0.5), roots / mean, rtol=1e-6)

    @pytest.mark.parametrize("power", [0.0, 0.3, 0.5, 1.0])
    @pytest.mark.parametrize("y", [y, np.repeat([0, 1, 3], [5, 1, 9]), np.zeros(4, int)])
    def test_the_mean_image_weighs_one(self, y: NDArray[np.int64], power: float) -> None:
        weights = class_weights(y, power)
        assert weights.shape == (4,) and weights.dtype == np.float32
        assert np.isfinite(weights).all()
        assert weights[y].mean() == pytest.approx(1, abs=1e-6)
