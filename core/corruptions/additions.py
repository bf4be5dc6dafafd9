"""Corruptions that put something on a scan: a black box, a line of text."""

from __future__ import annotations

import cv2
import numpy as np

from core.corruptions.base import Draw, Region
from core.preprocess import FloatImage

HALF = 0.5  # side of a box that nobody has drawn, at its largest
WORDS = "BRAIN-SCANS.EXAMPLE"
BANNER = 0.09  # height of the line of text, of the frame


def occlude(pixels: FloatImage, amount: float, draw: Draw, box: Region | None) -> FloatImage:
    """Cover `amount` per cent of each side of a box, about its centre, with black.

    Without a box: one of half the frame's width and height, at a place that the seed chooses.
    Zeiler and Fergus 2014 (arXiv:1311.2901) ask a network with a grey box in this way.
    """
    if box is None:
        x, y = draw.uniform(0, 1 - HALF, 2)
        box = Region(float(x), float(y), HALF, HALF)
    height, width = pixels.shape
    share = amount / 100

    def span(start: float, length: float, side: int) -> slice:
        middle, reach = start + length / 2, length * share / 2
        first, last = ((middle + way * reach) * side for way in (-1, 1))
        return slice(max(0, round(first)), max(0, round(last)))

    covered = pixels.copy()
    covered[span(box.y, box.height, height), span(box.x, box.width, width)] = 0
    return covered


def watermark(pixels: FloatImage, amount: float, draw: Draw, box: Region | None) -> FloatImage:
    """Write a line of white text over the top or the bottom edge, `amount` per cent opaque.

    Lapuschkin et al. 2019 (doi:10.1038/s41467-019-08987-4) found a classifier that knew
    horses by such a line.
    """
    height, width = pixels.shape
    ink = text(width, round(BANNER * height))
    layer = np.zeros_like(pixels)
    if draw.integers(2):
        layer[: len(ink)] = ink
    else:
        layer[height - len(ink) :] = ink
    weight = layer * (amount / 100)
    return np.asarray(pixels * (1 - weight) + weight, np.float32)


def text(width: int, height: int, words: str = WORDS) -> FloatImage:
    """Write words in white on black, as large as fits: float32 (height, width) in [0, 1]."""
    font, thickness = cv2.FONT_HERSHEY_SIMPLEX, 2
    (long, tall), low = cv2.getTextSize(words, font, 1.0, thickness)
    line = np.zeros((tall + low + 8, long + 16), np.uint8)
    cv2.putText(line, words, (8, tall + 4), font, 1.0, 255, thickness, cv2.LINE_AA)
    scale = min(width / line.shape[1], height / line.shape[0])
    size = max(1, int(line.shape[1] * scale)), max(1, int(line.shape[0] * scale))
    small = cv2.resize(line, size, interpolation=cv2.INTER_AREA)
    ink = np.zeros((max(height, size[1]), max(width, size[0])), np.float32)
    ink[: size[1], : size[0]] = small / np.float32(255)
    return ink[:height, :width]
