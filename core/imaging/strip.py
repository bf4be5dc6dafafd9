"""Rewrite a file without what it says of a patient, before anything keeps its bytes."""

from __future__ import annotations

import gzip
from io import BytesIO

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence

from core.imaging import dicom, nifti, png
from core.imaging.damage import sentences
from core.imaging.geometry import GROUPS

_DROPPED = ("SeriesInstanceUID", "SOPClassUID")
_LUT = ("LUTDescriptor", "LUTData")
# Words of a NIfTI header, as (start, end) in bytes: of version 1 and of version 2.
_WORDS = {
    1: ((4, 32), (148, 252), (328, 344)),
    2: ((240, 344), (508, 524)),
}
_HEADER = {1: 348, 2: 540}  # bytes


def stripped(data: bytes, kind: str, name: str) -> bytes:
    """Return a file that shows the same and says nothing else.

    Parameters
    ----------
    data : bytes
    kind : str
        Of `core.imaging.sniff.FORMATS`; JPEG, TIFF, BMP and WebP are returned as they are.
    name : str
        For error sentences only.

    Raises
    ------
    ImageError
        If a DICOM or NIfTI file cannot be parsed.
    """
    if kind == "dicom":
        return _dicom(data, name)
    if kind == "nifti":
        return _nifti(data, name)
    return png.bare(data) if kind == "png" else data


def _dicom(data: bytes, name: str) -> bytes:
    dataset = dicom.parse(data, name)
    with sentences(name, "DICOM"):
        for tag in _DROPPED:
            if tag in dataset:
                del dataset[tag]
        for tag in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
            if tag in dataset:
                setattr(dataset, tag, Sequence(_numbers_only(item) for item in dataset[tag].value))
        if "ModalityLUTSequence" in dataset:
            luts = [_only(item, _LUT) for item in dataset.ModalityLUTSequence]
            dataset.ModalityLUTSequence = Sequence(luts)
        list(dataset)  # parses what is not parsed yet, which alone can be written anew
        syntax = dataset.file_meta.TransferSyntaxUID
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = syntax
        dataset.preamble = bytes(128)
        out = BytesIO()
        pydicom.dcmwrite(out, dataset, enforce_file_format=False)
        return out.getvalue()


def _numbers_only(item: Dataset) -> Dataset:
    kept = Dataset()
    for tag, group in GROUPS.items():
        inner = item.get(group)
        if inner and tag in inner[0]:
            holder = kept.get(group) or Sequence([Dataset()])
            setattr(kept, group, holder)
            kept[group].value[0].add(inner[0][tag])
    return kept


def _only(item: Dataset, tags: tuple[str, ...]) -> Dataset:
    kept = Dataset()
    for tag in tags:
        if tag in item:
            kept.add(item[tag])
    return kept


def _nifti(data: bytes, name: str) -> bytes:
    with sentences(name, "NIfTI"):
        header = bytearray(nifti.unpacked(data, name))
        version = 2 if header[4:7] == b"n+2" else 1
        for start, end in _WORDS[version]:
            header[start:end] = bytes(end - start)
        size = _HEADER[version]
        offset = min(nifti.voxels_at(bytes(header)), len(header))
        header[size:offset] = bytes(max(0, offset - size))  # extensions: words, or a whole DICOM
    return gzip.compress(bytes(header), 1, mtime=0) if data[:2] == b"\x1f\x8b" else bytes(header)
