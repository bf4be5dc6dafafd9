"""Read everyday pictures (PNG, JPEG, TIFF, BMP, WebP) as one grey scan, with Pillow.

Only pixels are kept: EXIF, TIFF tags and PNG text, which may name a patient, are dropped.
"""

from __future__ import annotations

import hashlib
import logging
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from PIL import Image, ImageFile, ImageOps
from PIL.TiffImagePlugin import PHOTOMETRIC_INTERPRETATION, SAMPLEFORMAT

from core.errors import ImageError
from core.imaging.image import MRIImage
from core.imaging.sniff import ACCEPTED, MAX_FRAMES, check_size, too_large

_log = logging.getLogger(__name__)

_DEEP = ("I", "F")  # first letters of Pillow's modes with more than 8 bits: I, I;16, I;16B, F
_UNSIGNED, _SIGNED = 1, 2  # values of the TIFF tag SampleFormat
_WHITE_IS_ZERO = 0  # value of the TIFF tag PhotometricInterpretation
# Pillow hands out these samples, by (mode, SampleFormat), under the wrong sign.
_STORED_AS: dict[tuple[str, int], DTypeLike] = {
    ("L", _SIGNED): np.int8,
    ("I", _UNSIGNED): np.uint32,
}


def read(data: bytes, name: str, kind: str) -> MRIImage:
    """Decode the first frame of a picture, upright and grey.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        The file's name, for error sentences only.
    kind : str
        One of Pillow's format names, in lower case: the only decoder that is tried.

    Raises
    ------
    ImageError
        If the picture cannot be decoded faithfully, is too small or too large, or is flat.
    """
    try:
        with Image.open(BytesIO(data), formats=[kind]) as picture:
            check_size(*picture.size, name)
            _check_depth(picture, name)
            frames = _count_frames(picture, name)
            pixels = _grey(picture, name)
    except ImageError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_large(name) from None
    except Exception as error:  # a damaged file makes Pillow raise almost anything
        _log.info("A %s file could not be decoded: %s", kind, type(error).__name__)
        raise ImageError(
            "{name} is damaged, incomplete or of a rare kind; "
            "whole files in one of these formats are accepted: {accepted}.",
            name=name,
            accepted=ACCEPTED,
        ) from None
    return MRIImage(pixels, hashlib.sha256(data).hexdigest(), kind, frames=frames)


def _check_depth(picture: ImageFile.ImageFile, name: str) -> None:
    """Refuse deep colour, whose low bits Pillow would drop without a word."""
    deep = picture.mode.startswith(_DEEP)
    deep_colour = not deep and any(";16" in str(tile.args) for tile in picture.tile)
    if deep_colour or (deep and picture.has_transparency_data):
        raise ImageError(
            "{name} has colour or transparency at more than 8 bits a channel; 8-bit colour and "
            "8- or 16-bit grey are accepted, in one of these formats: {accepted}.",
            name=name,
            accepted=ACCEPTED,
        )


def _count_frames(picture: ImageFile.ImageFile, name: str) -> int:
    """Count frames; those of a TIFF, a linked list, only as far as `MAX_FRAMES`."""
    if picture.format != "TIFF":
        return int(getattr(picture, "n_frames", 1))
    for frame in range(1, MAX_FRAMES + 1):
        try:
            picture.seek(frame)
        except EOFError:
            picture.seek(0)
            return frame
    raise ImageError(
        "{name} has more than {limit} pages; shorter files are accepted, "
        "in one of these formats: {accepted}.",
        name=name,
        limit=MAX_FRAMES,
        accepted=ACCEPTED,
    )


def _grey(picture: ImageFile.ImageFile, name: str) -> NDArray[np.float32]:
    """Upright luma of the current frame, float32 (H, W) in [0, 1].

    Up to 8 bits a channel: ITU-R 601 luma over a black background, divided by 255.
    Deeper or signed samples: stretched from their own minimum and maximum.
    """
    tags: Any = getattr(picture, "tag_v2", {})  # read first: turning the picture drops them
    stored_as = _STORED_AS.get((picture.mode, tags.get(SAMPLEFORMAT, (_UNSIGNED,))[0]))
    upright = ImageOps.exif_transpose(picture)
    if not stored_as and not upright.mode.startswith(_DEEP):
        luma, alpha = (np.asarray(b, np.float32) for b in upright.convert("LA").split())
        pixels: NDArray[np.float32] = luma * alpha / np.float32(255**2)
        _extremes(pixels, name)
        return pixels
    samples = np.asarray(upright)
    values = samples.view(stored_as or samples.dtype).astype(np.float64)
    low, high = _extremes(values, name)
    values = (values - low) / (high - low)
    if tags.get(PHOTOMETRIC_INTERPRETATION) == _WHITE_IS_ZERO:  # Pillow inverts 8 bits only
        values = 1 - values
    return values.astype(np.float32)


def _extremes(values: NDArray[np.floating[Any]], name: str) -> tuple[float, float]:
    """Smallest and largest value of a picture that has something to show."""
    low, high = float(values.min()), float(values.max())  # NaN, if there is one, comes through
    if not np.isfinite(high - low):
        raise ImageError(
            "{name} holds values that are infinite or not numbers; images of finite values "
            "are accepted, in one of these formats: {accepted}.",
            name=name,
            accepted=ACCEPTED,
        )
    if low == high:
        raise ImageError(
            "{name} is one even shade, with nothing to see; images that show something "
            "are accepted, in one of these formats: {accepted}.",
            name=name,
            accepted=ACCEPTED,
        )
    return low, high
