"""DICOM files, and the pixels that come out, worked out by hand."""

from __future__ import annotations

import io

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from core.errors import ImageError
from core.imaging import limits, read_image

from .files import SECRET, dicom

RAMP = (np.arange(40 * 48).reshape(40, 48) * 2).astype(np.uint16)
EXACT = RAMP / RAMP.max()


def read(*args, frame=None, **elements):
    return read_image(dicom(*args, **elements), "scan.dcm", frame)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16])
def test_samples_are_stretched(dtype):
    values = np.full((40, 48), 10, dtype)
    values[0, 0], values[1, 1] = 110, 60
    image = read(values)
    assert (image.pixels[0, 0], image.pixels[1, 1], image.pixels[2, 2]) == (1.0, 0.5, 0.0)
    assert (image.source, image.values, image.frames) == ("dicom", (10.0, 110.0), 1)


@pytest.mark.parametrize("syntax", [RLELossless, JPEG2000Lossless, JPEGLSLossless])
def test_compressed_files_are_read_exactly(syntax):
    try:
        data = dicom(RAMP, syntax=syntax)
    except RuntimeError:  # no encoder for it is installed; the corpus has files of each
        pytest.skip("no encoder")
    np.testing.assert_allclose(read_image(data, "scan").pixels, EXACT, atol=1e-6)


def test_a_deflated_file():
    ds = pydicom.dcmread(io.BytesIO(dicom(RAMP)))
    ds.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    out = io.BytesIO()
    ds.save_as(out)
    np.testing.assert_allclose(read_image(out.getvalue(), "scan").pixels, EXACT, atol=1e-6)


def test_a_deflated_bomb_is_called_one(monkeypatch):
    monkeypatch.setattr(limits, "MAX_UNPACKED", 1000)
    ds = pydicom.dcmread(io.BytesIO(dicom(RAMP)))
    ds.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    out = io.BytesIO()
    ds.save_as(out)
    with pytest.raises(ImageError, match="decompression bomb"):
        read_image(out.getvalue(), "scan")


def test_without_a_preamble():
    data = dicom(RAMP)
    np.testing.assert_allclose(read_image(data, "a").pixels, EXACT, atol=1e-6)
    ds = pydicom.dcmread(io.BytesIO(data))
    bare = io.BytesIO()
    pydicom.dcmwrite(bare, Dataset({e.tag: e for e in ds}), implicit_vr=True, little_endian=True)
    np.testing.assert_allclose(read_image(bare.getvalue(), "a").pixels, EXACT, atol=1e-6)


def test_monochrome1_is_inverted():
    image = read(RAMP, PhotometricInterpretation="MONOCHROME1")
    np.testing.assert_allclose(image.pixels, 1 - EXACT, atol=1e-6)
    assert image.values == (RAMP.max(), 0.0)


def test_rescale_gives_the_modality_values():
    image = read(RAMP, RescaleSlope=2, RescaleIntercept=-1000)
    assert image.values == (-1000.0, 2.0 * RAMP.max() - 1000)


@pytest.mark.parametrize(("kind", "shade"), [("MONOCHROME2", 0.0), ("MONOCHROME1", 0.0)])
@pytest.mark.parametrize("padding", [-2000, 3000])
def test_padding_becomes_the_darkest_shade(kind, shade, padding):
    values = RAMP.astype(np.int16) // 2
    inside = values.copy()
    values[:10] = padding
    image = read(values, PixelPaddingValue=padding, PhotometricInterpretation=kind)
    seen = inside[10:]
    assert sorted(image.values) == [seen.min(), seen.max()]
    np.testing.assert_array_equal(image.pixels[:10], shade)


def test_a_window_changes_what_shows_and_not_what_is_read():
    image = read(RAMP, WindowCenter=[1000, 200], WindowWidth=[500, 100])
    assert image.window == (1000, 500)
    assert image.shown[0, 0] == 0 and image.shown[-1, -1] == 1
    np.testing.assert_allclose(image.pixels, EXACT, atol=1e-6)
    other = image.windowed(200, 100)
    assert other.window == pytest.approx((200, 100))
    at = np.unravel_index(np.abs(RAMP.astype(int) - 200).argmin(), RAMP.shape)
    assert other.shown[at] == pytest.approx(0.5, abs=0.02)
    np.testing.assert_array_equal(other.pixels, image.pixels)


def test_an_inverted_window():
    image = read(RAMP, PhotometricInterpretation="MONOCHROME1", WindowCenter=1000, WindowWidth=500)
    assert image.window == pytest.approx((1000, 500))
    assert image.shown[0, 0] == 1 and image.shown[-1, -1] == 0


def test_spacing_plane_and_square_pixels():
    image = read(
        RAMP, PixelSpacing=[2, 1], ImageOrientationPatient=[1, 0, 0, 0, 0, -1],
        ImagePositionPatient=[0, 0, 0],
    )  # fmt: skip
    assert (image.shape, image.spacing_mm, image.plane) == ((80, 48), (1.0, 1.0), "coronal")


def test_colour_becomes_luma():
    colour = np.zeros((40, 40, 3), np.uint8)
    colour[0, 0], colour[1, 1] = (255, 0, 0), (0, 255, 0)
    image = read(colour)
    assert image.pixels[0, 0] == pytest.approx(0.299, abs=0.004)
    assert image.pixels[1, 1] == pytest.approx(0.587, abs=0.004)


def test_frames_of_one_file_each_with_its_own_slope():
    frames = np.stack([RAMP, RAMP[::-1], RAMP[:, ::-1]])
    groups = []
    for n in range(3):
        inner, group = Dataset(), Dataset()
        inner.RescaleSlope, inner.RescaleIntercept, inner.RescaleType = n + 1, 0, SECRET
        group.PixelValueTransformationSequence = Sequence([inner])
        groups.append(group)
    data = dicom(frames, PerFrameFunctionalGroupsSequence=Sequence(groups))
    for n in range(3):
        image = read_image(data, "scan", n)
        np.testing.assert_allclose(image.pixels, frames[n] / RAMP.max(), atol=1e-6)
        assert image.values == (0.0, (n + 1.0) * RAMP.max())
        assert (image.number, image.of) == (n + 1, 3)
    assert read_image(data, "scan").frame == 1  # a volume opens in its middle


def test_a_report_has_no_picture():
    ds = pydicom.dcmread(io.BytesIO(dicom(RAMP)))
    del ds.PixelData
    out = io.BytesIO()
    ds.save_as(out)
    with pytest.raises(ImageError, match=r"report\.dcm is a DICOM file without a picture"):
        read_image(out.getvalue(), "report.dcm")


def test_too_large_by_its_header():
    ds = pydicom.dcmread(io.BytesIO(dicom(RAMP)))
    ds.Rows = 60_000
    out = io.BytesIO()
    ds.save_as(out)
    with pytest.raises(ImageError, match="too large to open safely"):
        read_image(out.getvalue(), "scan.dcm")


def test_truncated():
    data = dicom(RAMP)
    with pytest.raises(ImageError, match="a DICOM file that is damaged"):
        read_image(data[:-2000], "scan.dcm")
