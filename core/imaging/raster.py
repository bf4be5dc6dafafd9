"""Read everyday pictures (PNG, JPEG, TIFF, BMP, WebP) as grey slices, with Pillow.

Only pixels are kept: EXIF, TIFF tags and PNG text, which may name a patient, are dropped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from PIL import Image, ImageFile, ImageOps
from PIL.TiffImagePlugin import PHOTOMETRIC_INTERPRETATION, SAMPLEFORMAT

from core.errors import N_, ImageError
from core.imaging import bmp, damage, limits, png
from core.imaging.sniff import ACCEPTED
from core.imaging.stack import Contents, Plane, Raw, Stack, spread

_STRAIGHT = {"La": "LA", "RGBa": "RGBA"}  # of premultiplied alpha, which Pillow undoes
_DEEP = ("I", "F")  # first letters of Pillow's modes with more than 8 bits: I, I;16, I;16B, F
_UNSIGNED, _SIGNED = 1, 2  # values of the TIFF tag SampleFormat
_WHITE_IS_ZERO = 0  # value of the TIFF tag PhotometricInterpretation
# Pillow hands out these samples, by (mode, SampleFormat), under the wrong sign.
_STORED_AS: dict[tuple[str, int], DTypeLike] = {
    ("L", _SIGNED): np.int8,
    ("I", _UNSIGNED): np.uint32,
}
_TRANSPARENT = N_(
    "{name} shows nothing because of its transparency: what it does not hide is one even shade; "
    "save it without transparency, in one of these formats: {accepted}."
)


def open_stack(parts: tuple[bytes, ...], name: str, kind: str) -> Stack:
    """Open a picture, a multi-page TIFF or an animation.

    Parameters
    ----------
    parts : tuple of bytes
        The whole file, alone.
    name : str
        The file's name, for error sentences only.
    kind : str
        One of Pillow's format names, in lower case: the only decoder that is tried.

    Raises
    ------
    ImageError
        If the header cannot be read, or declares too many pixels or frames.
    """
    if kind == "bmp" and not _opens(parts[0]):
        return RareBitmap(parts[0], name)
    return RasterStack(parts[0], name, kind)


def _opens(data: bytes) -> bool:
    try:
        with Image.open(BytesIO(data), formats=["bmp"]):
            return True
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return True  # of a kind that is known, and refused for its size
    except Exception:
        return False


class RareBitmap:
    """A bitmap of a kind that Pillow does not know."""

    def __init__(self, data: bytes, name: str) -> None:
        self._data, self._name = data, name
        with _sentences(name, "bmp"):
            limits.check_size(*bmp.size(data), name, ACCEPTED)
        self.contents = Contents(hashlib.sha256(data).hexdigest(), "bmp")

    def raw(self, frame: int) -> Raw:
        """Decode it.

        Raises
        ------
        ImageError
            If it is damaged, or of a kind that is not known here either.
        """
        with _sentences(self._name, "bmp"):
            return Raw(bmp.grey(self._data), (0.0, 255.0))


class RasterStack:
    """An open picture; its frames are decoded one at a time."""

    def __init__(self, data: bytes, name: str, kind: str) -> None:
        self._name = name
        with _sentences(name, kind):
            source = png.bare(data) if kind == "png" else data
            self._picture = Image.open(BytesIO(source), formats=[kind])
            limits.check_size(*self._picture.size, name, ACCEPTED)
            frames = _count_frames(self._picture, name)
        digest = hashlib.sha256(data).hexdigest()
        self.contents = Contents(digest, kind, (Plane("", 0, frames),))

    def raw(self, frame: int) -> Raw:
        """Decode one frame, upright and grey.

        Raises
        ------
        ImageError
            If it cannot be decoded faithfully, or is too small or too large.
        """
        with _sentences(self._name, self.contents.source):
            self._picture.seek(frame)
            limits.check_size(*self._picture.size, self._name, ACCEPTED)
            _check_depth(self._picture, self._name)
            return _grey(self._picture)


@contextmanager
def _sentences(name: str, kind: str) -> Iterator[None]:
    """As `damage.sentences`, and what Pillow calls a bomb is called too large."""
    with damage.sentences(name, kind):
        try:
            yield
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise limits.too_large(name, ACCEPTED) from None
        except MemoryError as error:  # Pillow's, over sizes that no picture has
            raise ValueError("sizes that no picture has") from error


def _check_depth(picture: ImageFile.ImageFile, name: str) -> None:
    """Refuse deep colour, whose low bits Pillow would drop without a word."""
    deep = picture.mode.startswith(_DEEP)
    packed = picture.format == "BMP"  # 16 bits of a whole pixel, not of a channel
    deep_colour = not (deep or packed) and any(";16" in str(t.args) for t in picture.tile)
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
        frames = int(getattr(picture, "n_frames", 1))
        if frames > limits.MAX_FRAMES:
            raise limits.too_many_frames(name, ACCEPTED)
        return frames
    for frame in range(1, limits.MAX_FRAMES + 1):
        try:
            picture.seek(frame)
        except EOFError:
            picture.seek(0)
            return frame
    raise limits.too_many_frames(name, ACCEPTED)


def _grey(picture: ImageFile.ImageFile) -> Raw:
    """Upright luma of the current frame.

    Up to 8 bits a channel: ITU-R 601 luma (of Lab: its lightness), divided by 255. Deeper or
    signed samples: stretched from their own minimum and maximum.
    """
    tags: Any = getattr(picture, "tag_v2", {})  # read first: turning the picture drops them
    stored_as = _STORED_AS.get((picture.mode, tags.get(SAMPLEFORMAT, (_UNSIGNED,))[0]))
    upright = ImageOps.exif_transpose(picture)
    if not stored_as and not upright.mode.startswith(_DEEP):
        if upright.mode == "LAB":
            return Raw(np.asarray(upright.getchannel(0), np.float32), (0.0, 255.0))
        upright = upright.convert(_STRAIGHT.get(upright.mode, upright.mode))
        luma, alpha = (np.asarray(band) for band in upright.convert("LA").split())
        values, why = _visible(luma.astype(np.float32), alpha)
        colour = 0.0
        if upright.mode not in ("L", "LA", "1"):
            opaque = (alpha > 0) | (alpha.min() == alpha.max())
            colour = spread(np.asarray(upright.convert("RGB")) * opaque[..., None])
        return Raw(values, (0.0, 255.0), why_blank=why, colour=colour)
    samples = np.asarray(upright)
    values = samples.view(stored_as or samples.dtype).astype(np.float64)
    inverted = tags.get(PHOTOMETRIC_INTERPRETATION) == _WHITE_IS_ZERO  # Pillow inverts 8 bits only
    return Raw(values, inverted=inverted)


def _visible(
    luma: NDArray[np.float32], alpha: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], str]:
    """Lay a picture on black where it is wholly transparent, and leave the rest as it is.

    An alpha that is the same everywhere says nothing: clipboards leave 0. Partial transparency
    never darkens a scan.
    """
    if alpha.min() == alpha.max():
        return luma, ""
    return np.where(alpha > 0, luma, np.float32(0)), _TRANSPARENT
