"""Tell a file's format from its first bytes, and refuse what is not safe to decode.

A new format is one row of `FORMATS` and one module with ``read(data, name, kind) -> MRIImage``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.errors import ImageError

MIN_SIDE = 32  # px; anything smaller is an icon: no anatomy survives in it
MAX_SIDE = 6_000  # px; 17 inches of film at 300 dpi are 5,100; padded to a square it takes 144 MB
MAX_PIXELS = 25_000_000  # a 14 x 17 inch film at 300 dpi has 21 million; peaks near 0.5 GB
MAX_BYTES = 64 * 2**20  # MAX_PIXELS at 16 bits is 48 MiB before compression
MAX_FRAMES = 1_000  # a head volume has a few hundred; Pillow's count is quadratic in them


@dataclass(frozen=True)
class Format:
    """One kind of file that can be read.

    Attributes
    ----------
    kind : str
        Short name, kept as `MRIImage.source`.
    title : str
        What a person calls it.
    extensions : tuple of str
        Lower case, without the dot; an upload widget's filter, never trusted.
    magic : bytes
        Regular expression that the first bytes match; ``.`` is any byte.
    module : str
        Where the format's ``read`` lives.
    """

    kind: str
    title: str
    extensions: tuple[str, ...]
    magic: bytes
    module: str = "core.imaging.raster"


FORMATS: tuple[Format, ...] = (
    Format("png", "PNG", ("png",), rb"\x89PNG\r\n\x1a\n"),
    Format("jpeg", "JPEG", ("jpg", "jpeg"), rb"\xff\xd8\xff"),
    Format("tiff", "TIFF", ("tif", "tiff"), rb"II[*+]\0|MM\0[*+]"),
    # "BM" alone also begins words: the size of the second header must be one that exists.
    Format("bmp", "BMP", ("bmp",), rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0"),
    Format("webp", "WebP", ("webp",), rb"RIFF.{4}WEBP"),
)
ACCEPTED_EXTENSIONS: tuple[str, ...] = tuple(e for form in FORMATS for e in form.extensions)
# A plain list, without "or": the names then read the same in every language.
ACCEPTED: str = ", ".join(form.title for form in FORMATS)


def identify(data: bytes, name: str) -> Format:
    """Recognise a file by its first bytes.

    Raises
    ------
    ImageError
        If `data` begins like none of `FORMATS`.
    """
    for form in FORMATS:
        if re.match(form.magic, data, re.DOTALL):
            return form
    raise ImageError(
        "{name} is not an image that can be read here; "
        "files in one of these formats are accepted: {accepted}.",
        name=name,
        accepted=ACCEPTED,
    )


def check_size(width: int, height: int, name: str) -> None:
    """Refuse a picture by the size its header declares, before any pixel is decoded.

    Raises
    ------
    ImageError
        If a side is outside [`MIN_SIDE`, `MAX_SIDE`] or there are over `MAX_PIXELS` pixels.
    """
    if min(width, height) < MIN_SIDE:
        raise ImageError(
            "{name} is too small to show a brain; images of at least {limit} pixels a side "
            "are accepted, in one of these formats: {accepted}.",
            name=name,
            limit=MIN_SIDE,
            accepted=ACCEPTED,
        )
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise too_large(name)


def too_large(name: str) -> ImageError:
    """Say what `check_size` allows, for a reader whose library finds out first."""
    return ImageError(
        "{name} is too large to open safely; images of at most {side} pixels a side and "
        "{megapixels} million pixels are accepted, in one of these formats: {accepted}.",
        name=name,
        side=MAX_SIDE,
        megapixels=MAX_PIXELS // 1_000_000,
        accepted=ACCEPTED,
    )
