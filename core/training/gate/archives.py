"""Real pictures that are no brain MRI, out of a folder of unpacked archives.

The pictures themselves are not shipped. ``pip download --no-binary :all: --no-deps NAME`` of
Pillow, scikit-image, scikit-learn and matplotlib, and the wheel of pydicom-data, unpacked side by
side, is the folder that the stored figures were made with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.errors import InvalidDicomError

from core.errors import ImageError
from core.imaging import MRIImage, open_stack, read_frame

_ENDINGS = frozenset([".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".dcm"])
_SAME = 0.99  # correlation of thumbnails over which two files show the same
_FRAMES = 6  # of one file, at most
_LARGEST = {".dcm": 4 * 2**20}  # bytes of a file; of any other kind a quarter
_CHARTS, _EVERY = "baseline_images", 20  # matplotlib's tests have 1,200 charts: one in so many
_PART = 256  # px of the shorter side from which a photograph is also cut into four


@dataclass(frozen=True)
class Found:
    """One picture.

    Attributes
    ----------
    name : str
        Of its file.
    kind : str
        ``photographs``, ``graphics``, ``other body parts`` or ``head, not MRI``.
    image : MRIImage
    """

    name: str
    kind: str
    image: MRIImage


def find(folder: Path) -> list[Found]:
    """Read every distinct picture under a folder that the app itself would read."""
    found: list[Found] = []
    charts = 0
    thumbnails: list[NDArray[np.float32]] = []
    for file in sorted(folder.rglob("*")):
        if file.suffix.lower() not in _ENDINGS or not file.is_file():
            continue
        charts += _CHARTS in file.parts
        if file.stat().st_size > _LARGEST.get(file.suffix, 2**20) or (
            _CHARTS in file.parts and charts % _EVERY
        ):
            continue
        for image in _read(file):
            small = _thumbnail(image)
            if thumbnails and float(np.max(np.stack(thumbnails) @ small)) > _SAME:
                continue
            kind = _kind(file, image)
            if kind:
                thumbnails.append(small)
                found.append(Found(file.name, kind, image))
    return found


def _read(file: Path) -> Iterator[MRIImage]:
    try:
        stack = open_stack(file.read_bytes(), file.name)
    except ImageError:
        return
    frames = stack.contents.frames
    for frame in sorted({int(i) for i in np.linspace(0, frames - 1, min(frames, _FRAMES))}):
        try:
            yield read_frame(stack, file.name, frame)
        except ImageError:
            continue


def _kind(file: Path, image: MRIImage) -> str | None:
    """Sort a picture; None for an MRI of a head, which is not to be stopped."""
    if image.source == "dicom":
        return _of_dicom(file)
    if is_photograph(image):
        return "photographs"
    return "graphics"


def _of_dicom(file: Path) -> str | None:
    try:
        head = pydicom.dcmread(file, stop_before_pixels=True)
    except (InvalidDicomError, OSError):
        return "other body parts"
    brain = str(head.get("BodyPartExamined", "")).upper() in ("HEAD", "BRAIN")
    if not brain:
        return "other body parts"
    return None if head.get("Modality") == "MR" else "head, not MRI"


def is_photograph(image: MRIImage) -> bool:
    """Whether a picture has the many shades and the little evenness of a photograph."""
    if min(image.shape) < 100:
        return False
    small = cv2.resize(image.pixels, (128, 128), interpolation=cv2.INTER_AREA) * 255
    share = np.bincount(small.astype(np.uint8).ravel(), minlength=256) / small.size
    even = float((np.abs(np.diff(small, axis=1)) < 0.6).mean())
    return bool(share.max() < 0.25 and even < 0.5 and (share > 0).sum() > 100)


def parts_of(image: MRIImage) -> Iterator[NDArray[np.float32]]:
    """Cut a large photograph into its four quarters, as further pictures."""
    height, width = image.shape
    if min(height, width) >= _PART:
        for rows in (slice(0, height // 2), slice(height // 2, height)):
            for columns in (slice(0, width // 2), slice(width // 2, width)):
                yield image.pixels[rows, columns]


def _thumbnail(image: MRIImage) -> NDArray[np.float32]:
    small = cv2.resize(image.pixels, (16, 16), interpolation=cv2.INTER_AREA)
    small = small - small.mean()
    return np.asarray(small / max(float(np.linalg.norm(small)), 1e-9), np.float32).ravel()
