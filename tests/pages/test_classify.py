import csv
import io
import json

import numpy as np
import pytest
import skimage.data
from PIL import Image

from core.answer import HEADINGS
from core.errors import DataError
from core.evaluate.saliency.findings import favoured
from core.evaluate.saliency.read import read_saliency
from core.explain import METHODS
from core.gallery import samples
from core.imaging import read_image
from core.imaging.boundary import Reader
from core.labels import CLASS_NAMES
from core.report import record, to_csv
from pages._ui.base.text import class_title, percent, plain
from pages._ui.scan import reading

from .opening import section
from .words import healthy, text

OUTLINED = next(s for s in samples().values() if s.lesion is not None)
BARE = next(s for s in samples().values() if s.lesion is None)
BROKEN = ("notes.png", b"these are words, not a picture")


def first_method(spec):
    """The method that the stored measures of a network favour, else Grad-CAM."""
    try:
        return favoured(read_saliency(spec)) or "gradcam"
    except DataError:
        return "gradcam"


def uploader(app):
    return app.file_uploader[0]


def upload(app, *files):
    for name, data in files:
        uploader(app).upload(name, data)
    return app.run()


def link(app, **parameters):
    for key, value in parameters.items():
        app.query_params[key] = value
    return app.switch_page("pages/classify.py").run()


def shows(app, prediction):
    """Each probability on screen is the core's."""
    bars = next(h.value for h in app.html if "gb-bars" in h.value)
    for name, share in zip(CLASS_NAMES, prediction.probabilities, strict=True):
        assert f"<span>{class_title(name)}</span><b>{percent(float(share))}" in bars.replace(
            "&gt;", ">"
        ).replace("&lt;", "<")
    return True


def test_an_empty_desk_says_what_to_do(classify):
    assert "Nothing is on the desk yet" in text(healthy(classify))


def test_an_empty_desk_offers_samples(classify):
    tile = next(b for b in classify.button if b.key.startswith("open-"))
    tile.click().run()
    assert healthy(classify).selectbox(key="sample").value == tile.key.removeprefix("open-")


def test_an_uploaded_scan_is_read(classify, specs, expected):
    data = OUTLINED.path.read_bytes()
    app = healthy(upload(classify, ("scan.jpg", data)))
    prediction = expected(data, app.selectbox(key="model").value)
    assert shows(app, prediction)
    heading = app.subheader[0].value
    title = class_title(prediction.class_name)
    assert heading == HEADINGS.get(prediction.verdict, title)
    assert prediction.weights_sha256[:12] in text(app)
    assert prediction.image_sha256[:12] in text(app)
    assert "The source says" not in text(app)


def test_a_picture_of_something_else_is_said_to_be_that(classify, specs):
    cat = io.BytesIO()
    Image.fromarray(skimage.data.chelsea()).save(cat, "png")
    app = healthy(upload(classify, ("cat.png", cat.getvalue())))
    assert app.subheader[0].value == HEADINGS["outside"]
    assert "in colour" in text(app)
    assert "Grad-CAM of" not in text(app) and "gives it" not in text(app)  # all is withheld
    app.toggle(key="answers-anyway").set_value(True).run()
    assert healthy(app).subheader[0].value == HEADINGS["outside"]  # the headline stays
    assert "Asked all the same" in text(app) and "Grad-CAM of" in text(app)
    app.toggle(key="answers-anyway").set_value(False).run()
    upload(app, ("cat.png", cat.getvalue()), ("scan.jpg", BARE.path.read_bytes()))
    table = app.dataframe[0].value
    assert "in colour" in table["Note"][0] and "in colour" not in table["Note"].iloc[-1]
    assert table["Answer"][0] == "not like the scans that the networks know"
    assert table["Probability"][0] == "" != table["Probability"].iloc[-1]


def test_a_broken_file_gives_one_sentence(classify):
    app = healthy(upload(classify, BROKEN))
    assert len(app.error) == 1
    assert plain("notes.png") in app.error[0].value
    assert not app.subheader


def test_a_file_name_is_not_markup(classify):
    app = upload(classify, ("![x](http://example.org/a.png).png", b"no picture"))
    assert "![x]" not in app.error[0].value


def test_a_batch_goes_on_after_a_bad_file(classify, specs, expected):
    good = [(f"{s.id}.jpg", s.path.read_bytes()) for s in (OUTLINED, BARE)]
    app = healthy(upload(classify, good[0], BROKEN, good[1]))
    table = app.dataframe[0].value
    assert list(table["File"]) == [good[0][0], "notes.png", good[1][0]]
    assert "notes.png" in table["Note"][1] and table["Answer"][1] == ""
    model = app.selectbox(key="model").value
    for row, (_, data) in ((0, good[0]), (2, good[1])):
        assert table["Probability"][row] == percent(
            float(expected(data, model).probabilities.max())
        )
    app.selectbox(key="shown").set_value("3").run()
    assert shows(healthy(app), expected(good[1][1], model))


@pytest.mark.parametrize("target", CLASS_NAMES)
def test_a_link_opens_the_same_state(app, specs, expected, target):
    model = list(specs)[-1]
    link(app, sample=OUTLINED.id, model=model, target=target)
    healthy(app)
    assert app.selectbox(key="model").value == model
    assert shows(app, expected(OUTLINED.path.read_bytes(), model))
    first = METHODS[first_method(specs[model])].title
    assert f"{first} of {class_title(target)}" in text(app)
    assert f"{first} comes first" in text(app)


