"""Of what the gate stops no class is shown, on any page, until somebody asks for it."""

import cv2
import pytest
import skimage.data

from core.answer import HEADINGS
from core.gate.stored import read_evaluation
from core.labels import CLASS_NAMES
from core.settings import Settings
from pages._ui.base.text import proportion
from pages._ui.model_cards import gate

from .opening import opened, section, sound
from .test_classify import upload
from .words import healthy, text

GREY_CAT = cv2.imencode(".png", cv2.cvtColor(skimage.data.chelsea(), cv2.COLOR_RGB2GRAY))[1]
SAID = ["Kind", "Stopped"]


@pytest.mark.parametrize("page", ["explain", "compare", "what-if"])
def test_the_headline_is_the_gates(page, specs):
    few = {"methods": "gradcam"} if page == "explain" else {}  # others take minutes to compile
    app = healthy(upload(opened(page, **few), ("cat.png", GREY_CAT.tobytes())))
    assert HEADINGS["outside"] in [heading.value for heading in app.subheader]
    words = text(app)
    assert "Grad-CAM of" not in words and "gives it" not in words
    assert "asked:" not in words and "otherwise than before" not in words
    app.toggle(key="answers-anyway").set_value(True).run()
    healthy(app)
    assert HEADINGS["outside"] in [heading.value for heading in app.subheader]
    assert "all the same" in text(app)


def test_an_answer_is_withheld_until_it_is_asked_for():
    def script():
        import numpy as np
        import streamlit as st

        from core.answer import Limits
        from core.gate import Glance
        from core.imaging import MRIImage
        from core.inference import Prediction
        from core.preprocess import prepare
        from pages._ui.base.uploads import Scan
        from pages._ui.scan import cards, reading

        pixels = np.linspace(0, 1, 4096, dtype=np.float32).reshape(64, 64)
        said = Prediction(
            model="toy",
            weights_sha256="0" * 64,
            image_sha256="1" * 64,
            logits=np.zeros(4, np.float32),
            probabilities=np.array([0.1, 0.7, 0.1, 0.1], np.float32),
            class_maps=np.zeros((8, 8, 4), np.float32),
            geometry=prepare(pixels, 32)[1],
            limits=Limits(),
            latency_ms=1.0,
            gate=Glance(False, -2.5, "unlike", -2.5, 0.4),
        )
        scan = Scan("toy", image=MRIImage(pixels, "1" * 64, "png"))
        goes_on = reading.answer(scan, "Toy", said, True)
        st.markdown(f"goes on: {goes_on}; {cards.said(said)}")

    app = section(script)
    assert app.subheader[0].value == HEADINGS["outside"]
    words = text(app)
    assert "it scores −2.5" in words and "goes on: False" in words and "Meningioma" not in words
    app.toggle(key="answers-anyway").set_value(True).run()
    words = text(sound(app))
    assert app.subheader[0].value == HEADINGS["outside"]  # the headline stays
    assert "goes on: True" in words and "Toy gives Meningioma 70.0" in words
    assert "all the same: Meningioma" in words


def test_without_a_gate_that_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))

    def script():
        from pages._ui.model_cards import gate

        gate.board()

    assert "No gate is stored" in text(section(script))


def test_the_table_is_the_stored_one():
    def script():
        from pages._ui.model_cards import gate

        gate.board()

    app, stored = section(script), read_evaluation(Settings().models_dir)
    assert proportion(stored.foreign.stopped.value) in text(app)
    assert proportion(stored.known.stopped.value) in text(app)
    assert proportion(stored.distinct.stopped.value) in text(app)
    assert sum(len(frame.value) for frame in app.dataframe) == len(stored.rows)
    assert {row.kind for row in stored.rows} <= {*gate.KINDS, *CLASS_NAMES}
    said = {kind: cell for frame in app.dataframe for kind, cell in frame.value[SAID].values}
    for row in stored.rows:
        assert said[gate.name(row.kind)].startswith(proportion(row.stopped.value))
    assert not any(mark in cell for cell in said.values() for mark in "<>")  # counts are exact
