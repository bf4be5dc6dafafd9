"""Bytes of a file in, one grey picture out: ``read_image(data, name) -> MRIImage``.

The formats are rows of a table in `core.imaging.sniff`; a reader is imported when a file
first needs it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from core.errors import ImageError
from core.imaging.image import MRIImage
from core.imaging.sniff import ACCEPTED, ACCEPTED_EXTENSIONS, MAX_BYTES, identify

__all__ = ["ACCEPTED", "ACCEPTED_EXTENSIONS", "MRIImage", "read_image"]


def read_image(data: bytes, name: str) -> MRIImage:
    """Decode a scan, whatever its file name says it is.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        What the person calls the file; used in error sentences only, never logged or kept.

    Returns
    -------
    MRIImage
        Float32 pixels (H, W) in [0, 1] of the first frame, upright.

    Raises
    ------
    ImageError
        If the file is empty, too big, of another kind, damaged or shows nothing.
    """
    if not data:
        raise ImageError(
            "{name} is empty; files in one of these formats are accepted: {accepted}.",
            name=name,
            accepted=ACCEPTED,
        )
    if len(data) > MAX_BYTES:
        raise ImageError(
            "{name} is larger than {limit} MB; "
            "smaller files in one of these formats are accepted: {accepted}.",
            name=name,
            limit=MAX_BYTES // 2**20,
            accepted=ACCEPTED,
        )
    form = identify(data, name)
    read: Callable[[bytes, str, str], MRIImage] = import_module(form.module).read
    return read(data, name, form.kind)
