"""Read NIfTI volumes (.nii, .nii.gz), turned to the canonical orientation, in three planes.

Slices lie as radiologists look at them: the patient's right is on the left of axial and coronal
slices, the nose on the left of sagittal ones. The header's words are never looked at.
"""

from __future__ import annotations

import hashlib
import logging
import math
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import nibabel
import numpy as np
from nibabel.orientations import io_orientation
from numpy.typing import NDArray

from core.imaging import limits
from core.imaging.damage import sentences
from core.imaging.sniff import ACCEPTED
from core.imaging.stack import Contents, Plane, Raw

logging.getLogger("nibabel").setLevel(logging.CRITICAL + 1)  # its warnings quote a header's values

# Planes, by the canonical axis that their slices follow: x to the left... of whoever looks.
_AXES = {"axial": 2, "coronal": 1, "sagittal": 0}
_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R 601, as for everyday pictures
_SAMPLED = 12  # slices that the levels of a whole volume are estimated from
_LEVELS = 0.5, 99.8  # percentiles shown as black and white


def open_stack(parts: tuple[bytes, ...], name: str, kind: str) -> NiftiStack:
    """Open a volume.

    Raises
    ------
    ImageError
        If the header is unsound, or declares more than is safe to hold.
    """
    return NiftiStack(parts[0], name)


@dataclass(frozen=True)
class _Axis:
    """A canonical axis: the voxel axis that it is, and whether it runs backwards there."""

    voxel: int
    backwards: bool


class NiftiStack:
    """An open volume; slices are cut from it one at a time."""

    def __init__(self, data: bytes, name: str) -> None:
        self._name = name
        with sentences(name, "NIfTI"):
            whole = unpacked(data, name)
            self._volume: Any = _form(whole).from_bytes(whole)
            self._shape = _shape(self._volume, name, len(whole))
            self._axes = _canonical(self._volume.affine)
            zooms = [float(zoom) for zoom in self._volume.header.get_zooms()[:3]]
            self._mm = [*zooms, *[1.0] * (3 - len(zooms))]
            planes = self._planes()
            if not planes:
                small, large = sorted(self._shape[:3])[1:]
                limits.check_size(small, large, name, ACCEPTED)
                raise ValueError("no plane is large enough")
            self._window: tuple[float, float] | None = None
            first = planes[0]
            depth = self._shape[self._axes[_AXES[first.name]].voxel]
            self.contents = Contents(
                hashlib.sha256(data).hexdigest(), "nifti", planes, opens_at=first.first + depth // 2
            )

    def raw(self, frame: int) -> Raw:
        """Cut one slice; what is not a number shows as the darkest value.

        Raises
        ------
        ImageError
            If the voxels are damaged or complex.
        """
        with sentences(self._name, "NIfTI"):
            plane = self.contents.plane_of(frame)
            values = self._cut(plane.name, frame - plane.first)
            if self._window is None:
                self._window = self._levels()
            rows, columns = self._in_plane(plane.name)
            spacing = self._mm[rows.voxel], self._mm[columns.voxel]
            return Raw(values, None, self._window, False, spacing, meaningful=True)

    def _planes(self) -> tuple[Plane, ...]:
        planes: list[Plane] = []
        for name, axis in _AXES.items():
            rows, columns = self._in_plane(name)
            sides = [self._shape[a.voxel] * self._mm[a.voxel] for a in (rows, columns)]
            fine = min(self._mm[rows.voxel], self._mm[columns.voxel])
            if not (fine > 0 and min(sides) / fine >= limits.MIN_SIDE):
                continue
            first = planes[-1].first + planes[-1].count if planes else 0
            count = self._shape[self._axes[axis].voxel] * self._shape[3]
            planes.append(Plane(name, first, count, self._shape[3]))
        return tuple(planes)

    def _in_plane(self, name: str) -> tuple[_Axis, _Axis]:
        """Axes of a slice's rows and columns."""
        x, y, z = self._axes
        return {"axial": (y, x), "coronal": (z, x), "sagittal": (z, y)}[name]

    def _cut(self, name: str, n: int) -> NDArray[np.float64]:
        through = self._axes[_AXES[name]]
        depth = self._shape[through.voxel]
        volume, at = divmod(n, depth)
        where: list[Any] = [slice(None)] * 3
        where[through.voxel] = depth - 1 - at if through.backwards else at
        stored = self._volume.dataobj
        where += [volume, *[0] * (len(stored.shape) - 4)][: len(stored.shape) - 3]
        values = _grey(np.asanyarray(stored[tuple(where[: len(stored.shape)])]))
        values = values.reshape([n for i, n in enumerate(self._shape[:3]) if i != through.voxel])
        rows, columns = self._in_plane(name)
        if rows.voxel > columns.voxel:
            values = values.T
        # Canonical axes run to the right, the front and the top; a screen's run the other way.
        down, right = (1 if axis.backwards else -1 for axis in (rows, columns))
        values = values[::down, ::right]
        finite = np.isfinite(values)
        if not finite.any():
            return np.zeros(values.shape)
        return np.where(finite, values, values[finite].min())

    def _levels(self) -> tuple[float, float] | None:
        """Values shown as black and white in every slice, so that brightness means the same."""
        plane = self.contents.planes[0]
        steps = np.unique(np.linspace(0, plane.count - 1, min(_SAMPLED, plane.count)).astype(int))
        sample = np.concatenate([self._cut(plane.name, int(n))[::2, ::2].ravel() for n in steps])
        low, high = np.percentile(sample, _LEVELS)
        return (float(low), float(high)) if high > low else None


