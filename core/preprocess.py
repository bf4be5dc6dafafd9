"""From a scan to a network's input and, for heat maps, back again.

One code path serves training and the app. Every step is pure, named and recorded in
the model's manifest; the geometry of each preparation is kept, so that a map computed
on the network's square input is drawn in the right place on the person's own scan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Scaling = Literal["tf", "caffe", "torch"]
FloatImage = NDArray[np.float32]

PREPROCESS_ID = "crop-pad-resize"
PREPROCESS_VERSION = 1

_CONTOUR_SIDE = 256  # the contour is sought at one scale, so it does not depend on resolution
_CONTOUR_THRESHOLD = 45  # of 255, as in the paper
_MIN_BRAIN_SHARE = 0.1  # a smaller contour is a fragment, not a head: keep the whole frame
_IMAGENET_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_IMAGENET_STD = np.array([0.229, 0.224, 0.225], np.float32)
_CAFFE_MEAN_BGR = np.array([103.939, 116.779, 123.68], np.float32)


@dataclass(frozen=True)
class Box:
    """A half-open rectangle in pixels: rows ``top:bottom``, columns ``left:right``."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        """Number of rows."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.right - self.left


@dataclass(frozen=True)
class Geometry:
    """How one scan was cut, padded and resized; enough to go both ways.

    Attributes
    ----------
    source_shape : tuple of (int, int)
        Height and width of the scan in pixels.
    box : Box
        Part of the scan that the network sees.
    pad_top, pad_left : int
        Black rows above and columns left of that part in the padded square.
    side : int
        Side of the padded square, in the scan's pixels.
    size : int
        Side of the network's input in pixels.
    """

    source_shape: tuple[int, int]
    box: Box
    pad_top: int
    pad_left: int
    side: int
    size: int


def brain_box(pixels: FloatImage) -> Box:
    """Bounding box of the largest bright contour: the head without its black border.

    Blur, threshold, erosion and dilation, largest outer contour, as in the paper
    (Cancers 2025, 17, 121, doi:10.3390/cancers17010121). Unlike the paper, the contour
    is sought on a copy whose longer side is 256 px, so that one scan gives one box
    whatever its resolution, and a contour under a tenth of the frame is not trusted.

    Parameters
    ----------
    pixels : ndarray of float32, shape (H, W), range [0, 1]

    Returns
    -------
    Box
        The whole frame where no contour is found.
    """
    height, width = pixels.shape
    frame = Box(0, 0, height, width)
    scale = _CONTOUR_SIDE / max(height, width)
    small_shape = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(pixels, small_shape, interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur((small * 255).astype(np.uint8), (5, 5), 0)
    _, mask = cv2.threshold(blurred, _CONTOUR_THRESHOLD, 255, cv2.THRESH_BINARY)
    mask = cv2.dilate(cv2.erode(mask, None, iterations=2), None, iterations=2)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return frame
    x, y, w, h = cv2.boundingRect(max(contours, key=cv2.contourArea))
    if w * h < _MIN_BRAIN_SHARE * small.size:
        return frame
    fy, fx = height / small.shape[0], width / small.shape[1]
    return Box(
        int(np.floor(y * fy)),
        int(np.floor(x * fx)),
        min(height, int(np.ceil((y + h) * fy))),
        min(width, int(np.ceil((x + w) * fx))),
    )


def prepare(pixels: FloatImage, size: int, *, crop: bool) -> tuple[FloatImage, Geometry]:
    """Crop to the head, pad to a square, resize.

    Parameters
    ----------
    pixels : ndarray of float32, shape (H, W), range [0, 1]
    size : int
        Side of the result in pixels.
    crop : bool
        Whether to cut away the black border (see `brain_box`).

    Returns
    -------
    square : ndarray of float32, shape (size, size), range [0, 1]
    geometry : Geometry
    """
    height, width = pixels.shape
    box = brain_box(pixels) if crop else Box(0, 0, height, width)
    side = max(box.height, box.width)
    pad_top, pad_left = (side - box.height) // 2, (side - box.width) // 2
    padded = np.zeros((side, side), np.float32)
    rows = slice(pad_top, pad_top + box.height)
    columns = slice(pad_left, pad_left + box.width)
    padded[rows, columns] = pixels[box.top : box.bottom, box.left : box.right]
    how = cv2.INTER_AREA if side > size else cv2.INTER_LINEAR
    square = np.clip(cv2.resize(padded, (size, size), interpolation=how), 0.0, 1.0)
    return square, Geometry((height, width), box, pad_top, pad_left, side, size)


def to_source(values: FloatImage, geometry: Geometry) -> FloatImage:
    """Draw a map over the network's input back onto the scan.

    Parameters
    ----------
    values : ndarray of float32, shape (h, w)
        A map over the square input, at any resolution (a CAM is 5 x 5 or so).
    geometry : Geometry
        What `prepare` returned for the scan.

    Returns
    -------
    ndarray of float32, shape ``geometry.source_shape``
        Bilinear interpolation of `values`; zero where the network saw nothing.
    """
    g = geometry
    square = cv2.resize(
        np.asarray(values, np.float32), (g.side, g.side), interpolation=cv2.INTER_LINEAR
    )
    result = np.zeros(g.source_shape, np.float32)
    result[g.box.top : g.box.bottom, g.box.left : g.box.right] = square[
        g.pad_top : g.pad_top + g.box.height, g.pad_left : g.pad_left + g.box.width
    ]
    return result


def scale(squares: FloatImage, scaling: Scaling) -> FloatImage:
    """Turn grey values into the three channels a backbone was made for.

    Parameters
    ----------
    squares : ndarray of float32, shape (..., S, S), range [0, 1]
    scaling : {"tf", "caffe", "torch"}
        Keras' names: ``tf`` gives [-1, 1]; ``torch`` subtracts ImageNet's mean and divides
        by its standard deviation; ``caffe`` gives BGR in 0..255 less ImageNet's mean.

    Returns
    -------
    ndarray of float32, shape (..., S, S, 3)

    Raises
    ------
    ValueError
        If `scaling` is unknown.
    """
    x = np.repeat(np.asarray(squares, np.float32)[..., None], 3, axis=-1)
    if scaling == "tf":
        return x * 2.0 - 1.0
    if scaling == "torch":
        return (x - _IMAGENET_MEAN) / _IMAGENET_STD
    if scaling == "caffe":
        return x * 255.0 - _CAFFE_MEAN_BGR
    raise ValueError(f"Invalid scaling. Expected 'tf', 'caffe' or 'torch'. Received: {scaling!r}")
