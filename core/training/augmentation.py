"""Random changes that leave the diagnosis alone: one warp, then tones, sharpness and noise.

In NumPy and OpenCV, one picture after the other, in a thread beside the network: about two
milliseconds a picture at 224 px.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from core.preprocess import FloatImage
from core.training.pictures import MASK_STEP

_ROTATION = 0.35  # radians, both ways
_ZOOM, _STRETCH = 0.16, 0.08  # logarithms, both ways
_SHIFT = 0.08  # of the side
_ELASTIC = 4 / 224  # of the side, at most the standard deviation at the nodes
_ELASTIC_NODES = 6
_KNOTS = 7
_TONE_SPREAD = 0.7  # of the logarithms of the curve's slopes
_FIELD, _FIELD_NODES = 0.15, 3
_GAIN, _OFFSET = 0.2, 0.08
_BLURS = ((2, 0.2), (3, 0.12))  # factor of a coarser sampling, and how often
_NOISE = 0.04
_GROUND = 5  # of 255: darker is not head


def augment(
    square: NDArray[np.uint8],
    mask: NDArray[np.uint8],
    rng: np.random.Generator,
    strength: float = 1.0,
) -> tuple[FloatImage, FloatImage]:
    """Change one picture, and its mask along with it.

    Mirrored half of the time; rotated, zoomed, stretched, shifted and bent in a single
    bilinear interpolation; tones along a random rising curve; a slow field of brightness;
    gain and offset; at times sampled more coarsely; noise. Monotone curves stand for other
    scanners' tones. They cannot make one sequence out of another.

    Parameters
    ----------
    square : ndarray of uint8, shape (S, S)
    mask : ndarray of uint8, shape (S // 4, S // 4)
    rng : Generator
    strength : float
        1 is the default recipe; 0 leaves the picture alone.

    Returns
    -------
    square : ndarray of float32, shape (S, S), range [0, 1]
    mask : ndarray of float32, shape (S // 4, S // 4), range [0, 1]
    """
    if strength == 0:
        return _shares(square), _shares(mask)
    x, y = _field(square.shape[0], rng, strength)
    warped = cv2.remap(square, x, y, cv2.INTER_LINEAR)
    first = MASK_STEP // 2
    below = (slice(first, None, MASK_STEP), slice(first, None, MASK_STEP))
    middle = (MASK_STEP - 1) / 2
    place = cv2.remap(mask, (x[below] - middle) / MASK_STEP, (y[below] - middle) / MASK_STEP, 1)
    return _tones(warped, rng, strength), _shares(place)


def _shares(levels: NDArray[np.uint8]) -> FloatImage:
    return np.asarray(levels / np.float32(255), np.float32)


def _field(side: int, rng: np.random.Generator, s: float) -> tuple[FloatImage, FloatImage]:
    """Where each pixel of the result comes from: x and y, (side, side)."""
    angle, zoom, stretch = s * rng.uniform(-1, 1, 3) * (_ROTATION, _ZOOM, _STRETCH)
    dx, dy = s * rng.uniform(-1, 1, 2) * _SHIFT * side
    mirror = rng.choice((-1.0, 1.0))
    sx, sy = np.exp(zoom + stretch) * mirror, np.exp(zoom - stretch)
    cos, sin = np.cos(angle), np.sin(angle)
    gx, gy = _grid(side)
    amplitude = s * rng.uniform(0, _ELASTIC) * side
    nodes = rng.standard_normal((_ELASTIC_NODES, _ELASTIC_NODES, 2), np.float32) * amplitude
    bend = cv2.resize(nodes, (side, side), interpolation=cv2.INTER_CUBIC)
    centre = (side - 1) / 2
    x = np.float32(sx * cos) * gx - np.float32(sy * sin) * gy + np.float32(dx + centre)
    y = np.float32(sx * sin) * gx + np.float32(sy * cos) * gy + np.float32(dy + centre)
    return x + bend[..., 0], y + bend[..., 1]


@lru_cache(maxsize=8)
def _grid(side: int) -> tuple[FloatImage, FloatImage]:
    line = np.arange(side, dtype=np.float32) - np.float32((side - 1) / 2)
    x, y = np.meshgrid(line, line)
    return x, y


def _tones(square: NDArray[np.uint8], rng: np.random.Generator, s: float) -> FloatImage:
    side = square.shape[0]
    slopes = np.exp(rng.standard_normal(_KNOTS - 1) * _TONE_SPREAD)
    curve = np.concatenate([[0.0], np.cumsum(slopes) / slopes.sum()])
    straight = np.linspace(0, 1, _KNOTS)
    share = s * rng.uniform()
    levels = np.linspace(0, 1, 256)
    table = np.interp(levels, straight, share * curve + (1 - share) * straight)
    head = (square > _GROUND).astype(np.float32)
    x = cv2.LUT(square, table.astype(np.float32)) * head
    nodes = rng.standard_normal((_FIELD_NODES, _FIELD_NODES), np.float32) * np.float32(_FIELD * s)
    x *= np.exp(cv2.resize(nodes, (side, side), interpolation=cv2.INTER_CUBIC))
    x *= np.float32(np.exp(s * rng.uniform(-_GAIN, _GAIN)))
    x += np.float32(s * rng.uniform(-_OFFSET, _OFFSET)) * head
    for factor, often in _BLURS:
        if rng.uniform() < often * min(s, 1):
            coarse = cv2.resize(x, (side // factor, side // factor), interpolation=cv2.INTER_LINEAR)
            x = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_LINEAR)
    x += rng.standard_normal(x.shape, np.float32) * np.float32(s * rng.uniform(0, _NOISE))
    return np.asarray(np.clip(x, 0, 1), np.float32)
