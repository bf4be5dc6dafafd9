"""Many slices and many files, read by a network: a tiny one, so that it is quick."""

import csv
import io
import json

import numpy as np
import pytest

from core.audit.stored import stored
from core.labels import CLASS_NAMES
from core.report import brief
from core.reports.batch import Line, batch_html
from core.reports.words import ReportLanguage
from pages._ui.scan.batch_rows import Row
from tests.core.imaging.files import archive, nifti, series
from tests.core.toys import write_toy

from .opening import opened, section
from .test_desk import SCANS, bring, pages_of, ramp, volume
from .words import healthy, text


@pytest.fixture
def desk(toy_weights, tmp_path, monkeypatch):
    """The page Classify with one network."""
    write_toy(tmp_path, "toy", toy_weights)
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    return opened("classify")


def test_a_volume_is_read_along_its_slices(desk):
    slices = volume()
    files = {f"{n}.dcm": data for n, data in enumerate(series(slices))}
    bring(desk, ("head.zip", archive(files)))
    assert desk.slider[0].label == "Slice 3 of 5"
    desk.button(key="read-slices").click().run()
    healthy(desk)
    (said,) = [m.value for m in desk.markdown if "most suspicious" in m.value]
    figure = json.loads(desk.get("plotly_chart")[0].proto.spec)
    curves = {trace["name"]: np.array(values_of(trace["y"])) for trace in figure["data"]}
    assert len(curves) == len(CLASS_NAMES)
    np.testing.assert_allclose(sum(curves.values()), np.ones(5), atol=1e-3)
    worst = int(curves["No tumour"].argmin()) + 1
    assert said.startswith(f"Slice {worst} is the most suspicious")
    if worst != 3:
        desk.button(key="most-suspicious").click().run()
        assert healthy(desk).slider[0].label == f"Slice {worst} of 5"
    assert desk.button(key="most-suspicious").disabled
    assert figure["data"][0]["customdata"][1] == {"frame": 1}  # where a click leads
    desk.session_state["_clicked-along"] = {"frame": 1 if worst == 1 else 0}
    assert healthy(desk.run()).slider[0].label == f"Slice {2 if worst == 1 else 1} of 5"


def test_two_volumes_are_two_curves(desk):
    one = volume().repeat(12, 0)
    bring(desk, ("two.nii", nifti(np.stack([one, one], -1).transpose(2, 1, 0, 3))))
    assert desk.slider[0].label == "Volume 1 of 2 · Slice 31 of 60"
    desk.slider[0].set_value(65).run()
    assert desk.slider[0].label == "Volume 2 of 2 · Slice 5 of 60"
    healthy(desk)
    desk.button(key="read-slices").click().run()
    figure = json.loads(healthy(desk).get("plotly_chart")[0].proto.spec)
    for trace in figure["data"]:
        assert len(trace["x"]) == 121 and trace["x"][60] is None and trace["y"][60] is None
        assert trace["text"][61] == "1 (volume 2)" and trace["customdata"][61] == {"frame": 60}


def test_a_slice_is_named_with_its_volume():
    def script():
        import numpy as np
        import streamlit as st

        from core.imaging import MRIImage
        from pages._ui.scan.looks import slice_words

        pixels = np.zeros((8, 8), np.float32)
        for plane, number, of, volumes in (("axial", 65, 120, 2), (None, 5, 60, 1)):
            image = MRIImage(
                pixels, "", "nifti", plane=plane, number=number, of=of, volumes=volumes
            )
            st.markdown(slice_words(image))

    said = [m.value for m in section(script).markdown]
    assert said == ["axial, volume 2 of 2, slice 5 of 60", "slice 5 of 60"]


def values_of(y):
    """Numbers of a figure, which Plotly may write as base64."""
    if isinstance(y, dict):
        import base64

        return np.frombuffer(base64.b64decode(y["bdata"]), y["dtype"])
    return y


