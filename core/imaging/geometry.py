"""Where a DICOM frame lies in the patient: plane, position and spacing, as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

# Elements that an enhanced multi-frame file keeps in a functional group, and in which one.
GROUPS = {
    "PixelSpacing": "PixelMeasuresSequence",
    "ImagePositionPatient": "PlanePositionSequence",
    "ImageOrientationPatient": "PlaneOrientationSequence",
    "RescaleSlope": "PixelValueTransformationSequence",
    "RescaleIntercept": "PixelValueTransformationSequence",
    "WindowCenter": "FrameVOILUTSequence",
    "WindowWidth": "FrameVOILUTSequence",
}
_PLANES = ("sagittal", "coronal", "axial")  # by the axis that a plane's normal follows
_LENGTH = {"ImagePositionPatient": 3, "ImageOrientationPatient": 6, "PixelSpacing": 2}


@dataclass(frozen=True)
class Place:
    """Where a frame lies.

    Attributes
    ----------
    plane : str
        ``"axial"``, ``"coronal"``, ``"sagittal"``, or nothing where that is not known.
    direction : tuple of float
        Orientation, rounded; the same for the slices of one volume.
    along : float, optional
        Position along the normal in mm.
    instance : int
        The file's own number in its series.
    """

    plane: str
    direction: tuple[float, ...]
    along: float | None
    instance: int


def numbers(dataset: Dataset, tag: str, frame: int) -> tuple[float, ...]:
    """Values of an element for a frame, wherever the file keeps it; empty if it has none."""
    found = _look_up(dataset, tag, frame)
    if found is None or isinstance(found, str):
        return ()
    many = found if hasattr(found, "__iter__") else [found]
    values = tuple(float(value) for value in many if value is not None and str(value) != "")
    fits = np.isfinite(values).all() and len(values) == _LENGTH.get(tag, len(values))
    return values if fits else ()


def place(dataset: Dataset, frame: int) -> Place:
    """Find where a frame lies."""
    direction = numbers(dataset, "ImageOrientationPatient", frame)
    position = numbers(dataset, "ImagePositionPatient", frame)
    instance = dataset.get("InstanceNumber")
    normal = np.cross(direction[:3], direction[3:]) if direction else None
    return Place(
        plane=_PLANES[int(np.abs(normal).argmax())] if normal is not None and normal.any() else "",
        direction=tuple(round(value, 2) for value in direction),
        along=float(np.dot(normal, position)) if normal is not None and position else None,
        instance=int(instance) if instance is not None and str(instance) != "" else 0,
    )


def spacing_of(dataset: Dataset, frame: int) -> tuple[float, float] | None:
    """Row and column spacing in mm."""
    spacing = numbers(dataset, "PixelSpacing", frame)
    return (spacing[0], spacing[1]) if spacing and min(spacing) > 0 else None


def _look_up(dataset: Dataset, tag: str, frame: int) -> Any:
    if tag in dataset:
        return dataset[tag].value
    group = GROUPS.get(tag, "")
    per_frame = dataset.get("PerFrameFunctionalGroupsSequence") or []
    shared = dataset.get("SharedFunctionalGroupsSequence") or []
    for holder in (*per_frame[frame : frame + 1], *shared[:1]):
        inner = holder.get(group)
        if inner and tag in inner[0]:
            return inner[0][tag].value
    return None
