"""Tell a file's format from its first bytes.

A new format is one row of `FORMATS` and one module with
``open_stack(parts, name, kind) -> core.imaging.stack.Stack``.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from core.errors import ImageError
from core.imaging import limits
from core.imaging.limits import MAX_BYTES, MAX_VOLUME_BYTES

_HEAD = 1024  # bytes of a compressed volume that are unpacked to tell what it is


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
        Where the format's ``open_stack`` lives.
    max_bytes : int
    """

    kind: str
    title: str
    extensions: tuple[str, ...]
    magic: bytes
    module: str = "core.imaging.raster"
    max_bytes: int = MAX_BYTES


_DICOM, _NIFTI = "core.imaging.dicom", "core.imaging.nifti"
FORMATS: tuple[Format, ...] = (
    Format("png", "PNG", ("png",), rb"\x89PNG\r\n\x1a\n"),
    Format("jpeg", "JPEG", ("jpg", "jpeg"), rb"\xff\xd8\xff"),
    Format("tiff", "TIFF", ("tif", "tiff"), rb"II[*+]\0|MM\0[*+]"),
    # "BM" alone also begins words: the size of the second header must be one that exists.
    Format("bmp", "BMP", ("bmp",), rb"BM.{12}[\x0c\x10\x28\x34\x38\x40\x6c\x7c]\0\0\0"),
    Format("webp", "WebP", ("webp",), rb"RIFF.{4}WEBP"),
    # With its preamble, or bare: an element of group 2 or 8, in either byte order.
    Format(
        "dicom", "DICOM", ("dcm", "dicom", "ima"),
        rb".{128}DICM|[\x02\x08]\0[\0-\x9f]\0|\0[\x02\x08]\0[\0-\x9f]", _DICOM, MAX_VOLUME_BYTES,
    ),
    Format(
        "nifti", "NIfTI", ("nii", "nii.gz", "gz"),
        rb"(\x5c\x01\0\0|\0\0\x01\x5c).{340}n\+1\0|(\x1c\x02\0\0|\0\0\x02\x1c)n\+2\0\r\n\x1a\n",
        _NIFTI, MAX_VOLUME_BYTES,
    ),
    Format(
        "zip", "ZIP", ("zip",), rb"PK\x03\x04|PK\x05\x06", "core.imaging.archive", MAX_VOLUME_BYTES
    ),
)  # fmt: skip
ACCEPTED_EXTENSIONS: tuple[str, ...] = tuple(e for form in FORMATS for e in form.extensions)
# A plain list, without "or": the names then read the same in every language.
ACCEPTED: str = ", ".join(form.title for form in FORMATS)

# Formats that are not read, so that a refusal can name what it refuses.
NAMED: tuple[tuple[str, bytes], ...] = (
    ("GIF", rb"GIF8[79]a"),
    ("AVIF", rb".{4}ftypavi[fs]"),
    ("HEIC", rb".{4}ftyp(hei[cxms]|mif1|msf1)"),
    ("PDF", rb"%PDF-"),
    ("JPEG 2000", rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51"),
    ("JPEG XL", rb"\xff\x0a|\0\0\0\x0cJXL "),
    ("Photoshop", rb"8BPS"),
    ("SVG", rb"\s*(<\?xml[^>]*>\s*)?(<!--.{0,400}?-->\s*)?<svg"),
    ("ICO", rb"\0\0[\x01\x02]\0[\x01-\xff]\0"),
    ("NRRD", rb"NRRD000"),
    ("MetaImage", rb"(ObjectType|NDims)\s*="),
    ("Analyze", rb"\x5c\x01\0\0.{340}(?!n\+1)|\0\0\x01\x5c.{340}(?!n\+1)"),
    ("MINC", rb"CDF[\x01\x02]|\x89HDF\r\n\x1a\n"),
    ("MGH", rb"\0\0\0\x01\0\0.{2}\0\0.{2}\0\0.{2}\0\0"),
    ("gzip", rb"\x1f\x8b"),
    ("RAR", rb"Rar!\x1a\x07"),
    ("7z", rb"7z\xbc\xaf\x27\x1c"),
    ("tar", rb".{257}ustar"),
)


def match(data: bytes) -> Format | None:
    """Recognise a file by its first bytes; None if it begins like none of `FORMATS`."""
    head = data[:_HEAD]
    by_kind = {form.kind: form for form in FORMATS}
    if head[128:132] == b"DICM":  # before all others: the preamble may be that of a TIFF
        return by_kind["dicom"]
    for form in FORMATS:
        if re.match(form.magic, head, re.DOTALL):
            return form
    packed = head.startswith(b"\x1f\x8b")
    if packed and re.match(by_kind["nifti"].magic, _first_unpacked(data), re.DOTALL):
        return by_kind["nifti"]
    return None


def identify(data: bytes, name: str) -> Format:
    """Recognise a file by its first bytes.

    Raises
    ------
    ImageError
        If `data` begins like none of `FORMATS`, or is larger than its format may be.
    """
    form = match(data)
    if form is None:
        if len(data) > MAX_BYTES:
            raise limits.too_many_bytes(name, MAX_BYTES, ACCEPTED)
        raise unknown(data, name)
    if len(data) > form.max_bytes:
        raise limits.too_many_bytes(name, form.max_bytes, ACCEPTED)
    return form


def unknown(data: bytes, name: str) -> ImageError:
    """Say that a file is not read here, and what it is where that is known."""
    for title, magic in NAMED:
        if re.match(magic, data[:_HEAD], re.DOTALL):
            return ImageError(
                "{name} is a file of the kind {format}, which is not read here; "
                "files in one of these formats are accepted: {accepted}.",
                name=name,
                format=title,
                accepted=ACCEPTED,
            )
    return ImageError(
        "{name} is not an image that can be read here; "
        "files in one of these formats are accepted: {accepted}.",
        name=name,
        accepted=ACCEPTED,
    )


def _first_unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(data[: 16 * _HEAD], _HEAD)
    except zlib.error:
        return b""
