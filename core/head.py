"""Where the head is in a frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_CONTOUR_SIDE = 256  # the contour is sought at one scale, so it does not depend on resolution
_CONTOUR_THRESHOLD = 45  # of 255, as in the paper
_MIN_BRAIN_SHARE = 0.1  # a smaller contour is a fragment, not a head: keep the whole frame


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


def brain_box(pixels: NDArray[np.float32]) -> Box:
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
