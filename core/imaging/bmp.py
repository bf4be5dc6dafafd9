"""Read valid but rare bitmaps that Pillow refuses: any bit masks, and two bits a pixel.

Ref.: Microsoft, BITMAPV5HEADER; Jason Summers, "bmpsuite".
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MASKED = (3, 6)  # compressions BITFIELDS and ALPHABITFIELDS
_PLAIN = 0
_MASKS_AT = 54  # after a header of 40 bytes, and inside the longer ones
_LUMA = (0.299, 0.587, 0.114)  # ITU-R 601, as for other pictures


def size(data: bytes) -> tuple[int, int]:
    """Width and height that the header declares."""
    width, height = struct.unpack_from("<ii", data, 18)
    return abs(width), abs(height)


def grey(data: bytes) -> NDArray[np.float32]:
    """Decode the luma of a bitmap, (H, W) in 0..255; transparency is ignored.

    Raises
    ------
    ValueError, struct.error
        If it is of another kind, or not whole.
    """
    (offset, header) = struct.unpack_from("<II", data, 10)
    width, height = size(data)
    bits, compression = struct.unpack_from("<HI", data, 28)
    stride = (width * bits + 31) // 32 * 4
    rows = np.frombuffer(data, np.uint8, stride * height, offset).reshape(height, stride)
    if struct.unpack_from("<i", data, 22)[0] > 0:
        rows = rows[::-1]  # stored from the bottom up
    if compression in _MASKED and bits in (16, 32):
        pixels = np.ascontiguousarray(rows).view(f"<u{bits // 8}")[:, :width]
        masks = struct.unpack_from("<III", data, _MASKS_AT)
        shares = [channel(pixels, mask) * s for mask, s in zip(masks, _LUMA, strict=True)]
        return np.asarray(255 * sum(shares), np.float32)
    if compression == _PLAIN and bits == 2:
        palette = np.frombuffer(data, np.uint8, 16, 14 + header).reshape(4, 4)[:, 2::-1]
        codes = (rows[:, :, None] >> np.array([6, 4, 2, 0])) & 3
        greys = np.asarray(palette @ np.array(_LUMA), np.float32)
        return np.asarray(greys[codes.reshape(height, -1)[:, :width]])
    raise ValueError("another kind of bitmap")


def channel(pixels: NDArray[Any], mask: int) -> NDArray[np.float64]:
    """Cut a channel out of packed pixels, in [0, 1]; zero where its mask is empty."""
    if mask == 0:
        return np.zeros(pixels.shape)
    lowest = mask & -mask
    return np.asarray((pixels & np.uint32(mask)) // lowest / (mask // lowest), np.float64)
