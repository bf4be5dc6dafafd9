"""Corruptions of place: a head that lies, moves or is scaled otherwise.

What comes in from outside the frame is black, as around a head.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from core.corruptions.base import Draw, Region
from core.preprocess import FloatImage


def rotate(pixels: FloatImage, amount: float, draw: Draw, box: Region | None) -> FloatImage:
    """Turn by `amount` degrees about the centre, to a side that the seed chooses."""
    height, width = pixels.shape
    angle = amount * draw.choice([-1.0, 1.0])
    middle = ((width - 1) / 2, (height - 1) / 2)
    return _warp(pixels, cv2.getRotationMatrix2D(middle, angle, 1.0))


def shift(pixels: FloatImage, amount: float, draw: Draw, box: Region | None) -> FloatImage:
    """Shift by `amount` per cent of the longer side, in a direction that the seed chooses."""
    angle = draw.uniform(0, 2 * np.pi)
    way = amount / 100 * max(pixels.shape)
    return _warp(pixels, np.array([[1, 0, way * np.cos(angle)], [0, 1, way * np.sin(angle)]]))


def zoom(pixels: FloatImage, amount: float, draw: Draw, box: Region | None) -> FloatImage:
    """Magnify `amount` times about the centre."""
    height, width = pixels.shape
    return _warp(pixels, cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), 0, amount))


def stretch(pixels: FloatImage, amount: float, draw: Draw, box: Region | None) -> FloatImage:
    """Widen `amount` times about the centre: what squaring a tall scan does to a head."""
    middle = (pixels.shape[1] - 1) / 2
    return _warp(pixels, np.array([[amount, 0, middle * (1 - amount)], [0, 1, 0]], np.float64))


def motion(pixels: FloatImage, amount: float, draw: Draw, box: Region | None) -> FloatImage:
    """Let the head swing to and fro by `amount` per cent of the longer side while scanned.

    k-space is acquired line by line. While line t of n is read, the head is displaced by
    ``amount sin(2 pi f t / n + phase)`` along a direction; a displacement is a linear phase
    in k-space. The seed chooses the direction, two to six swings a scan, and the phase.
    Regular motion gives ghosts along the lines' direction, here from top to bottom.

    A simulation from a magnitude image, as in TorchIO (Pérez-García et al. 2021,
    doi:10.1016/j.cmpb.2021.106236) after Shaw et al. 2019 (MIDL, PMLR 102:427-436); they
    draw a few sudden movements, rotations among them. Hendrycks and Dietterich smear along
    a line, as a camera does.
    """
    height, width = pixels.shape
    angle, phase = draw.uniform(0, 2 * np.pi, 2)
    swings = draw.uniform(2, 6)
    time = np.linspace(0, 1, height)[:, None]  # line by line, from one edge of k-space
    way = amount / 100 * max(height, width) * np.sin(2 * np.pi * swings * time + phase)
    down = np.fft.fftshift(np.fft.fftfreq(height))[:, None]
    across = np.fft.fftshift(np.fft.fftfreq(width))[None]
    lines = np.fft.fftshift(np.fft.fft2(pixels))
    lines *= np.exp(-2j * np.pi * way * (down * np.sin(angle) + across * np.cos(angle)))
    return np.asarray(np.abs(np.fft.ifft2(np.fft.ifftshift(lines))), np.float32)


def _warp(pixels: FloatImage, matrix: NDArray[np.float64]) -> FloatImage:
    height, width = pixels.shape
    return np.asarray(
        cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_LINEAR), np.float32
    )
