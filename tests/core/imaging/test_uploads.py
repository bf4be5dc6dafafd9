"""What is dropped on the desk, sorted into scans; archives within their limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from pydicom.uid import generate_uid

from core.errors import ImageError
from core.imaging import archive, limits, open_stack, read_frame, read_image, sniff
from core.imaging.uploads import open_files

from .files import SECRET, dicom, nifti, series
from .files import archive as packed

SLICES = np.random.default_rng(0).integers(0, 900, (6, 40, 48)).astype(np.uint16)
SLICES[:, 0, 0], SLICES[:, 0, 1] = 0, 1000  # so that each slice is scaled alike


def shuffled(files):
    return [files[i] for i in (3, 0, 5, 1, 4, 2)]


def zipped(files):
    return packed({f"{SECRET}/{n}.dcm": data for n, data in enumerate(files)})


def assert_in_order(scan):
    stack = open_stack(scan.parts, scan.name)
    slices = [read_frame(stack, scan.name, n).pixels for n in range(stack.contents.frames)]
    np.testing.assert_allclose(slices, SLICES / 1000, atol=1e-6)


def test_a_series_of_loose_files_is_one_scan_sorted_by_position():
    (scan,) = open_files([(f"IM{n}", d) for n, d in enumerate(shuffled(series(SLICES)))])
    assert scan.name == "IM0" and scan.contents.frames == 6
    assert scan.contents.planes[0].name == "axial"
    assert_in_order(scan)


def test_a_series_in_an_archive_bears_the_archives_name():
    (scan,) = open_files([("head.zip", zipped(shuffled(series(SLICES))))])
    assert scan.name == "head.zip"
    assert_in_order(scan)


def test_without_positions_the_files_own_numbers_count():
    files = [dicom(s, InstanceNumber=n) for n, s in enumerate(SLICES)]
    (scan,) = open_files([("head.zip", zipped(shuffled(files)))])
    assert_in_order(scan)


def test_a_localizer_and_another_series_are_scans_of_their_own():
    across = [
        dicom(SLICES[n], ImageOrientationPatient=[0, 1, 0, 0, 0, -1],
              ImagePositionPatient=[5 * n, 0, 0])
        for n in range(2)
    ]  # fmt: skip
    other = series(SLICES[:3], SeriesInstanceUID=generate_uid())
    found = open_files([("all.zip", zipped([*series(SLICES), *across, *other]))])
    assert [(s.name, s.contents.frames) for s in found] == [
        ("all.zip · 1", 6), ("all.zip · 2", 2), ("all.zip · 3", 3),
    ]  # fmt: skip


def test_an_archive_of_mixed_files(encode, ramp):
    picture = encode(ramp, "PNG")
    data = packed(
        {
            "scans/a.png": picture,
            "scans/broken.png": picture[:60],
            "scans/notes.txt": b"words",
            "more.zip": packed({"a.png": picture}),
            "__MACOSX/._a.png": b"x",
            ".hidden": b"x",
            "head.nii.gz": nifti(SLICES.repeat(8, 0).astype(np.int16), zipped=True),
            f"{SECRET}.dcm": dicom(SLICES[0]),
        }
    )
    found = {s.name: s for s in open_files([("all.zip", data)])}
    assert set(found) == {
        "all.zip · 1", "all.zip · head.nii.gz", "all.zip · a.png", "all.zip · broken.png",
    }  # fmt: skip
    assert "damaged" in str(found["all.zip · broken.png"].error)
    assert sum(s.left_out for s in found.values()) == 2  # the words, the inner archive


def test_one_bad_file_stops_no_other(encode, ramp):
    bad = ("c.zip", b"PK\3\4")
    found = open_files([("a.png", b"words"), ("b.png", encode(ramp, "PNG")), bad])
    named = {s.name: s.error for s in found}
    assert named["b.png"] is None
    assert "not an image" in str(named["a.png"]) and "damaged" in str(named["c.zip"])


def test_a_file_opens_where_it_shows_something(encode, ramp):
    data = encode(ramp * 0, "TIFF", save_all=True, append_images=[Image.fromarray(ramp)])
    (scan,) = open_files([("a.tif", data)])
    assert (scan.contents.opens_at, scan.contents.frames) == (1, 2)


def refusal(data):
    with pytest.raises(ImageError) as caught:
        archive.members(data, "a.zip")
    (scan,) = open_files([("a.zip", data)])
    assert str(scan.error) == str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("path", ["../a.png", "/etc/a.png", "x/../../a.png", "C:\\a.png", "..\\a"])
def test_paths_that_lead_outside(path):
    assert "paths that lead outside it" in refusal(packed({path: b"x"}))


def test_too_many_files():
    assert "more than 2000 files" in refusal(packed({f"{n}": b"" for n in range(2001)}))


def test_a_bomb_by_its_ratio():
    assert "decompression bomb" in refusal(packed({"a.png": bytes(2**24)}))


def test_a_bomb_by_what_it_says(monkeypatch):
    monkeypatch.setattr(limits, "MAX_UNPACKED", 1000)
    assert "decompression bomb" in refusal(packed({"a": b"x" * 600, "b": b"y" * 600}))


def test_a_bomb_that_lies_about_its_size(monkeypatch):
    data = bytearray(packed({"a.png": bytes(900_000)}))
    for at in (data.index(b"PK\3\4") + 22, data.index(b"PK\1\2") + 24):
        data[at : at + 4] = (100).to_bytes(4, "little")
    monkeypatch.setattr(limits, "MAX_UNPACKED", 1000)
    (scan,) = open_files([("a.zip", bytes(data))])
    assert scan.error is not None


def test_an_encrypted_archive():
    data = bytearray(packed({"a.png": b"x"}))
    for at in (data.index(b"PK\3\4") + 6, data.index(b"PK\1\2") + 8):
        data[at] |= 1
    assert "is encrypted" in refusal(bytes(data))


def test_an_archive_without_scans():
    (scan,) = open_files([("a.zip", packed({"notes.txt": b"words"}))])
    assert "holds no scan" in str(scan.error)


def test_an_archive_is_no_scan():
    with pytest.raises(ImageError, match="is an archive of files"):
        read_image(packed({"a": b"x"}), "a.zip")


def test_an_archive_that_is_too_large(monkeypatch):
    monkeypatch.setattr(sniff, "FORMATS", tuple(replace(f, max_bytes=20) for f in sniff.FORMATS))
    (scan,) = open_files([("a.zip", packed({"a": bytes(10)}))])
    assert "is larger than" in str(scan.error)
