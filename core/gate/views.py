"""What the gate sees of a picture: the head as the networks get it, and the whole frame."""

from __future__ import annotations

import cv2
import numpy as np

from core.preprocess import FloatImage, prepare, stretch

SIDE = 64
LOOKED_AT = 128  # pixels of the longer side
_BRIGHT = 0.08  # of the levelled picture: inside an outline
_LEAST_POINTS = 10  # of an outline
_RIM = 2  # pixels of the small frame that count as its border


def views(pixels: FloatImage) -> FloatImage:
    """Show a picture twice, levelled: cut to what may be a head, and whole.

    Parameters
    ----------
    pixels : ndarray of float32, shape (H, W), range [0, 1]

    Returns
    -------
    ndarray of float32, shape (64, 64, 2), range [0, 1]
        Brightness, contrast and bit depth change nothing (`core.preprocess.stretch`).
    """
    small = shrunk(pixels)
    head, _ = prepare(small, SIDE)
    frame, _ = prepare(small, SIDE, crop=False)
    return np.stack([head, frame], axis=-1)


def shrunk(pixels: FloatImage) -> FloatImage:
    """Bring the longer side of a picture to 128 pixels; shapes larger than two of them stay."""
    scale = LOOKED_AT / max(pixels.shape)
    height, width = (max(1, round(side * scale)) for side in pixels.shape)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=how), np.float32)


def shades(pixels: FloatImage) -> int:
    """Count the grey levels, of 256, that a picture uses."""
    return int(np.unique(np.rint(pixels * 255).astype(np.uint8)).size)


def border(both: FloatImage) -> float:
    """Median of the outermost pixels of the whole frame: how dark the ground is.

    Parameters
    ----------
    both : ndarray of float32, shape (64, 64, 2)
        See `views`.
    """
    frame = both[..., 1]
    rim = np.ones(frame.shape, bool)
    rim[_RIM:-_RIM, _RIM:-_RIM] = False
    return float(np.median(frame[rim]))


def roundness(pixels: FloatImage) -> float:
    """Say how nearly the largest bright outline is an ellipse, as only drawn ones are.

    Parameters
    ----------
    pixels : ndarray of float32, shape (H, W), range [0, 1]

    Returns
    -------
    float
        Shared over joint area of what the outline encloses and the ellipse that fits it best;
        0 where there is no outline.
    """
    bright = cv2.GaussianBlur(stretch(shrunk(pixels)), (3, 3), 0) > _BRIGHT
    outlines, _ = cv2.findContours(
        bright.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    largest = max(outlines, key=cv2.contourArea, default=None)
    if largest is None or len(largest) < _LEAST_POINTS:
        return 0.0
    drawn, fitted = np.zeros(bright.shape, np.uint8), np.zeros(bright.shape, np.uint8)
    cv2.drawContours(drawn, [largest], -1, 1, -1)
    cv2.ellipse(fitted, cv2.fitEllipse(largest), 1, -1)
    return float((drawn & fitted).sum() / max(int((drawn | fitted).sum()), 1))
