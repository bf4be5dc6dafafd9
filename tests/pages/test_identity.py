"""What is taken home names no patient: not the PDF, nor HTML, JSON, CSV, or pictures."""

import base64
import io
import json
import re

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from pypdf import PdfReader

from core.cli import app as cli
from tests.core.imaging.files import SECRET, archive, dicom, nifti, series
from tests.core.toys import write_toy

from .opening import opened
from .test_desk import bring, volume
from .words import healthy

OWNER = "Jane-Roe-1948"  # the name of every file that is brought
BORN = "19481103"


def files():
    slices = volume()
    packed = archive({f"{SECRET}/{n}": d for n, d in enumerate(series(slices))})
    head = slices.transpose(2, 1, 0).repeat(12, 2)
    return {
        "dcm": dicom(slices[0]),
        "zip": packed,
        "nii": nifti(head),
        "nii.gz": nifti(head, zipped=True),
    }


@pytest.fixture
def taken(monkeypatch):
    """Whatever a page offers to be taken home, by the name of its file."""
    offered, offer = {}, st.download_button

    def noted(label, data, file_name, *rest, **options):
        offered[file_name] = data
        return offer(label, data, file_name, *rest, **options)

    monkeypatch.setattr(st, "download_button", noted)
    return offered


@pytest.fixture
def models(toy_weights, tmp_path, monkeypatch):
    write_toy(tmp_path, "toy", toy_weights)
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))


def words(name, data) -> str:
    """All that a file says, in its text, its header and the pictures within it."""
    data = data() if callable(data) else data
    data = data.encode() if isinstance(data, str) else data
    plain = data.decode("latin-1") + data.decode("utf-8", "replace")
    if name.endswith(".pdf"):
        pdf = PdfReader(io.BytesIO(data))
        plain += str(pdf.metadata) + "".join(page.extract_text() for page in pdf.pages)
    for picture in re.findall(r"data:image/\w+;base64,([\w+/=]+)", plain):
        plain += base64.b64decode(picture).decode("latin-1")
    if name.endswith(".png"):
        plain += str(Image.open(io.BytesIO(data)).info)
    return name + plain


@pytest.mark.parametrize("kind", files())
def test_no_reading_or_comparison_names_a_patient_or_a_file(models, taken, kind):
    desk = opened("classify")
    bring(desk, (f"{OWNER}.{kind}", files()[kind]))
    healthy(desk.switch_page("pages/compare.py").run())
    assert {name.rpartition(".")[2] for name in taken} == {"pdf", "png", "json", "csv", "html"}
    for name, data in taken.items():
        said = words(name, data)
        for word in (SECRET[:8], BORN, OWNER):
            assert word not in said, f"{word} in {name}"


def test_the_table_of_many_files_has_their_names_and_nothing_else_of_them(models, taken):
    desk = opened("classify")
    bring(desk, *((f"{OWNER}.{kind}", data) for kind, data in files().items()))
    batch = {name: words(name, data) for name, data in taken.items() if "batch" in name}
    assert {name.rpartition(".")[2] for name in batch} == {"csv", "json", "html"}
    for name, said in batch.items():
        assert OWNER in said, name  # as the person called them: rows are told apart by it
        assert SECRET[:8] not in said and BORN not in said, name


def test_the_command_says_nothing_of_a_patient(models, tmp_path):
    from typer.testing import CliRunner

    paths = []
    for kind, data in files().items():
        paths.append(tmp_path / f"scan.{kind}")
        paths[-1].write_bytes(data)
    (tmp_path / "cut.dcm").write_bytes(files()["dcm"][:-900])
    found = CliRunner().invoke(cli, ["predict", *map(str, paths), str(tmp_path / "cut.dcm")])
    rows = json.loads(found.stdout)
    assert [bool(row.get("error")) for row in rows] == [False] * 4 + [True]
    out = tmp_path / "over.png"
    CliRunner().invoke(cli, ["explain", str(paths[0]), "--model", "toy", "--out", str(out)])
    np.asarray(Image.open(out))
    for said in (found.output, words(out.name, out.read_bytes())):
        assert SECRET[:8] not in said and BORN not in said
