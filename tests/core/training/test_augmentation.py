"""Augmentation: what it changes, what it leaves alone, and that the mask moves along."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.training.augmentation import augment

SIDE = 64


def spot(row: int, column: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A grey head with a white lesion of 8 x 8 pixels, and its mask."""
    square = np.zeros((SIDE, SIDE), np.uint8)
    square[6:-6, 6:-6] = 90
    square[row : row + 8, column : column + 8] = 255
    mask = np.zeros((SIDE // 4, SIDE // 4), np.uint8)
    mask[row // 4 : row // 4 + 2, column // 4 : column // 4 + 2] = 255
    return square, mask


def test_strength_0_leaves_everything_alone() -> None:
    square, mask = spot(16, 32)
    x, m = augment(square, mask, np.random.default_rng(0), strength=0.0)
    assert x.dtype == m.dtype == np.float32
    np.testing.assert_allclose(x * 255, square, atol=1e-4)
    np.testing.assert_allclose(m * 255, mask, atol=1e-4)


@pytest.mark.parametrize("seed", range(30))
def test_the_mask_stays_on_the_lesion(seed: int) -> None:
    """The warped mask's centre is where the brightest spot has gone, within a cell."""
    square, mask = spot(24, 36)
    x, m = augment(square, mask, np.random.default_rng(seed))
    bright = x >= np.quantile(x, 0.99)
    lesion = np.argwhere(bright).mean(0) / 4
    weights = m / m.sum()
    rows, columns = np.indices(m.shape)
    centre = (rows * weights).sum() + 0.5, (columns * weights).sum() + 0.5
    assert np.abs(lesion - centre).max() < 1.6


def test_range_type_and_repeatability() -> None:
    square, mask = spot(16, 16)
    for seed in range(20):
        first, again = (augment(square, mask, np.random.default_rng(seed)) for _ in range(2))
        for a, b in zip(first, again, strict=True):
            np.testing.assert_array_equal(a, b)
            assert a.dtype == np.float32 and a.min() >= 0 and a.max() <= 1
        assert first[0].shape == square.shape and first[1].shape == mask.shape


def test_mirrored_half_of_the_time() -> None:
    square, mask = spot(28, 8)  # far left
    left = 0
    for seed in range(200):
        _, m = augment(square, mask, np.random.default_rng(seed))
        left += m[:, : SIDE // 8].sum() > m[:, SIDE // 8 :].sum()
    assert 75 <= left <= 125


def test_tones_rise_with_tones_and_black_stays_black() -> None:
    """Monotone curves: a brighter tissue is not made darker than another of the same place."""
    ramp = np.tile(np.repeat(np.arange(16, 256, 32), 8), (SIDE, 1)).astype(np.uint8)
    mask = np.zeros((SIDE // 4, SIDE // 4), np.uint8)
    for seed in range(30):
        x, _ = augment(ramp, mask, np.random.default_rng(seed), strength=0.2)
        row = x[20:-20].mean(0)[8:-8]
        means = np.sort(row.reshape(-1, 8).mean(1))
        ordered = row.reshape(-1, 8).mean(1)
        same = np.allclose(means, ordered, atol=0.06) or np.allclose(
            means[::-1], ordered, atol=0.06
        )
        assert same, seed
    empty = np.zeros((SIDE, SIDE), np.uint8)
    blacks = [augment(empty, mask, np.random.default_rng(s))[0].mean() for s in range(20)]
    assert max(blacks) < 0.03  # noise alone


def test_two_draws_differ() -> None:
    square, mask = spot(16, 16)
    rng = np.random.default_rng(0)
    (one, _), (other, _) = augment(square, mask, rng), augment(square, mask, rng)
    assert np.abs(one - other).mean() > 0.01
