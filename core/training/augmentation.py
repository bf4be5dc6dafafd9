"""Random changes that leave the diagnosis alone: one warp, then brightness and noise."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable("glassbrain")
class RandomAffine(keras.layers.Layer):  # type: ignore[misc]  # Keras has no types
    """Flip, rotate, zoom, stretch and shift in a single bilinear interpolation.

    A chain of Keras' RandomFlip, RandomRotation, RandomZoom and RandomTranslation
    interpolates three times and blurs small inputs; composing the matrices first
    interpolates once.

    Parameters
    ----------
    rotation : float
        Largest angle in degrees, both ways.
    zoom, stretch : float
        Largest relative change of scale, common to both axes and of one against the other.
    shift : float
        Largest shift as a share of the side.
    flip : bool
        Mirror left and right with probability one half.
    seed : int
        Seed of the generator.

    Notes
    -----
    Input and output are ``(N, H, W, C)`` float32; pixels from outside are 0.
    """

    def __init__(
        self,
        rotation: float = 20.0,
        zoom: float = 0.15,
        stretch: float = 0.1,
        shift: float = 0.08,
        flip: bool = True,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.rotation, self.zoom, self.stretch = rotation, zoom, stretch
        self.shift, self.flip = shift, flip
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, images: Any) -> Any:
        """Apply one random affine map to each image of the batch."""
        n, height, width = images.shape[0], images.shape[1], images.shape[2]

        def uniform(limit: float) -> Any:
            return keras.random.uniform((n,), -limit, limit, seed=self.seed_generator)

        angle = uniform(self.rotation * 3.141592653589793 / 180)
        scale = 1.0 + uniform(self.zoom)
        stretch = 1.0 + uniform(self.stretch)
        dx, dy = uniform(self.shift) * width, uniform(self.shift) * height
        mirror = ops.sign(uniform(1.0)) if self.flip else ops.ones((n,))
        sx, sy = scale * stretch * mirror, scale / stretch
        cos, sin = ops.cos(angle), ops.sin(angle)
        a, b, c, d = sx * cos, -sy * sin, sx * sin, sy * cos
        cx, cy = (width - 1) / 2, (height - 1) / 2
        x0 = cx + dx - a * cx - b * cy
        y0 = cy + dy - c * cx - d * cy
        zero = ops.zeros((n,))
        matrix = ops.stack([a, b, x0, c, d, y0, zero, zero], axis=1)
        return ops.image.affine_transform(images, matrix, interpolation="bilinear")


def augmenter(strength: float, seed: int) -> keras.Sequential:
    """Build the augmentation pipeline.

    Parameters
    ----------
    strength : float
        1 is the default recipe, 0 leaves the images alone.
    seed : int
        Seed of every layer.

    Returns
    -------
    keras.Sequential
        Maps ``(N, H, W, 1)`` float32 in [0, 1] to the same, but for the noise, which comes
        last and can step out of the range; call it with ``training=True``.
    """
    s = strength
    return keras.Sequential(
        [
            RandomAffine(20 * s, 0.15 * s, 0.1 * s, 0.08 * s, s > 0, seed),
            keras.layers.RandomBrightness(0.15 * s, value_range=(0, 1), seed=seed + 1),
            keras.layers.RandomContrast(0.3 * s, value_range=(0, 1), seed=seed + 2),
            keras.layers.GaussianNoise(0.02 * s, seed=seed + 3),
        ],
        name="augmentation",
    )


def reseed(pipeline: keras.Sequential, *key: int) -> None:
    """Put every generator of the pipeline into a state that depends on `key` alone."""
    for i, layer in enumerate(pipeline.layers):
        generator = getattr(layer, "seed_generator", None) or getattr(layer, "generator", None)
        if generator is not None:
            state = np.random.SeedSequence((*key, i)).generate_state(1)[0]
            generator.state.assign([state >> 1, 0])
