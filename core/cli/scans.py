"""The scans that a command names: files, folders, archives; one slice of each, or all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from core.errors import ImageError
from core.imaging import MRIImage, Plane
from core.imaging.boundary import Reader
from core.imaging.limits import MAX_MEMBERS
from core.imaging.uploads import Opened

Frame = Annotated[
    str | None,
    typer.Option(
        "--frame", help="Which slice, counted from 1, or all; where the file opens otherwise."
    ),
]
PlaneName = Annotated[
    str | None, typer.Option("--plane", help="axial, coronal or sagittal, where there are several.")
]


@dataclass(frozen=True)
class Found:
    """A slice of a scan, or why there is none.

    Attributes
    ----------
    file : str
        The path as it was given; with what tells several scans of it apart.
    image : MRIImage, optional
    error : ImageError, optional
    """

    file: str
    image: MRIImage | None = None
    error: ImageError | None = None

    def place(self) -> dict[str, Any]:
        """Which slice this is, where there are several."""
        if self.image is None or (self.image.of == 1 and self.image.plane is None):
            return {}
        return self.image.where


def scans(paths: Sequence[Path], frame: str | None, plane: str | None) -> Iterator[Found]:
    """Read what is named, one after the other, behind the boundary.

    Raises
    ------
    typer.BadParameter
        If `frame` is neither a number from 1 nor ``all``.
    """
    if frame not in (None, "all") and not (frame or "").isdecimal():
        raise typer.BadParameter("expected a number from 1, or all", param_hint="--frame")
    reader = Reader()
    try:
        for path in paths:
            try:
                opened = reader.open(_files(path))
            except ImageError as error:
                yield Found(str(path), error=error)
                continue
            for scan in opened:
                alone = len(opened) == 1
                label = str(path) if alone else f"{path}{scan.name.removeprefix(path.name)}"
                yield from _slices(reader, scan, label, frame, plane)
    finally:
        reader.close()


def _slices(
    reader: Reader, scan: Opened, label: str, frame: str | None, plane: str | None
) -> Iterator[Found]:
    try:
        frames = _frames(scan, frame, plane)
    except ImageError as error:
        yield Found(label, error=error)
        return
    for n in frames:
        try:
            yield Found(label, reader.read(scan, n))
        except ImageError as error:
            yield Found(label, error=error)


def _frames(scan: Opened, frame: str | None, plane: str | None) -> Sequence[int]:
    if scan.contents is None:
        raise scan.error or ImageError("{name} cannot be read.", name=scan.name)
    contents = scan.contents
    within = contents.plane_of(contents.opens_at) if plane is None else _plane(scan, plane)
    if frame == "all":
        return range(within.first, within.first + within.count)
    if frame is None:
        own = within.first <= contents.opens_at < within.first + within.count
        return [contents.opens_at if own else within.first + within.depth // 2]
    if not 1 <= int(frame) <= within.count:
        raise ImageError(
            "{name} has {frames} slices; there is no slice {number}.",
            name=scan.name,
            frames=within.count,
            number=int(frame),
        )
    return [within.first + int(frame) - 1]


def _plane(scan: Opened, name: str) -> Plane:
    assert scan.contents
    planes = {plane.name: plane for plane in scan.contents.planes if plane.name}
    if name not in planes:
        raise ImageError(
            "{name} has no plane {plane}; it has {planes}.",
            name=scan.name,
            plane=name,
            planes=", ".join(planes) or "none that it names",
        )
    return planes[name]


def _files(path: Path) -> list[tuple[str, bytes]]:
    files = [path]
    if path.is_dir():
        hidden = (p for p in sorted(path.rglob("*")) if p.is_file())
        files = [p for p in hidden if not p.name.startswith(".")][: MAX_MEMBERS + 1]
        if not files or len(files) > MAX_MEMBERS:
            raise ImageError(
                "{name} holds no files, or more than {limit}.", name=path.name, limit=MAX_MEMBERS
            )
    try:
        named = [str(p.relative_to(path.parent)) for p in files]
        return [(name, p.read_bytes()) for name, p in zip(named, files, strict=True)]
    except OSError as error:
        raise ImageError(
            "{name} cannot be opened ({reason}).", name=path.name, reason=error.strerror
        ) from error
