"""A heat map drawn over a scan."""

from __future__ import annotations

import io
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.preprocess import FloatImage

ColourMap = Literal["inferno", "viridis", "magma", "cividis"]
COLOUR_MAPS: tuple[ColourMap, ...] = get_args(ColourMap)

RGB = NDArray[np.uint8]
STRONGEST = 99.5  # percentile from which on a map of single pixels shows as hottest


def grey(pixels: FloatImage) -> RGB:
    """Turn a scan (H, W) in [0, 1] into RGB (H, W, 3)."""
    return np.repeat((pixels * 255).round().astype(np.uint8)[..., None], 3, axis=-1)


def colourise(heat: FloatImage, colour_map: ColourMap = "inferno") -> RGB:
    """Turn a map (H, W) in [0, 1] into RGB (H, W, 3) by a perceptually uniform scale."""
    table = getattr(cv2, f"COLORMAP_{colour_map.upper()}")
    bgr = cv2.applyColorMap((heat * 255).round().astype(np.uint8), table)
    return np.ascontiguousarray(bgr[..., ::-1])


def robust(heat: FloatImage) -> FloatImage:
    """Stretch a map of single pixels so that it can be seen.

    What is above the `STRONGEST` percentile of the places that are warm at all shows as the
    hottest; else one pixel rules the scale and the rest is black.

    Parameters
    ----------
    heat : ndarray of float32, shape (H, W), range [0, 1]

    Returns
    -------
    ndarray of float32, shape (H, W), range [0, 1]
    """
    warm = heat[heat > 0]
    top = float(np.percentile(warm, STRONGEST)) if warm.size else 0.0
    return heat if top <= 0 else np.asarray(np.minimum(heat / np.float32(top), 1), np.float32)


def overlay(
    pixels: FloatImage, heat: FloatImage, opacity: float = 0.5, colour_map: ColourMap = "inferno"
) -> RGB:
    """Blend a heat map over a scan, more opaque where it is hotter.

    Parameters
    ----------
    pixels, heat : ndarray of float32, shape (H, W), range [0, 1]
    opacity : float
        Weight of the colour where the map is 1, in [0, 1]. The weight falls with the map
        to a third of that, so that cold regions keep the scan's own contrast.
    colour_map : str
        One of `COLOUR_MAPS`.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
    """
    weight = (opacity * (1 + 2 * heat) / 3)[..., None]
    grey = pixels[..., None] * 255
    blend = grey * (1 - weight) + colourise(heat, colour_map) * weight
    return np.asarray(blend.round(), np.uint8)


def outline(rgb: RGB, polygon: NDArray[np.float64], colour: tuple[int, int, int]) -> RGB:
    """Draw a closed polygon, (n, 2) points x, y in 0..1 of the frame, on a copy of `rgb`."""
    height, width = rgb.shape[:2]
    points = (polygon * [width, height]).round().astype(np.int32)
    thickness = max(1, round(max(height, width) / 256))
    drawn = cv2.polylines(rgb.copy(), [points], True, colour, thickness, cv2.LINE_AA)
    return np.asarray(drawn, np.uint8)


def ring(rgb: RGB, point: tuple[float, float]) -> RGB:
    """Draw a white ring with a black edge around a point, x and y in 0..1, on a copy of `rgb`."""
    height, width = rgb.shape[:2]
    centre, unit = (round(point[0] * width), round(point[1] * height)), max(height, width) / 128
    drawn = rgb.copy()
    for shade, thickness in ((0, 2.5 * unit), (255, 1.5 * unit)):
        cv2.circle(
            drawn, centre, round(3 * unit), (shade,) * 3, max(1, round(thickness)), cv2.LINE_AA
        )
    return np.asarray(drawn, np.uint8)


def png(rgb: NDArray[np.uint8]) -> bytes:
    """Encode (H, W) or (H, W, 3) uint8 as PNG."""
    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def shrink(pixels: FloatImage, side: int = 1024) -> FloatImage:
    """Reduce a picture whose longer side is over `side`, for a screen; smaller ones pass."""
    scale = side / max(pixels.shape)
    if scale >= 1:
        return pixels
    height, width = (max(1, round(n * scale)) for n in pixels.shape)
    small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)
