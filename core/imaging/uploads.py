"""What a person drops on the desk, sorted into scans: files, archives, series of files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from core.errors import ImageError
from core.imaging import archive, open_stack, read_frame
from core.imaging.sniff import identify, match
from core.imaging.stack import Contents


@dataclass(frozen=True)
class Opened:
    """One scan of an upload, or the reason why there is none.

    Attributes
    ----------
    name : str
        What a person calls it: its file; its archive and a number for one of several series.
    parts : tuple of bytes
        Its files in the order of their slices, without what they say of a patient.
    contents : Contents, optional
    error : ImageError, optional
    left_out : int
        Files of its archive that are no scans; said once, with one of its scans.
    """

    name: str
    parts: tuple[bytes, ...] = field(default=(), repr=False)
    contents: Contents | None = None
    error: ImageError | None = None
    left_out: int = 0


@dataclass(frozen=True)
class _File:
    name: str
    data: bytes = field(repr=False)
    origin: int  # which uploaded file it came with


def open_files(files: Sequence[tuple[str, bytes]]) -> tuple[Opened, ...]:
    """Sort files into scans; one bad file never stops the others.

    Parameters
    ----------
    files : sequence of (name, bytes)
        What was dropped together. Single-frame DICOM files of one series become one scan,
        sorted by position; an archive becomes the scans that it holds.

    Returns
    -------
    tuple of Opened
        In the order of the files.
    """
    opened: list[Opened] = []
    loose: list[_File] = []
    left_out: dict[int, int] = {}
    for n, (name, data) in enumerate(files):
        form = match(data)
        if form is None or form.kind != "zip":
            loose.append(_File(name, data, n))
            continue
        try:
            identify(data, name)  # holds it to its size
            inner, left_out[n] = archive.members(data, name)
            if not inner:
                raise ImageError("{name} holds no scan that can be read here.", name=name)
            loose += [_File(_titled(name, i, m), m.data, n) for i, m in enumerate(inner, 1)]
        except ImageError as error:
            opened.append(Opened(name, error=error))
    for name, parts in _scans(loose, [name for name, _data in files]):
        opened.append(_open(name, parts))
    for n, count in left_out.items():
        own = [i for i, o in enumerate(opened) if o.name.startswith(files[n][0])]
        told = next((i for i in own if opened[i].contents), own[0])
        opened[told] = replace(opened[told], left_out=count)
    return tuple(opened)


def _titled(archive_name: str, n: int, member: archive.Member) -> str:
    """Name a member; radiology systems put patients into the names of their files."""
    form = match(member.data)
    own = str(n) if form and form.kind == "dicom" else member.name
    return f"{archive_name} · {own}"


def _scans(files: Iterable[_File], uploads: Sequence[str]) -> Iterator[tuple[str, list[_File]]]:
    """Put the files of one series together, the rest by themselves."""
    groups: dict[object, list[tuple[tuple[float, int], _File]]] = {}
    for n, file in enumerate(files):
        key, order = _place(file, n)
        groups.setdefault(key, []).append((order, file))
    series = [group for group in groups.values() if len(group) > 1]
    for group in groups.values():
        first = group[0][1]
        files_in_order = [file for _order, file in sorted(group, key=lambda pair: pair[0])]
        if len(group) == 1:
            yield first.name, files_in_order
            continue
        siblings = [other for other in series if other[0][1].origin == first.origin]
        number = f" · {siblings.index(group) + 1}" if len(siblings) > 1 else ""
        yield uploads[first.origin] + number, files_in_order


def _place(file: _File, n: int) -> tuple[object, tuple[float, int]]:
    """Key of the volume that a file is part of, its own where it stands alone, and its order."""
    form = match(file.data)
    if form is None or form.kind != "dicom":
        return n, (0.0, n)
    from core.imaging import dicom

    try:
        key, spot, frames = dicom.where(file.data, file.name)
    except ImageError:
        return n, (0.0, n)
    if frames > 1 or not key[0]:
        return n, (0.0, n)
    return key, (0.0 if spot.along is None else spot.along, spot.instance)


def _open(name: str, files: Sequence[_File]) -> Opened:
    """Read the first slice of a scan: what cannot be shown is refused now, with its reason."""
    from core.imaging.strip import stripped

    parts = tuple(file.data for file in files)
    try:
        stack = open_stack(parts, name)
        image = read_frame(stack, name)
        kind = stack.contents.source
        kept = tuple(stripped(part, kind, name) for part in parts)
    except ImageError as error:
        return Opened(name, error=error)
    return Opened(name, kept, replace(stack.contents, opens_at=image.frame))
