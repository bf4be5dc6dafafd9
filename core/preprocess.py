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

from core.head import Box, brain_box

Scaling = Literal["tf", "caffe", "torch"]
FloatImage = NDArray[np.float32]

PREPROCESS_ID = "crop-pad-resize"
PREPROCESS_VERSION = 2  # of new models
PREPROCESS_VERSIONS = (1, 2)  # that stored models may ask for

_LOW, _HIGH = 1.0, 99.0  # percentiles that version 2 stretches between

_IMAGENET_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_IMAGENET_STD = np.array([0.229, 0.224, 0.225], np.float32)
_CAFFE_MEAN_BGR = np.array([103.939, 116.779, 123.68], np.float32)


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


def stretch(pixels: FloatImage) -> FloatImage:
    """Map the 1st and the 99th percentile to 0 and 1, and clip.

    What comes out does not change when all levels are multiplied or shifted, nor with the
    bit depth, nor with a few hot pixels.

    Parameters
    ----------
    pixels : ndarray of float32, shape (H, W), range [0, 1]

    Returns
    -------
    ndarray of float32, shape (H, W), range [0, 1]
        Zeros where both percentiles are the same.
    """
    low, high = np.percentile(pixels, [_LOW, _HIGH])
    if high <= low:
        return np.zeros_like(pixels, np.float32)
    return np.asarray(np.clip((pixels - low) / (high - low), 0.0, 1.0), np.float32)


def prepare(
    pixels: FloatImage, size: int, *, crop: bool = True, version: int = PREPROCESS_VERSION
) -> tuple[FloatImage, Geometry]:
    """Level the intensities (version 2), crop to the head, pad to a square, resize.

    Version 2 stretches the frame (`stretch`), so that the head is found at any brightness,
    and stretches again what is inside the head's box, so that a wide black border, or
    none, does not change the levels that the network sees. Version 1 takes intensities as
    they are: a scan at half its brightness is another input.

    Parameters
    ----------
    pixels : ndarray of float32, shape (H, W), range [0, 1]
    size : int
        Side of the result in pixels.
    crop : bool
        Whether to cut away the black border (see `brain_box`).
    version : {1, 2}

    Returns
    -------
    square : ndarray of float32, shape (size, size), range [0, 1]
    geometry : Geometry

    Raises
    ------
    ValueError
        If `version` is unknown.
    """
    if version not in PREPROCESS_VERSIONS:
        raise ValueError(f"Invalid version. Expected 1 or 2. Received: {version!r}")
    levelled = version == 2
    if levelled:
        pixels = stretch(pixels)
    height, width = pixels.shape
    box = brain_box(pixels) if crop else Box(0, 0, height, width)
    side = max(box.height, box.width)
    pad_top, pad_left = (side - box.height) // 2, (side - box.width) // 2
    geometry = Geometry((height, width), box, pad_top, pad_left, side, size)
    part = pixels[box.top : box.bottom, box.left : box.right]
    return to_square(stretch(part) if levelled else part, geometry), geometry


def to_square(part: FloatImage, geometry: Geometry) -> FloatImage:
    """Pad what lies in a geometry's box to a square and resize it to the network's input.

    Parameters
    ----------
    part : ndarray of float32, shape (box.height, box.width), range [0, 1]
        The scan, or a mask of the same scan.
    geometry : Geometry

    Returns
    -------
    ndarray of float32, shape (size, size), range [0, 1]
    """
    g = geometry
    padded = np.zeros((g.side, g.side), np.float32)
    padded[g.pad_top : g.pad_top + g.box.height, g.pad_left : g.pad_left + g.box.width] = part
    how = cv2.INTER_AREA if g.side > g.size else cv2.INTER_LINEAR
    resized = cv2.resize(padded, (g.size, g.size), interpolation=how)
    return np.asarray(np.clip(resized, 0.0, 1.0), np.float32)


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
