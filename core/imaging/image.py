"""The one representation of a scan that everything downstream works on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray


def place(number: int, depth: int) -> tuple[int, int]:
    """Volume, and slice in it, of a slice counted over volumes of `depth` slices; all from 1."""
    volume, at = divmod(number - 1, depth)
    return volume + 1, at + 1


@dataclass(frozen=True)
class MRIImage:
    """A decoded greyscale scan without anything that identifies a person.

    Attributes
    ----------
    pixels : ndarray of float32, shape (H, W), range [0, 1]
        Intensities; read-only. 8-bit sources are divided by 255, deeper ones are
        scaled from their own minimum and maximum. A network reads these.
    sha256 : str
        Hex digest of the source bytes: the scan's identity in caches and exports.
    source : str
        Kind of file it came from, for example ``"png"``.
    frame : int
        Index of the frame shown, 0 for single-frame files; with `sha256` it names these pixels.
    frames : int
        Number of frames in the file, over all planes.
    spacing_mm : tuple of (float, float), optional
        Row and column spacing in millimetres, None where the file does not say.
    plane : str, optional
        ``"axial"``, ``"coronal"`` or ``"sagittal"`` where the file says which.
    number, of : int
        This is slice `number` (from 1) of the `of` slices of its plane, over all its volumes.
    values : tuple of (float, float), optional
        The file's own values at pixel 0 and pixel 1, where they mean something (DICOM, NIfTI).
    levels : tuple of (float, float)
        Pixels that a screen shows as black and as white. What a network reads does not
        depend on them.
    colour : float
        Mean spread between the colour channels of the source, in [0, 1]; 0 for grey. It is
        all that is kept of the colour, for `core.gate`.
    volumes : int
        Volumes that follow each other in the plane.

    Raises
    ------
    ValueError
        If `pixels` is not a finite two-dimensional float32 array within [0, 1].
    """

    pixels: NDArray[np.float32] = field(repr=False)
    sha256: str
    source: str
    frame: int = 0
    frames: int = 1
    spacing_mm: tuple[float, float] | None = None
    plane: str | None = None
    number: int = 1
    of: int = 1
    values: tuple[float, float] | None = None
    levels: tuple[float, float] = (0.0, 1.0)
    colour: float = 0.0
    volumes: int = 1

    @property
    def depth(self) -> int:
        """Slices of one volume."""
        return self.of // self.volumes

    @property
    def where(self) -> dict[str, str | int | None]:
        """Which slice of which plane this is, as exports have it; of which volume, if several."""
        found: dict[str, str | int | None] = {
            "plane": self.plane, "slice": self.number, "slices": self.of
        }  # fmt: skip
        if self.volumes > 1:
            found |= {"volume": place(self.number, self.depth)[0], "volumes": self.volumes}
        return found

    def __post_init__(self) -> None:
        p = self.pixels
        if p.ndim != 2 or p.dtype != np.float32 or p.size == 0:
            raise ValueError(
                "Invalid pixels. Expected a non-empty float32 array (H, W). "
                f"Received: {p.dtype} {p.shape}"
            )
        if not (np.isfinite(p).all() and p.min() >= 0.0 and p.max() <= 1.0):
            raise ValueError("Invalid pixels. Expected finite values in [0, 1].")
        p.setflags(write=False)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.pixels.shape[0], self.pixels.shape[1]

    @property
    def shown(self) -> NDArray[np.float32]:
        """What a screen shows: pixels between the two `levels`, float32 (H, W) in [0, 1]."""
        low, high = self.levels
        if (low, high) == (0.0, 1.0):
            return self.pixels
        stretched = (self.pixels - np.float32(low)) / np.float32(max(high - low, 1e-6))
        return np.asarray(np.clip(stretched, 0.0, 1.0), np.float32)

    @property
    def window(self) -> tuple[float, float] | None:
        """Centre and width of what is shown, in the file's own values."""
        if self.values is None:
            return None
        black, white = (self._value(level) for level in self.levels)
        return (black + white) / 2, abs(white - black)

    def windowed(self, centre: float, width: float) -> MRIImage:
        """Show another window; the pixels that a network reads stay the same.

        Parameters
        ----------
        centre, width : float
            In the file's own values.
        """
        if self.values is None:
            return self
        zero, one = self.values
        ends = sorted((centre + side * width / 2 - zero) / (one - zero) for side in (-1, 1))
        return replace(self, levels=(ends[0], ends[1]))

    def _value(self, level: float) -> float:
        zero, one = self.values or (0.0, 1.0)
        return zero + level * (one - zero)
