"""Bytes of a file in, grey pictures out: ``read_image(data, name) -> MRIImage``.

A file holds one slice or many (`core.imaging.stack`); the formats are rows of a table in
`core.imaging.sniff`, and a reader is imported when a file first needs it. Strangers' files are
read behind `core.imaging.boundary`, in a process of their own.
"""

from __future__ import annotations

from importlib import import_module

from core.errors import ImageError
from core.imaging.image import MRIImage
from core.imaging.sniff import ACCEPTED, ACCEPTED_EXTENSIONS, identify
from core.imaging.stack import Contents, Plane, Stack, read_frame

__all__ = [
    "ACCEPTED", "ACCEPTED_EXTENSIONS", "Contents", "MRIImage", "Plane", "Stack", "open_stack",
    "read_frame", "read_image",
]  # fmt: skip


def open_stack(data: bytes | tuple[bytes, ...], name: str) -> Stack:
    """Open a file, or the files of one series in the order of their slices.

    Parameters
    ----------
    data : bytes or tuple of bytes
        The whole file, or several.
    name : str
        What the person calls it; used in error sentences only, never logged or kept.

    Raises
    ------
    ImageError
        If a file is empty, too big, of another kind or damaged.
    """
    parts = data if isinstance(data, tuple) else (data,)
    if not all(parts):
        raise ImageError(
            "{name} is empty; files in one of these formats are accepted: {accepted}.",
            name=name,
            accepted=ACCEPTED,
        )
    form = identify(parts[0], name)
    stack: Stack = import_module(form.module).open_stack(parts, name, form.kind)
    return stack


def read_image(data: bytes, name: str, frame: int | None = None) -> MRIImage:
    """Decode a scan, whatever its file name says it is.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        What the person calls the file; used in error sentences only, never logged or kept.
    frame : int, optional
        Index of the frame, over all planes; the one that the file opens at, or the first after
        it that shows something, unless given.

    Returns
    -------
    MRIImage
        Float32 pixels (H, W) in [0, 1] of one frame, upright.

    Raises
    ------
    ImageError
        If the file is empty, too big, of another kind, damaged or shows nothing.
    """
    return read_frame(open_stack(data, name), name, frame)
