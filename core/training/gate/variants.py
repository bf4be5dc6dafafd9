"""Test scans changed as people, screens and files change them: all are to be let pass."""

from __future__ import annotations

import io
from collections.abc import Callable

import cv2
import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

from core.imaging import MRIImage, read_image
from core.preprocess import FloatImage

Variant = Callable[[np.random.Generator, FloatImage], "FloatImage | MRIImage"]


def brightened(rng: np.random.Generator, scan: FloatImage) -> FloatImage:
    """Lift it by a tenth and make it up to half as bright again; what is over white is lost."""
    return np.asarray(np.clip(0.1 + scan * rng.uniform(1.1, 1.5), 0, 1), np.float32)


def dimmed(rng: np.random.Generator, scan: FloatImage) -> FloatImage:
    """Keep three to seven tenths of its brightness, in 8 bits."""
    return np.asarray(np.rint(255 * scan * rng.uniform(0.3, 0.7)) / 255, np.float32)


def gamma(rng: np.random.Generator, scan: FloatImage) -> FloatImage:
    """Give it another curve of tones, exponent 0.7 to 1.4."""
    return np.asarray(scan ** rng.uniform(0.7, 1.4), np.float32)


def mirrored(rng: np.random.Generator, scan: FloatImage) -> FloatImage:
    """Swap left and right."""
    return np.ascontiguousarray(scan[:, ::-1])


def enlarged(rng: np.random.Generator, scan: FloatImage) -> FloatImage:
    """Enlarge it to 512 pixels and save it as a JPEG of low quality."""
    large = cv2.resize(scan, (512, 512), interpolation=cv2.INTER_CUBIC)
    grey = np.rint(np.clip(255 * large, 0, 255)).astype(np.uint8)
    _, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 40])
    coarse = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
    return np.asarray(coarse / 255, np.float32)


def dicom(rng: np.random.Generator, scan: FloatImage) -> MRIImage:
    """Write it as a DICOM file of 12 bits with a window of its own, and read that."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = MRImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[str(scan.mean())])
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    file = FileDataset("", Dataset(), file_meta=meta, preamble=bytes(128))
    file.SOPClassUID, file.SOPInstanceUID = MRImageStorage, meta.MediaStorageSOPInstanceUID
    file.Modality, file.PhotometricInterpretation, file.SamplesPerPixel = "MR", "MONOCHROME2", 1
    file.Rows, file.Columns = scan.shape
    file.BitsAllocated, file.BitsStored, file.HighBit, file.PixelRepresentation = 16, 12, 11, 0
    file.WindowCenter, file.WindowWidth = 600, 1200
    file.PixelData = np.rint(scan * rng.uniform(800, 4000)).astype("<u2").tobytes()
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, file)
    return read_image(buffer.getvalue(), "scan.dcm")


VARIANTS: dict[str, Variant] = {
    change.__name__: change for change in (brightened, dimmed, gamma, mirrored, enlarged, dicom)
}