def method_alone():
    import streamlit as st

    from core.registry import discover
    from core.settings import Settings
    from pages._ui.base import state
    from pages._ui.scan import reading

    specs, _broken = discover(Settings().models_dir)
    state.linked("model", list(specs), next(iter(specs)))
    st.selectbox("model", list(specs), key="model")
    state.remember("model", next(iter(specs)))
    reading.ask_method(specs[st.session_state["model"]])


def test_the_method_that_the_measures_favour_comes_first_and_says_why(specs):
    app = section(method_alone)
    for name, spec in specs.items():
        app.selectbox(key="model").set_value(name).run()
        first = first_method(spec)
        assert app.selectbox(key="method").value == first
        assert "method" not in app.query_params
        words = text(app)
        if "no measure favours another method" in words:
            assert first == "gradcam"
        else:
            pointing = read_saliency(spec).methods[first].measures["pointing"]
            assert percent(pointing.value) in words and f"of {pointing.n} scans" in words
    app.selectbox(key="method").set_value("occlusion").run()
    app.selectbox(key="model").set_value(next(iter(specs))).run()
    assert app.selectbox(key="method").value == "occlusion"  # a choice stays


def test_a_link_to_nothing_falls_back(app):
    link(app, sample="no-such-sample", model="no-such-model", target="no-such-class")
    assert "Nothing is on the desk yet" in text(healthy(app))


def test_each_model_answers(app, specs, expected):
    link(app, sample=OUTLINED.id)
    for model in specs:
        app.selectbox(key="model").set_value(model).run()
        assert shows(healthy(app), expected(OUTLINED.path.read_bytes(), model))


def test_the_desk_is_kept_while_another_page_is_read(classify, specs):
    upload(classify, ("scan.jpg", BARE.path.read_bytes()))
    before = text(classify)
    classify.switch_page("pages/overview.py").run()
    assert "The networks" in text(healthy(classify))
    classify.switch_page("pages/classify.py").run()
    assert classify.subheader[0].value in before


def test_a_sample_is_read_before_uploads_and_uploads_before_a_sample(classify, specs):
    upload(classify, ("scan.jpg", BARE.path.read_bytes()))
    classify.selectbox(key="sample").set_value(OUTLINED.id).run()
    assert "The source says" in text(healthy(classify))
    classify.button(key="read-brought").click().run()
    assert classify.selectbox(key="sample").value is None
    assert "The source says" not in text(healthy(classify))
    classify.selectbox(key="sample").set_value(OUTLINED.id).run()
    upload(classify, ("scan.jpg", BARE.path.read_bytes()))
    assert classify.selectbox(key="sample").value is None
    assert "The source says" not in text(healthy(classify))


def test_a_changed_address_is_followed(app, specs):
    first, second = list(samples())[:2]
    link(app, sample=first)
    app.query_params["sample"] = second
    app.run()
    assert healthy(app).selectbox(key="sample").value == second
    app.selectbox(key="sample").set_value(first).run()
    assert app.query_params["sample"] == first


def test_an_address_that_lags_behind_takes_no_choice_back(app, specs):
    first, second, third = list(samples())[:3]
    link(app, sample=first)
    app.selectbox(key="sample").set_value(second).run()
    app.query_params["sample"] = first  # the browser has not heard of the second yet
    app.selectbox(key="model").set_value(list(specs)[1]).run()
    assert healthy(app).selectbox(key="sample").value == second
    assert app.query_params["sample"] == second
    app.query_params["sample"] = first
    app.selectbox(key="sample").set_value(third).run()
    assert healthy(app).selectbox(key="sample").value == third
    assert app.query_params["sample"] == third
    app.query_params["sample"] = second  # the back button: nothing was chosen
    assert healthy(app.run()).selectbox(key="sample").value == second


def test_the_outline_is_offered_where_there_is_one(app, specs):
    link(app, sample=OUTLINED.id)
    app.toggle(key="outline").set_value(True).run()
    healthy(app)
    app.selectbox(key="sample").set_value(BARE.id).run()
    assert not healthy(app).toggle


def test_an_empty_map_is_said_in_words(app, specs, monkeypatch):
    monkeypatch.setattr(
        reading, "grad_cam", lambda p, _target: np.zeros(p.geometry.source_shape, np.float32)
    )
    link(app, sample=OUTLINED.id)
    assert "there is no map to draw" in text(healthy(app))


def test_an_unexpected_failure_is_one_sentence(app, specs, monkeypatch):
    def fail(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(reading, "grad_cam", fail)
    link(app, sample=OUTLINED.id)
    assert not app.exception
    assert "Something went wrong" in app.error[0].value
    assert "secret" not in text(app)


def test_file_names_stay_out_of_the_log(classify, caplog, monkeypatch):
    def fail(*_):
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(Reader, "open", fail)
    upload(classify, ("Jane Doe.png", b"x"), ("Jane Doe 2.png", b"x"))
    healthy(classify)
    assert "unforeseen" not in text(classify)
    assert "Jane" not in caplog.text


def test_downloads_hold_the_reading(app, specs, expected):
    link(app, sample=OUTLINED.id)
    model = app.selectbox(key="model").value
    prediction = expected(OUTLINED.path.read_bytes(), model)
    image = read_image(OUTLINED.path.read_bytes(), OUTLINED.id)
    row = record(prediction, image, specs[model].manifest, method="gradcam", target="glioma")
    assert json.loads(json.dumps(row))["probabilities"].keys() == set(CLASS_NAMES)
    table = list(csv.DictReader(io.StringIO(to_csv([row, {"file": "=1+1"}]))))
    assert float(table[0]["probabilities_glioma"]) == pytest.approx(
        float(prediction.probabilities[0])
    )
    assert table[1]["file"] == "'=1+1"
    keys = {b.key for b in app.get("download_button")}
    assert {"download-json", "download-csv"} <= keys
