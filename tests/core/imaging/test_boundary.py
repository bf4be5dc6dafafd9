"""Files are read in a process of their own, which no file keeps from answering the next one."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys

import numpy as np
import pytest

from core.errors import ImageError
from core.imaging import limits, read_image
from core.imaging.boundary import Reader
from core.settings import PROJECT

from .files import dicom, nifti

VOLUME = np.random.default_rng(0).integers(0, 900, (40, 44, 36)).astype(np.int16)


@pytest.fixture(scope="module")
def reader():
    reader = Reader()
    yield reader
    reader.close()


def test_it_reads_what_this_process_reads(reader, encode, ramp):
    for name, data in (
        ("a.png", encode(ramp, "PNG")), ("a.nii", nifti(VOLUME)),
        ("a.dcm", dicom(VOLUME[0], WindowCenter=400, WindowWidth=100, PixelSpacing=[1, 1])),
    ):  # fmt: skip
        (scan,) = reader.open([(name, data)])
        here, there = read_image(data, name), reader.read(scan, scan.contents.opens_at)
        np.testing.assert_array_equal(here.pixels, there.pixels)
        for field in dataclasses.fields(here):
            if field.name != "pixels":
                assert getattr(here, field.name) == getattr(there, field.name), field.name


def test_any_slice_in_any_order(reader):
    first, second = reader.open([("a.nii", nifti(VOLUME)), ("b.nii", nifti(VOLUME[::-1]))])
    for scan, frame in ((first, 3), (first, 9), (second, 3), (first, 3)):
        image = reader.read(scan, frame)
        assert (image.frame, image.sha256) == (frame, scan.contents.sha256)


def test_a_blank_slice_is_a_sentence_and_the_next_is_read(reader):
    volume = VOLUME.copy()
    volume[:, :, 5] = 0
    (scan,) = reader.open([("a.nii", nifti(volume))])
    with pytest.raises(ImageError, match=r"Slice 6 of 36 of a\.nii"):
        reader.read(scan, 5)
    assert reader.read(scan, 6).number == 7


def test_a_bad_file_stops_no_other(reader, encode, ramp):
    found = reader.open([("a.png", b"words"), ("b.png", encode(ramp, "PNG"))])
    assert [s.contents is None for s in found] == [True, False]
    with pytest.raises(ImageError, match="not an image"):
        reader.read(found[0], 0)


def test_a_file_that_takes_too_long(encode, ramp):
    reader = Reader(seconds=0.0001)
    try:
        (scan,) = reader.open([("slow.png", encode(ramp, "PNG"))])
        assert "takes longer than 0 seconds" in str(scan.error)
    finally:
        reader.close()


def test_a_file_that_ends_its_reader(reader, encode, ramp):
    (scan,) = reader.open([("a.png", encode(ramp, "PNG"))])
    reader._process.kill()
    reader._process.wait()
    reader._decoded.clear()
    assert reader.read(scan, 0).shape == ramp.shape  # a new one takes its place
    reader._process.stdin.close()  # it goes in the middle of a question
    (failed,) = reader.open([("b.png", encode(ramp, "PNG"))])
    assert "ended its reader" in str(failed.error)
    assert reader.open([("b.png", encode(ramp, "PNG"))])[0].error is None


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on memory")
def test_memory_is_limited():
    code = (
        "from core.imaging import worker; worker._limit_memory()\n"
        "import numpy as np\n"
        "try:\n    np.ones(2**32, np.uint8)\n"
        "except MemoryError:\n    print('refused')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=300,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert limits.MAX_MEMORY < 2**32 and done.stdout.strip() == "refused", done.stderr


def test_nothing_that_a_library_says_of_a_file_comes_out(capfd, reader):
    reader.open([("a.dcm", dicom(VOLUME[0])[:-1000])])
    assert capfd.readouterr() == ("", "")
