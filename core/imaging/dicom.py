"""Read DICOM: single and multi-frame, compressed or not, and a series of files as one volume.

Only the elements of `_TAGS` are read from a file: names, identifiers, dates and free text never
become an object. Elements that are nested in functional groups are used as numbers only.
"""

from __future__ import annotations

import hashlib
import logging
import warnings
import zlib
from io import BytesIO
from typing import Any

import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian

from core.errors import ImageError
from core.imaging import limits
from core.imaging.damage import sentences
from core.imaging.dicom_pixels import decode, windows
from core.imaging.geometry import Place, place
from core.imaging.sniff import ACCEPTED
from core.imaging.stack import Contents, Plane, Raw

logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)  # its warnings quote a file's values
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE

_TAGS = [
    "SOPClassUID", "SeriesInstanceUID", "InstanceNumber",
    "Rows", "Columns", "NumberOfFrames", "SamplesPerPixel", "PhotometricInterpretation",
    "PlanarConfiguration", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation",
    "PixelSpacing", "PixelAspectRatio", "ImagePositionPatient", "ImageOrientationPatient",
    "RescaleSlope", "RescaleIntercept", "ModalityLUTSequence", "WindowCenter", "WindowWidth",
    "PixelPaddingValue", "PixelPaddingRangeLimit",
    "RedPaletteColorLookupTableDescriptor", "GreenPaletteColorLookupTableDescriptor",
    "BluePaletteColorLookupTableDescriptor", "RedPaletteColorLookupTableData",
    "GreenPaletteColorLookupTableData", "BluePaletteColorLookupTableData",
    "SegmentedRedPaletteColorLookupTableData", "SegmentedGreenPaletteColorLookupTableData",
    "SegmentedBluePaletteColorLookupTableData",
    "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence",
    "PixelData", "FloatPixelData", "DoubleFloatPixelData",
    "ExtendedOffsetTable", "ExtendedOffsetTableLengths",
]  # fmt: skip
_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_META = 128 + 4 + 12  # bytes up to the end of the element that gives the header's length


def open_stack(parts: tuple[bytes, ...], name: str, kind: str) -> DicomStack:
    """Open a DICOM file, or the files of one series in the order of their slices.

    Raises
    ------
    ImageError
        If a file is no DICOM file with pixels, or has too many of them.
    """
    return DicomStack(parts, name)


class DicomStack:
    """An open series: one file with one frame, one with many, or many files."""

    def __init__(self, parts: tuple[bytes, ...], name: str) -> None:
        self._name, self._parts = name, parts
        self._at = -1  # which part is parsed
        first = self._open(0)
        counts = [_frames(first)] if len(parts) == 1 else [1] * len(parts)
        if sum(counts) > limits.MAX_FRAMES:
            raise limits.too_many_frames(name, ACCEPTED)
        self._frames = sum(counts)
        plane = place(first, 0).plane
        self.contents = Contents(
            _digest(parts),
            "dicom",
            (Plane(plane, 0, self._frames),),
            opens_at=self._frames // 2,
            windows=windows(first, 0),
        )

    def raw(self, frame: int) -> Raw:
        """Decode one slice; values as the modality means them, padding replaced.

        Raises
        ------
        ImageError
            If it cannot be decoded faithfully.
        """
        several = len(self._parts) > 1
        with sentences(self._name, "DICOM"):
            dataset = self._open(frame if several else 0)
            return decode(dataset, 0 if several else frame, self._name)

    def _open(self, part: int) -> Dataset:
        if self._at != part:
            self._dataset, self._at = parse(self._parts[part], self._name), part
        return self._dataset


def parse(data: bytes, name: str) -> Dataset:
    """Read the elements of a file that are needed, and no others.

    Raises
    ------
    ImageError
        If the file cannot be parsed, has no picture or declares one that is too large.
    """
    with sentences(name, "DICOM"):
        _check_deflated(data, name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = pydicom.dcmread(BytesIO(data), force=True, specific_tags=list(_TAGS))
        if "Rows" not in dataset or not any(tag in dataset for tag in _PIXELS):
            raise ImageError(
                "{name} is a DICOM file without a picture (a report, a plan or a directory); "
                "files in one of these formats are accepted: {accepted}.",
                name=name,
                accepted=ACCEPTED,
            )
        limits.check_size(int(dataset.Columns), int(dataset.Rows), name, ACCEPTED)
        if "TransferSyntaxUID" not in dataset.file_meta:  # a bare data set, as old files are
            dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
            if not dataset.is_implicit_VR:
                little = dataset.is_little_endian
                uid = "1.2.840.10008.1.2.1" if little else "1.2.840.10008.1.2.2"
                dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID(uid)
        return dataset


def where(data: bytes, name: str) -> tuple[tuple[Any, ...], Place, int]:
    """Tell of which volume a file is part, and where it lies in it.

    Returns
    -------
    key : tuple
        The same for the files of one volume; not kept.
    place : Place
    frames : int
    """
    dataset = parse(data, name)
    with sentences(name, "DICOM"):
        spot = place(dataset, 0)
        series = str(dataset.get("SeriesInstanceUID", ""))
        shape = int(dataset.Rows), int(dataset.Columns), int(dataset.get("SamplesPerPixel", 1))
        return (series, shape, spot.direction), spot, _frames(dataset)


def _check_deflated(data: bytes, name: str) -> None:
    """Refuse a deflated data set that unpacks to more than is safe; pydicom has no limit."""
    if data[128:132] != b"DICM" or DeflatedExplicitVRLittleEndian.encode() not in data[:2048]:
        return
    start = _META + int.from_bytes(data[_META - 4 : _META], "little")
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    unpacker.decompress(data[start:], limits.MAX_UNPACKED)
    if unpacker.unconsumed_tail:
        raise limits.bomb(name)


def _digest(parts: tuple[bytes, ...]) -> str:
    digests = [hashlib.sha256(part).hexdigest() for part in parts]
    return digests[0] if len(parts) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def _frames(dataset: Dataset) -> int:
    return max(1, int(dataset.get("NumberOfFrames", 1) or 1))
