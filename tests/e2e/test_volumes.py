"""A person brings a DICOM series, a NIfTI volume, a stack of pages, and an archive of pictures."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from core.gallery import samples
from core.imaging import read_image
from tests.core.conftest import toy_weights  # noqa: F401  (a fixture)
from tests.core.imaging.files import SECRET, archive, nifti, series
from tests.core.toys import write_toy

SCANS = [s.path.read_bytes() for s in list(samples().values())[:6]]


@pytest.fixture(scope="module")
def head():
    """Six slices of 128 x 128 from real scans."""
    pictures = [Image.fromarray((read_image(d, "a").pixels * 900).astype(np.int32)) for d in SCANS]
    return np.stack([np.asarray(p.resize((128, 128))) for p in pictures]).astype(np.int16)


@pytest.fixture
def app(fresh, tmp_path, request):
    """A server with one tiny network, which is quick."""
    write_toy(tmp_path / "models", "toy", request.getfixturevalue("toy_weights"))
    _process, where = fresh(GLASSBRAIN_MODELS_DIR=str(tmp_path / "models"))
    return where


def bring(page, tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    page.locator("input[type=file]").first.set_input_files(tmp_path / name)


def turn(page, words):
    page.get_by_text(words, exact=True).wait_for()


def test_a_series_a_volume_a_stack_and_an_archive(app, page, tmp_path, head):
    page.goto(f"{app}/classify")
    page.get_by_role("heading", name="Classify a scan").wait_for()
    files = {f"{SECRET}/{n}.dcm": data for n, data in enumerate(series(head))}
    bring(page, tmp_path, "series.zip", archive(files))
    turn(page, "Slice 4 of 6")
    page.get_by_text("axial, slice 4 of 6").wait_for()
    page.get_by_role("button", name="Read all 6 slices").click()
    said = page.get_by_text(re.compile(r"Slice \d is the most suspicious"))
    said.first.wait_for()
    worst = re.search(r"Slice (\d)", said.first.inner_text()).group(1)
    if worst != "4":
        page.get_by_role("button", name=f"Show slice {worst}").click()
        turn(page, f"Slice {worst} of 6")
    page.get_by_role("slider", name=re.compile("Slice")).first.press("Home")
    turn(page, "Slice 1 of 6")

    bring(page, tmp_path, "head.nii.gz", nifti(head.transpose(2, 1, 0).repeat(8, 2), zipped=True))
    page.get_by_text("2 files read").wait_for()
    turn(page, "Slice 25 of 48")
    page.get_by_role("radio", name="coronal").or_(
        page.get_by_role("button", name="coronal", exact=True)
    ).first.click()
    turn(page, "Slice 65 of 128")

    stack = io.BytesIO()
    first, *more = (Image.fromarray((s / 4).astype(np.uint8)) for s in head[:3])
    first.save(stack, "TIFF", save_all=True, append_images=more)
    bring(page, tmp_path, "stack.tif", stack.getvalue())
    turn(page, "Slice 1 of 3")

    pictures = {f"{n}.jpg": data for n, data in enumerate(SCANS[:2])}
    bring(page, tmp_path, "pictures.zip", archive(pictures | {"notes.txt": b"words"}))
    page.get_by_text("5 files read").wait_for()
    page.get_by_text("1 file of an archive is no scan").wait_for()
    page.get_by_role("button", name="Remove stack.tif").click()
    page.get_by_text("4 files read").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Table as CSV").click()
    table = download.value.path().read_bytes()
    assert table.startswith(b"\xef\xbb\xbf") and SECRET.encode() not in table
    assert SECRET not in page.content()
