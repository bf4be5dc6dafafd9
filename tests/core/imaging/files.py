"""Clinical files, written by their own libraries; every word in them names a patient."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import nibabel
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import MRImageStorage, generate_uid

SECRET = "Zwyxmark"  # whatever identifies a person in these files contains this
SERIES = generate_uid()
_WORDS = (
    "PatientName", "PatientID", "OtherPatientIDs", "PatientComments", "PatientAddress",
    "InstitutionName", "ReferringPhysicianName", "OperatorsName", "StudyDescription",
    "SeriesDescription", "ImageComments", "AccessionNumber", "StationName", "ProtocolName",
)  # fmt: skip


def dicom(
    pixels: NDArray[Any], *, syntax: str = pydicom.uid.ExplicitVRLittleEndian, **elements: Any
) -> bytes:
    """A DICOM file, (H, W), (N, H, W) or (H, W, 3), full of a patient's data."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = MRImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    meta.SourceApplicationEntityTitle = SECRET
    ds = FileDataset("", Dataset(), file_meta=meta, preamble=bytes(128))
    ds.SOPClassUID, ds.SOPInstanceUID = MRImageStorage, meta.MediaStorageSOPInstanceUID
    ds.SeriesInstanceUID, ds.Modality = SERIES, "MR"
    for tag in _WORDS:
        setattr(ds, tag, SECRET)
    ds.PatientBirthDate = "19481103"
    ds.WindowCenterWidthExplanation = SECRET
    private = ds.private_block(0x0029, SECRET, create=True)
    private.add_new(0x01, "LT", f"{SECRET} in a private element")
    colour = pixels.ndim == 3 and pixels.shape[-1] == 3
    frames = pixels.shape[0] if pixels.ndim == 3 and not colour else 1
    ds.Rows, ds.Columns = pixels.shape[-3:-1] if colour else pixels.shape[-2:]
    if frames > 1:
        ds.NumberOfFrames = frames
    ds.SamplesPerPixel = 3 if colour else 1
    ds.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        ds.PlanarConfiguration = 0
    ds.BitsAllocated = ds.BitsStored = 8 * pixels.dtype.itemsize
    ds.HighBit = ds.BitsStored - 1
    ds.PixelRepresentation = int(pixels.dtype.kind == "i")
    for tag, value in elements.items():
        setattr(ds, tag, value)
    ds.PixelData = np.ascontiguousarray(pixels).tobytes()
    if syntax != meta.TransferSyntaxUID:
        ds.compress(syntax)
    out = io.BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()


def series(slices: NDArray[Any], **elements: Any) -> list[bytes]:
    """One file a slice of (N, H, W), 5 mm apart, in the order of their positions."""
    return [
        dicom(
            pixels,
            InstanceNumber=len(slices) - n,  # runs the other way, as some scanners number
            ImagePositionPatient=[-100, -100, 5.0 * n],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
            PixelSpacing=[0.5, 0.5],
            SliceThickness=5,
            **elements,
        )
        for n, pixels in enumerate(slices)
    ]


def nifti(
    volume: NDArray[Any], affine: NDArray[Any] | None = None, *, zipped: bool = False
) -> bytes:
    """A NIfTI volume whose header's words, and an extension, name a patient."""
    image = nibabel.Nifti1Image(volume, np.eye(4) if affine is None else affine)
    for word in ("descrip", "db_name", "aux_file", "intent_name"):
        image.header[word] = SECRET[:16].encode()
    image.header.extensions.append(nibabel.nifti1.Nifti1Extension("comment", SECRET.encode()))
    data: bytes = image.to_bytes()
    if not zipped:
        return data
    import gzip

    return gzip.compress(data)


def archive(files: dict[str, bytes], **options: Any) -> bytes:
    """A ZIP of files by path."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as packed:
        for path, data in files.items():
            packed.writestr(path, data)
    return out.getvalue()
