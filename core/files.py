"""Files that are there whole or not at all, and that are read again only where they changed."""

from __future__ import annotations

import functools
import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from core.errors import DataError, invalid

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

_SETTLED = 2 * 10**9  # ns; a clock of files may tick every few ms, and two writes fall into one


@contextmanager
def replacing(file: Path, *, parents: bool = True) -> Iterator[Path]:
    """Yield a path beside `file` to write to; it becomes `file` when the block ends well.

    A full disk, an error or a kill in between leaves what was there before, and no half a
    file. The path has the name's ending, which some writers go by. Missing folders are made,
    unless `parents` is false.
    """
    if parents:
        file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.stem}-{secrets.token_hex(4)}{file.suffix}")
    try:
        yield part
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def write_bytes(file: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    with replacing(file) as part:
        part.write_bytes(content)


def write_text(file: Path, content: str) -> None:
    """Write a text in UTF-8, whole or not at all."""
    write_bytes(file, content.encode())


def read_as(kind: type[M], file: Path, absent: DataError, *beside: Path) -> M:
    """Read a stored JSON file.

    Parameters
    ----------
    kind : type of pydantic model
    file : Path
    absent : DataError
        What to raise where it, or a file that belongs to it, is not there.
    *beside : Path
        Files that belong to it.

    Raises
    ------
    DataError
        `absent`, or where it has another shape than `kind`.
    """
    try:
        for other in beside:
            other.stat()
        return kind.model_validate_json(file.read_bytes())
    except OSError as error:
        raise absent from error
    except ValidationError as error:
        raise invalid(file, error) from error


def once(read: Callable[[Path], T], most: int = 256) -> Callable[[Path], T]:
    """Make a reader that reads a file again only if it has changed.

    What tells a change is the file's inode, size and time of writing; a file written in the
    last two seconds is read each time, since a second write could leave the same time. What
    `read` raises is not kept. What it returns is shared: it must not be changed.
    """

    @functools.lru_cache(maxsize=most)
    def known(file: Path, _inode: int, _size: int, _written: int) -> T:
        return read(file)

    @functools.wraps(read)
    def reader(file: Path) -> T:
        found = file.stat()
        if abs(time.time_ns() - found.st_mtime_ns) < _SETTLED:
            return read(file)
        return known(file, found.st_ino, found.st_size, found.st_mtime_ns)

    return reader


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


sha256 = once(_sha256, 1024)
