"""The one representation of a scan that everything downstream works on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class MRIImage:
    """A decoded greyscale scan without anything that identifies a person.

    Attributes
    ----------
    pixels : ndarray of float32, shape (H, W), range [0, 1]
        Intensities; read-only. 8-bit sources are divided by 255, deeper ones are
        scaled from their own minimum and maximum.
    sha256 : str
        Hex digest of the source bytes: the scan's identity in caches and exports.
    source : str
        Kind of file it came from, for example ``"png"``.
    frame : int
        Index of the frame shown, 0 for single-frame files.
    frames : int
        Number of frames in the file.
    spacing_mm : tuple of (float, float), optional
        Row and column spacing in millimetres, None where the file does not say.

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
