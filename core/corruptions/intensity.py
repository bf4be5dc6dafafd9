"""Corruptions of brightness: display, scanner and storage."""

from __future__ import annotations

import cv2
import numpy as np

from core.corruptions.base import Draw, Region
from core.preprocess import FloatImage

_ORDER = 3  # of the polynomial of the bias field
_NO_BLUR = 0.01  # pixels: a kernel of one weight; OpenCV has none for less
_MIDDLE = 0.7  # radius of the middle, of half the frame


def gain(pixels: FloatImage, amount: float, draw: Draw, box: Region | None) -> FloatImage:
    """Brighten by `amount` per cent, or darken where it is negative.

    As a scanner's gain does, or another display window.
    Hendrycks and Dietterich add a constant instead, which would make the air around the
    head grey; nothing in a magnitude image does that.
    """
    return np.asarray(pixels * (1 + amount / 100), np.float32)


def contrast(pixels: FloatImage, amount: float, draw: Draw, box: Region | None) -> FloatImage:
    """Pull every pixel towards the mean of the picture by `amount` per cent.

    As Hendrycks and Dietterich.
    """
    mean = float(pixels.mean())
    return np.asarray(mean + (pixels - mean) * (1 - amount / 100), np.float32)


def rician_noise(pixels: FloatImage, amount: float, draw: Draw, box: Region | None) -> FloatImage:
    """Add noise, its deviation `amount` per cent of white, to both parts of a complex signal.

    The magnitude is kept, so the noise is Rician: in air, where Gaussian noise would be cut
    off at black, it lifts the background (Gudbjartsson and Patz 1995,
    doi:10.1002/mrm.1910340618). Hendrycks and Dietterich add real Gaussian noise.
    """
    real, imaginary = draw.standard_normal((2, *pixels.shape), np.float32) * (amount / 100)
    return np.asarray(np.hypot(pixels + real, imaginary), np.float32)


def blur(pixels: FloatImage, amount: float, draw: Draw, box: Region | None) -> FloatImage:
    """Blur with a Gaussian whose deviation is `amount` per cent of the longer side.

    As Hendrycks and Dietterich, whose deviations are in pixels of a 224 px frame.
    """
    sigma = max(amount / 100 * max(pixels.shape), _NO_BLUR)
    blurred = cv2.GaussianBlur(pixels, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(blurred, np.float32)


def jpeg(pixels: FloatImage, amount: float, draw: Draw, box: Region | None) -> FloatImage:
    """Save as an 8-bit grey JPEG of quality `amount` (100 best, 1 worst), and read it again."""
    grey = (pixels * 255).round().astype(np.uint8)
    quality = [cv2.IMWRITE_JPEG_QUALITY, round(amount)]
    _, data = cv2.imencode(".jpg", grey, quality)
    read = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.float32)
    return np.asarray(read / 255, np.float32)


def bias_field(pixels: FloatImage, amount: float, draw: Draw, box: Region | None) -> FloatImage:
    """Multiply by a smooth field between ``1 / amount`` and `amount`.

    The exponential of a random polynomial of third order over the frame, as in TorchIO
    (Pérez-García et al. 2021, doi:10.1016/j.cmpb.2021.106236) after Van Leemput et al. 1999
    (doi:10.1109/42.811270); scaled here so that its extreme is exactly `amount` in the middle
    of the frame, where heads are, and held at that outside. Hendrycks and Dietterich have
    none: a photograph has no receive coil.
    """
    height, width = pixels.shape
    y, x = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)[None]
    powers = [(i, j) for i in range(_ORDER + 1) for j in range(_ORDER + 1 - i) if i + j]
    weights = draw.uniform(-1, 1, len(powers))
    field = sum(w * y**i * x**j for w, (i, j) in zip(weights, powers, strict=True))
    field = field / np.abs(field[np.hypot(y, x) <= _MIDDLE]).max()
    return np.asarray(pixels * np.exp(np.log(amount) * field.clip(-1, 1)), np.float32)
