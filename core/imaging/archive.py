"""Unpack a ZIP of scans in memory, within limits; nothing is ever written to a disk.

Members are told by their first bytes. What is no scan is left out and counted.
"""

from __future__ import annotations

import logging
import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from core.errors import ImageError
from core.imaging import limits
from core.imaging.sniff import ACCEPTED, match
from core.imaging.stack import Stack

_log = logging.getLogger(__name__)
_LARGE = 2**20  # bytes from which on a ratio says something
_ENCRYPTED = 1  # flag of a member


@dataclass(frozen=True)
class Member:
    """A file of an archive: its own name, without its folders, and its bytes."""

    name: str
    data: bytes


def open_stack(parts: tuple[bytes, ...], name: str, kind: str) -> Stack:
    """Refuse an archive where one scan is wanted; `core.imaging.uploads` opens archives."""
    raise ImageError(
        "{name} is an archive of files; open the files that it holds one by one.", name=name
    )


def members(data: bytes, name: str) -> tuple[tuple[Member, ...], int]:
    """Unpack the scans of an archive.

    Returns
    -------
    members : tuple of Member
        In the order of their paths.
    left_out : int
        How many files are no scans.

    Raises
    ------
    ImageError
        If the archive is damaged, encrypted or a bomb, or a path leads outside it.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _members(archive, name)
    except (ImageError, MemoryError):
        raise
    except Exception as error:  # a damaged archive makes zipfile raise almost anything
        _log.info("An archive could not be opened: %s", type(error).__name__)
        raise ImageError(
            "{name} is a ZIP archive that is damaged or incomplete; "
            "whole files in one of these formats are accepted: {accepted}.",
            name=name,
            accepted=ACCEPTED,
        ) from None


def _members(archive: zipfile.ZipFile, name: str) -> tuple[tuple[Member, ...], int]:
    entries = sorted((e for e in archive.infolist() if not e.is_dir()), key=_natural)
    if len(entries) > limits.MAX_MEMBERS:
        raise ImageError(
            "{name} holds more than {limit} files; smaller archives are accepted.",
            name=name,
            limit=limits.MAX_MEMBERS,
        )
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise ImageError("{name} is encrypted; unpack it first, or save it without.", name=name)
    if any(_leads_outside(entry.filename) for entry in entries):
        raise ImageError(
            "{name} holds paths that lead outside it, so it was not opened.", name=name
        )
    if sum(entry.file_size for entry in entries) > limits.MAX_UNPACKED:
        raise limits.bomb(name)
    found: list[Member] = []
    room, left_out = limits.MAX_UNPACKED, 0
    for entry in entries:
        if _is_bomb(entry):
            raise limits.bomb(name)
        path = PurePosixPath(entry.filename)
        if path.name.startswith(".") or "__MACOSX" in path.parts:
            continue
        with archive.open(entry) as stream:  # the size that an entry declares may be a lie
            unpacked = stream.read(room + 1)
        room -= len(unpacked)
        if room < 0:
            raise limits.bomb(name)
        form = match(unpacked)
        if form is None or form.kind == "zip":  # an archive in an archive stays closed
            left_out += 1
        else:
            found.append(Member(path.name, unpacked))
    return tuple(found), left_out


def _natural(entry: zipfile.ZipInfo) -> list[tuple[int, str]]:
    """Order paths as a person does: 2 before 10."""
    pieces = re.split(r"(\d{1,12})", entry.filename)
    return [(int(piece), "") if n % 2 else (-1, piece) for n, piece in enumerate(pieces)]


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    large = entry.file_size > _LARGE
    return large and entry.file_size > limits.MAX_RATIO * max(1, entry.compress_size)


def _leads_outside(path: str) -> bool:
    parts = path.replace("\\", "/").split("/")
    return path.startswith(("/", "\\")) or ".." in parts or parts[0][1:2] == ":"
