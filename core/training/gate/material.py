"""What pictures that are made by code are put together from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from core.preprocess import FloatImage


@dataclass(frozen=True)
class Material:
    """What pictures are put together from: photographs and scans, grey, in [0, 1].

    Attributes
    ----------
    photographs, scans : sequence of ndarray of float32, shape (H, W)
    upright : sequence of ndarray of float32, shape (H, W)
        The scans of a tumour. Those without one come upside down as well in this collection,
        so that one of them turned over is what the networks know.
    """

    photographs: Sequence[FloatImage]
    scans: Sequence[FloatImage]
    upright: Sequence[FloatImage]


Rng = np.random.Generator
Maker = Callable[[Rng, Material], FloatImage]


def photograph(rng: Rng, pictures: Sequence[FloatImage], side: int = 320) -> FloatImage:
    """Choose a photograph and cut its middle to a square."""
    picture = pictures[int(rng.integers(len(pictures)))]
    height, width = picture.shape
    cut = min(height, width)
    top, left = (height - cut) // 2, (width - cut) // 2
    square = picture[top : top + cut, left : left + cut]
    return np.asarray(cv2.resize(square, (side, side)), np.float32)


def scan(rng: Rng, scans: Sequence[FloatImage]) -> FloatImage:
    """Choose a scan."""
    return scans[int(rng.integers(len(scans)))]
