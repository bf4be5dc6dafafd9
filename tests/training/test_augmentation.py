"""The augmentation: what each change does, that it is seeded, and that 0 is none."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from core.training.augmentation import RandomAffine, augmenter, reseed

N, SIDE = 12, 33
Images = NDArray[np.float32]


@pytest.fixture(scope="module")
def images() -> Images:
    """Different smooth pictures, shape (12, 33, 33, 1), range [0.1, 0.9]."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:SIDE, :SIDE] / SIDE
    waves = [np.sin(6 * (a * rows + b * columns) + c) for a, b, c in rng.normal(size=(N, 3))]
    return (0.5 + 0.4 * np.stack(waves)[..., None]).astype(np.float32)


def run(pipeline: Any, images: Images, **options: Any) -> Images:
    return np.asarray(keras.ops.convert_to_numpy(pipeline(images, **options)))


def disc(radius: float = 8.0) -> Images:
    """A soft disc in the middle, N times."""
    rows, columns = np.mgrid[:SIDE, :SIDE] - SIDE // 2
    one = 1 / (1 + np.exp(np.hypot(rows, columns) - radius))
    return np.repeat(one[None, ..., None].astype(np.float32), N, 0)


def test_strength_zero_leaves_images_alone(images: Images) -> None:
    np.testing.assert_allclose(run(augmenter(0, 0), images, training=True), images, atol=1e-5)


def test_shape_type_and_range(images: Images) -> None:
    changed = run(augmenter(1, 0), images, training=True)
    assert changed.shape == images.shape and changed.dtype == np.float32
    assert changed.min() > -0.15 and changed.max() < 1.15  # noise of 0.02 comes last
    assert np.abs(changed - images).mean() > 0.02


def test_reseeding_fixes_every_change(images: Images) -> None:
    pipeline = augmenter(1, 0)
    outputs = []
    for key in ((5, 0), (5, 1), (5, 0)):
        reseed(pipeline, *key)
        outputs.append(run(pipeline, images, training=True))
    np.testing.assert_array_equal(outputs[0], outputs[2])
    assert np.abs(outputs[0] - outputs[1]).mean() > 0.02


def test_reseeding_reaches_each_layer(images: Images) -> None:
    """A layer whose generator was missed would differ from its former self."""
    for layer in augmenter(1, 0).layers:
        alone = keras.Sequential([layer])
        outputs = []
        for _ in range(2):
            reseed(alone, 3)
            outputs.append(run(alone, images, training=True))
        np.testing.assert_array_equal(*outputs, err_msg=layer.name)
        assert np.abs(run(alone, images, training=True) - outputs[0]).max() > 1e-3, layer.name


def test_images_of_a_batch_are_changed_each_in_its_own_way() -> None:
    grey = np.full((N, SIDE, SIDE, 1), 0.5, np.float32)
    grey[:, :, SIDE // 2 :] = 0.6
    for layer in augmenter(1, 0).layers[1:3]:  # brightness, contrast
        assert len(np.unique(run(layer, grey, training=True).max((1, 2, 3)))) > N // 2


def test_flip_mirrors_left_and_right_half_of_the_time(images: Images) -> None:
    many = np.repeat(images, 8, axis=0)
    out = run(RandomAffine(0, 0, 0, 0, flip=True, seed=1), many)
    same = np.abs(out - many).max((1, 2, 3)) < 1e-4
    mirrored = np.abs(out - many[:, :, ::-1]).max((1, 2, 3)) < 1e-4
    assert (same | mirrored).all()
    assert 0.3 < mirrored.mean() < 0.7


def test_rotation_keeps_a_disc_but_turns_a_bar() -> None:
    layer = RandomAffine(rotation=45, zoom=0, stretch=0, shift=0, flip=False)
    np.testing.assert_allclose(run(layer, disc()), disc(), atol=0.05)
    bar = np.zeros((N, SIDE, SIDE, 1), np.float32)
    bar[:, SIDE // 2 - 1 : SIDE // 2 + 2, 4:-4] = 1
    turned = run(layer, bar)
    assert np.abs(turned - bar).mean() > 0.02
    assert turned.sum((1, 2, 3)) == pytest.approx(bar.sum((1, 2, 3)), rel=0.05)  # no zoom


def test_zoom_keeps_circles_round_within_its_limit() -> None:
    out = run(RandomAffine(rotation=0, zoom=0.2, stretch=0, shift=0, flip=False), disc())[..., 0]
    widths, heights = out.sum(2).max(1), out.sum(1).max(1)
    assert widths == pytest.approx(heights, rel=0.02)
    ratio = widths / disc()[0].sum(1).max()
    assert 1 / 1.25 < ratio.min() < 0.95 and 1.05 < ratio.max() < 1.3


def test_stretch_makes_discs_oval() -> None:
    out = run(RandomAffine(rotation=0, zoom=0, stretch=0.2, shift=0, flip=False), disc())[..., 0]
    ratio = out.sum(2).max(1) / out.sum(1).max(1)
    assert ratio.min() < 0.9 and ratio.max() > 1.1


def test_shift_moves_both_ways_within_its_limit() -> None:
    out = run(RandomAffine(rotation=0, zoom=0, stretch=0, shift=0.2, flip=False), disc(4))[..., 0]
    for axis in (1, 2):
        profile = out.sum(axis)
        moved = (profile * np.arange(SIDE)).sum(1) / profile.sum(1) - SIDE // 2
        assert np.abs(moved).max() < 0.2 * SIDE + 0.5
        assert moved.min() < -1 and moved.max() > 1


def test_what_comes_from_outside_is_black() -> None:
    white = np.ones((N, SIDE, SIDE, 1), np.float32)
    out = run(RandomAffine(rotation=0, zoom=0, stretch=0, shift=0.3, flip=False), white)
    assert out.min() == 0 and (out.mean((1, 2, 3)) < 1).all()