def unpacked(data: bytes, name: str) -> bytes:
    """Undo the compression of a volume, within the limit.

    Raises
    ------
    ImageError
        If it unpacks to more than is safe to hold.
    """
    if not data.startswith(b"\x1f\x8b"):
        return data
    unpacker = zlib.decompressobj(31)
    whole = unpacker.decompress(data, limits.MAX_UNPACKED)
    if unpacker.unconsumed_tail:
        raise limits.bomb(name)
    return whole


def voxels_at(whole: bytes) -> int:
    """Where the voxels of an uncompressed file begin, in bytes."""
    header = _form(whole).header_class.from_fileobj(BytesIO(whole))
    return int(header.get_data_offset())


def _form(whole: bytes) -> Any:
    return nibabel.Nifti2Image if whole[4:7] == b"n+2" else nibabel.Nifti1Image


def _shape(volume: Any, name: str, size: int) -> tuple[int, int, int, int]:
    """Sides of the volume, and how many there are."""
    sides = [int(n) for n in volume.shape]
    sides += [1] * (4 - len(sides))
    if min(sides) < 1 or len(sides) > 7 or math.prod(sides[4:]) != 1:
        raise ValueError("an empty or a vector-valued volume")
    if math.prod(sides) > size * 8:  # one bit a voxel at the least: the header promises too much
        raise ValueError("fewer voxels than the header says")
    if max(sides[:3]) > limits.MAX_SIDE:
        raise limits.too_large(name, ACCEPTED)
    if sum(sides[:3]) * sides[3] > 3 * limits.MAX_FRAMES:
        raise limits.too_many_frames(name, ACCEPTED)
    return sides[0], sides[1], sides[2], sides[3]


def _canonical(affine: NDArray[np.float64]) -> tuple[_Axis, _Axis, _Axis]:
    """Voxel axes that run to the right, the front and the top, as nearly as any do."""
    found = io_orientation(affine)  # type: ignore[no-untyped-call]
    if np.isnan(found).any():
        found = np.array([[0, 1], [1, 1], [2, 1]])
    order = [int(np.flatnonzero(found[:, 0] == axis)[0]) for axis in range(3)]
    x, y, z = (_Axis(voxel, bool(found[voxel, 1] < 0)) for voxel in order)
    return x, y, z


def _grey(values: NDArray[Any]) -> NDArray[np.float64]:
    if values.dtype.names:  # colour
        return np.asarray(
            sum(
                values[band].astype(np.float64) * share
                for band, share in zip(values.dtype.names[:3], _LUMA, strict=True)
            )
        )
    if values.dtype.kind not in "iufb":
        raise ValueError("complex values")
    return values.astype(np.float64)
