"""No word of a file about a patient comes through: not in what is read, kept or logged."""

from __future__ import annotations

import gzip
import logging
import pickle
import zipfile
from io import BytesIO

import numpy as np
import pydicom
import pytest
from PIL import Image, PngImagePlugin
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from core.imaging import open_stack, read_frame
from core.imaging.uploads import open_files

from .files import SECRET, archive, dicom, nifti, series

SLICES = np.random.default_rng(0).integers(0, 900, (6, 40, 48)).astype(np.int16)


def enhanced() -> bytes:
    """A multi-frame file with words in its functional groups."""
    inner, group, anatomy = Dataset(), Dataset(), Dataset()
    inner.RescaleSlope, inner.RescaleIntercept, inner.RescaleType = 1, 0, SECRET
    anatomy.CodeMeaning = SECRET
    group.PixelValueTransformationSequence = Sequence([inner])
    group.FrameAnatomySequence = Sequence([anatomy])
    return dicom(SLICES, SharedFunctionalGroupsSequence=Sequence([group]))


def table() -> bytes:
    """A file with words in its modality table."""
    lut = Dataset()
    lut.LUTDescriptor, lut.ModalityLUTType, lut.LUTExplanation = [900, 0, 16], "US", SECRET
    lut.LUTData = np.arange(900, dtype=np.uint16).tobytes()
    return dicom(SLICES[0].astype(np.uint16), ModalityLUTSequence=Sequence([lut]))


def png(encode) -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Patient", SECRET)
    words.add_itxt("Comment", SECRET, zip=False)
    return encode(Image.fromarray(SLICES[0].astype(np.uint8)), "PNG", pnginfo=words)


@pytest.fixture(
    params=["dicom", "series", "enhanced", "table", "nifti", "nifti.gz", "png"], scope="module"
)
def upload(request, encode):
    """Files of one upload that name a patient all over."""
    make = {
        "dicom": lambda: dicom(SLICES[0]),
        "series": lambda: archive({f"{SECRET}/{n}": d for n, d in enumerate(series(SLICES))}),
        "enhanced": enhanced,
        "table": table,
        "nifti": lambda: nifti(SLICES.repeat(8, 0)),
        "nifti.gz": lambda: nifti(SLICES.repeat(8, 0), zipped=True),
        "png": lambda: png(encode),
    }
    return request.param, make[request.param]()


def plain(data: bytes) -> bytes:
    """All bytes of a file, uncompressed."""
    if data[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(data)) as packed:
            return b"".join(map(packed.read, packed.namelist()))
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def test_the_files_do_name_a_patient(upload):
    assert SECRET.encode() in plain(upload[1])


def test_nothing_of_it_is_read_kept_or_logged(upload, caplog):
    with caplog.at_level(logging.DEBUG):
        (scan,) = open_files([("scan", upload[1])])
        assert scan.error is None
        stack = open_stack(scan.parts, scan.name)
        images = [read_frame(stack, scan.name, n) for n in (0, scan.contents.frames - 1)]
    kept = b"".join(map(plain, scan.parts))
    kept += pickle.dumps((scan.contents, images)) + repr((scan, images)).encode()
    for word in (SECRET[:8], "19481103"):
        assert word.encode() not in kept
        assert word not in caplog.text


def test_what_is_kept_shows_the_same(upload):
    kind, data = upload
    (scan,) = open_files([("scan", data)])
    whole = tuple(series(SLICES)) if kind == "series" else data
    before, after = (open_stack(d, "scan") for d in (whole, scan.parts))
    for n in range(before.contents.frames):
        one, other = (read_frame(s, "scan", n) for s in (before, after))
        np.testing.assert_array_equal(one.pixels, other.pixels)
        assert (one.spacing_mm, one.values, one.levels, one.plane) == (
            other.spacing_mm, other.values, other.levels, other.plane,
        )  # fmt: skip


def test_no_element_of_words_dates_or_identifiers_is_left():
    (scan,) = open_files([("scan", dicom(SLICES[0]))])
    dataset = pydicom.dcmread(BytesIO(scan.parts[0]), force=True)
    words = ("UI", "PN", "LO", "SH", "LT", "ST", "UT", "DA", "DT", "TM", "AE", "UC", "UN")
    assert [e.keyword for e in dataset if e.VR in words] == []
    assert {e.keyword for e in dataset.file_meta} <= {
        "FileMetaInformationGroupLength", "TransferSyntaxUID",
    }  # fmt: skip
