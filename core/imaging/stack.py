"""What a file holds: slices, in one plane or three, each of which can be read by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import N_, ImageError
from core.imaging.image import MRIImage
from core.imaging.limits import MAX_SIDE, check_size
from core.imaging.sniff import ACCEPTED

_TRIES = 64  # slices that are tried before a file is given up that shows nothing where it opens
_EVEN = 1.01  # ratio of spacings up to which pixels count as square
_DEEP_LEVELS = 0.5, 99.8  # percentiles between which values without a window of their own show


@dataclass(frozen=True)
class Plane:
    """Slices of one direction.

    Attributes
    ----------
    name : str
        ``"axial"``, ``"coronal"``, ``"sagittal"``, or nothing where the file does not say.
    first, count : int
        Frames ``first`` to ``first + count - 1`` of the file.
    volumes : int
        As many volumes follow each other in them, each of as many slices.
    """

    name: str
    first: int
    count: int
    volumes: int = 1

    @property
    def depth(self) -> int:
        """Slices of one volume."""
        return self.count // self.volumes


@dataclass(frozen=True)
class Contents:
    """What there is to read in a file, and nothing of whom it shows.

    Attributes
    ----------
    sha256 : str
        Digest of the file; of the digests of its files in the order of their slices, where a
        series is several.
    source : str
        Kind of file.
    planes : tuple of Plane
    opens_at : int
        Frame that is shown first.
    windows : tuple of (float, float)
        Centre and width of each window that the file proposes, in its own values.
    """

    sha256: str
    source: str
    planes: tuple[Plane, ...] = (Plane("", 0, 1),)
    opens_at: int = 0
    windows: tuple[tuple[float, float], ...] = ()

    @property
    def frames(self) -> int:
        """Number of frames over all planes."""
        return sum(plane.count for plane in self.planes)

    @property
    def volume(self) -> bool:
        """Whether there is more than one slice."""
        return self.frames > 1

    def plane_of(self, frame: int) -> Plane:
        """Plane that a frame belongs to."""
        return next(p for p in self.planes if p.first <= frame < p.first + p.count)


@dataclass(frozen=True)
class Raw:
    """One decoded frame before it is scaled.

    Attributes
    ----------
    values : ndarray, shape (H, W)
    scale : tuple of (float, float), optional
        Values that become 0 and 1; the smallest and the largest unless given.
    window : tuple of (float, float), optional
        Values shown as black and white; percentiles unless given, all where `scale` is.
    inverted : bool
        Whether small values are bright (MONOCHROME1, WhiteIsZero).
    spacing_mm : tuple of (float, float), optional
    meaningful : bool
        Whether the values have a meaning beyond this picture.
    why_blank : str
        Sentence for a frame of one even shade.
    colour : float
        Mean spread between its colour channels, in [0, 1]; see `spread`.
    """

    values: NDArray[Any]
    scale: tuple[float, float] | None = None
    window: tuple[float, float] | None = None
    inverted: bool = False
    spacing_mm: tuple[float, float] | None = None
    meaningful: bool = False
    why_blank: str = ""
    colour: float = 0.0


def spread(channels: NDArray[Any], top: float = 255.0) -> float:
    """Mean spread between colour channels over a picture shrunk to 64 x 64.

    Shrunk, so that the noise of a JPEG's colours does not count.

    Parameters
    ----------
    channels : ndarray, shape (H, W, 3)
    top : float
        The largest value that a channel can have.

    Returns
    -------
    float
        In [0, 1]; 0 for a grey picture.
    """
    shrinkable = (
        channels if channels.dtype in (np.uint8, np.uint16) else channels.astype(np.float32)
    )
    small = cv2.resize(shrinkable, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32)
    return float((small.max(axis=-1) - small.min(axis=-1)).mean() / top)


class Stack(Protocol):
    """An open file."""

    contents: Contents

    def raw(self, frame: int) -> Raw:
        """Decode one frame; raises ImageError if that cannot be done faithfully."""


_BLANK = N_(
    "{name} is one even shade, with nothing to see; images that show something "
    "are accepted, in one of these formats: {accepted}."
)
_BLANK_SLICE = N_("Slice {number} of {of} of {name} is one even shade, with nothing to see.")


def read_frame(stack: Stack, name: str, frame: int | None = None) -> MRIImage:
    """Read one frame; the one that the file opens at, or the first after it that shows something.

    Raises
    ------
    ImageError
        If there is no such frame, it cannot be decoded, or it shows nothing.
    """
    if frame is not None:
        return _finish(stack, name, frame)
    contents, first_error = stack.contents, None
    for step in range(min(contents.frames, _TRIES)):
        try:
            return _finish(stack, name, (contents.opens_at + step) % contents.frames)
        except ImageError as error:
            first_error = first_error or error
    assert first_error is not None
    raise first_error from None


def _finish(stack: Stack, name: str, frame: int) -> MRIImage:
    contents = stack.contents
    if not 0 <= frame < contents.frames:
        raise ImageError(
            "{name} has {frames} slices; there is no slice {number}.",
            name=name,
            frames=contents.frames,
            number=frame + 1,
        )
    plane = contents.plane_of(frame)
    number = frame - plane.first + 1
    raw = stack.raw(frame)
    values, spacing = _square_pixels(raw.values, raw.spacing_mm)
    check_size(values.shape[1], values.shape[0], name, ACCEPTED)
    low, high = float(values.min()), float(values.max())  # NaN, if there is one, comes through
    if not np.isfinite(high - low):
        raise ImageError(
            "{name} holds values that are infinite or not numbers; images of finite values "
            "are accepted, in one of these formats: {accepted}.",
            name=name,
            accepted=ACCEPTED,
        )
    if low == high:
        several = contents.volume and not raw.why_blank
        raise ImageError(
            _BLANK_SLICE if several else raw.why_blank or _BLANK,
            name=name,
            accepted=ACCEPTED,
            number=number,
            of=plane.count,
        )
    zero, one = raw.scale or (low, high)
    shown = raw.window or (zero, one) if raw.scale else raw.window or _percentiles(values)
    pixels, span = (values - zero) / (one - zero), one - zero
    levels = (shown[0] - zero) / span, (shown[1] - zero) / span
    if raw.inverted:
        pixels, levels, zero, one = 1 - pixels, (1 - levels[1], 1 - levels[0]), one, zero
    return MRIImage(
        np.clip(pixels, 0, 1).astype(np.float32),
        contents.sha256,
        contents.source,
        frame,
        contents.frames,
        spacing,
        plane.name or None,
        number,
        plane.count,
        (zero, one) if raw.meaningful else None,
        (float(levels[0]), float(levels[1])),
        raw.colour,
        plane.volumes,
    )


def _percentiles(values: NDArray[Any]) -> tuple[float, float]:
    low, high = np.percentile(values[:: 1 + values.shape[0] // 1024], _DEEP_LEVELS)
    return (float(low), float(high)) if high > low else (float(values.min()), float(values.max()))


def _square_pixels(
    values: NDArray[Any], spacing: tuple[float, float] | None
) -> tuple[NDArray[Any], tuple[float, float] | None]:
    """Make pixels as high as wide: a head squashed by thick slices is none a network knows."""
    if spacing is None or not all(np.isfinite(spacing)) or min(spacing) <= 0:
        return values, None
    if max(spacing) <= _EVEN * min(spacing):
        return values, spacing
    sides = [n * s for n, s in zip(values.shape, spacing, strict=True)]  # mm
    fine = max(min(spacing), max(sides) / MAX_SIDE)
    height, width = (max(1, round(side / fine)) for side in sides)
    even = cv2.resize(values.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return even, (fine, fine)