def test_a_blank_slice_is_left_out_of_the_curve(desk):
    bring(desk, ("stack.tif", pages_of(ramp(1), ramp(1) * 0, ramp(3))))
    desk.button(key="read-slices").click().run()
    assert "Slices left out" in text(healthy(desk)) and "know: 1." in text(desk)


def test_many_files_have_a_row_each_and_go_home(desk):
    data = archive({"=1+1.jpg": SCANS[0], "b.jpg": SCANS[1], "c.png": b"\x89PNG\r\n\x1a\n"})
    bring(desk, ("a.zip", data), ("head.nii", nifti(volume().repeat(12, 0).transpose(2, 1, 0))))
    table = desk.dataframe[0].value
    pictures = table["Scan"].str.startswith("data:image")
    assert len(table) == 4 and list(pictures) == [note == "" for note in table["Note"]]
    assert list(table["Slice"])[-1] == "axial, slice 31 of 60"
    assert "damaged" in "".join(table["Note"])
    keys = {b.key for b in desk.get("download_button")}
    assert {"download-batch", "download-batch-json", "download-batch-html"} <= keys
    next(g for g in desk.get("button_group") if g.key == "batch-filter").set_value(["refused"])
    desk.run()
    assert list(healthy(desk).dataframe[0].value["Answer"]) == [""]


def test_a_file_that_was_in_training_says_so_in_the_table_and_in_what_goes_home(desk):
    (learned,) = [p for p in stored().pictures if p.file == "twins-Tr-gl_0493.jpg"]
    bring(desk, ("a.jpg", learned.path.read_bytes()), ("b.jpg", SCANS[0]))
    notes = list(desk.dataframe[0].value["Note"])
    assert [note.endswith("was in training") for note in notes] == [True, False]
    rows = [row.export for row in desk.session_state["_batch"].values()]
    assert [row["in_training"] for row in rows] == [True, False]
    assert [brief(row)["in_training"] for row in rows] == [True, False]


def test_the_rows_are_not_read_again_for_another_choice(desk, monkeypatch):
    bring(desk, ("a.jpg", SCANS[0]), ("b.jpg", SCANS[1]))
    made = []
    monkeypatch.setattr("pages._ui.scan.batch.make", lambda *a: made.append(a) or 1 / 0)
    desk.selectbox(key="shown").set_value("2").run()
    assert healthy(desk) and not made


def test_a_stopped_batch_goes_on(desk):
    bring(desk, ("a.jpg", SCANS[0]), ("b.jpg", SCANS[1]))
    memory = desk.session_state["_batch"]
    keys = list(memory)
    del memory[keys[1]]
    desk.session_state["_batch_stopped"] = keys
    desk.run()
    assert "Stopped: 1 of 2 are read" in text(healthy(desk)) and len(desk.dataframe[0].value) == 1
    desk.button(key="resume-batch").click().run()
    assert len(healthy(desk).dataframe[0].value) == 2


def test_the_page_of_many_files_takes_names_as_text():
    from datetime import datetime, timezone

    line = Line("", "<script>alert(1)</script>.png", "", "Glioma", "90 %", "")
    page = batch_html([line], ReportLanguage("en", str), datetime(2025, 1, 1, tzinfo=timezone.utc))
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert "not a medical device" in page


def test_a_table_for_excel_is_utf8_with_a_mark_and_runs_no_formula():
    from core.report import csv_bytes

    names = ("=cmd|' /C calc'!A0.png", "脑部.png", "+1.png", "-1.png", "@a.png")
    rows = [Row("glioma", "", n, "", "", "", "", {"file": n, "error": ""}).export for n in names]
    data = csv_bytes(rows)
    assert data.startswith(b"\xef\xbb\xbf")
    table = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row["file"] for row in table] == [
        "'=cmd|' /C calc'!A0.png", "脑部.png", "'+1.png", "'-1.png", "'@a.png",
    ]  # fmt: skip
