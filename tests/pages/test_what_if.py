import pytest

from core.corruptions import CORRUPTIONS, Change, altered
from core.gallery import samples
from core.imaging import read_image
from core.inference import Classifier
from core.shortcuts import SHORTCUTS
from pages._ui.text import class_title, percent

from .words import healthy, text

SAMPLE = next(s for s in samples().values() if s.lesion is not None)


@pytest.fixture
def what_if(app, specs):
    """Open the page with a sample and a change."""

    def open_(**asked):
        for key, value in {"sample": SAMPLE.id, **asked}.items():
            app.query_params[key] = str(value)
        return app.switch_page("pages/what-if.py").run()

    return open_


def test_every_network_answers_to_the_altered_scan(what_if, specs):
    words = text(healthy(what_if(corruption="zoom", strength=100)))
    assert "magnified 2.00 times" in words
    image = read_image(SAMPLE.path.read_bytes(), "a scan")
    changed = 0
    for spec in specs.values():
        classifier = Classifier(spec)
        scans = image, altered(image, Change("zoom", 1.0))
        before, after = (classifier.predict(scan) for scan in scans)
        for prediction in (before, after):
            share = percent(float(prediction.probabilities.max()))
            said = class_title(prediction.class_name)
            if prediction.abstained:
                said = f"not confident; would guess {said}"
            assert f"{said}, {share}" in words
        changed += before.class_name != after.class_name
    assert f"**{changed} of {len(specs)} network" in words
    assert words.count("Answer changed") == changed


def test_nothing_changes_at_strength_0_and_a_tampered_link_is_harmless(what_if, specs):
    app = healthy(what_if(corruption="magic", strength=0, seed="-3"))
    assert app.selectbox(key="corruption").value == next(iter(CORRUPTIONS))
    assert "Answer changed" not in text(app)
    assert f"**0 of {len(specs)} network" in text(app)
    assert len(app.get("vega_lite_chart")) >= 1  # the curve over this scan
    app.selectbox(key="corruption").set_value("occlusion").run()
    assert "Until a box is drawn" in text(healthy(app))


def test_an_empty_desk_says_what_to_do(app):
    app.switch_page("pages/what-if.py").run()
    assert "Nothing is on the desk yet" in text(healthy(app))


def test_shortcuts_are_counted_and_shown(app, specs):
    app.query_params["shortcut"] = "text"
    app.query_params["scans"] = "8"
    app.switch_page("pages/shortcuts.py").run()
    healthy(app)
    counts = [metric.value for metric in app.metric]
    assert len(counts) == len(specs)
    for name, value in zip(specs, counts, strict=True):
        changed, _, n = value.partition(" of ")
        assert n == "8" and 0 <= int(changed) <= 8, name
    assert SHORTCUTS["text"].story in text(app)
    assert len(app.get("table") or app.table) == 2
