import json

import numpy as np
import pytest

from core.cases import cases, read_bytes
from core.corruptions import CORRUPTIONS, Change, Region, altered
from core.evaluate.robustness.bend import measure_gamma
from core.evaluate.robustness.clever_hans import measure_shortcuts
from core.evaluate.robustness.clever_hans import read_shortcuts as stored_shortcuts
from core.evaluate.robustness.gamma import GAMMAS
from core.gallery import samples
from core.gate import glance, why
from core.imaging import read_image
from core.preprocess import PREPROCESS_ID
from core.registry import read_spec
from core.reports.words import ReportLanguage, line
from core.settings import PROJECT
from core.shortcuts import SHORTCUTS
from pages._ui.base.text import class_title, plain, proportion
from tests.core.toys import write_toy

from .opening import opened, section
from .test_volume import values_of
from .words import healthy, text

MODELS = PROJECT / "models"
SAMPLE = next(s for s in samples().values() if s.lesion is not None)


@pytest.fixture
def what_if(app, specs):
    """Open the page with a sample and a change."""

    def open_(**asked):
        for key, value in {"sample": SAMPLE.id, **asked}.items():
            app.query_params[key] = str(value)
        return app.switch_page("pages/what-if.py").run()

    return open_


def test_every_network_answers_to_the_altered_scan(what_if, specs, classifier):
    app = healthy(what_if(corruption="zoom", strength=100))
    image = read_image(SAMPLE.path.read_bytes(), "a scan")
    seen = glance(altered(image, Change("zoom", 1.0)), MODELS)
    if not seen.inside:
        assert why(seen) in text(app) and "Answer changed" not in text(app)
        app.toggle(key="answers-anyway").set_value(True).run()
    words = text(healthy(app))
    assert "magnified 2.00 times" in words
    changed = 0
    for name in specs:
        scans = image, altered(image, Change("zoom", 1.0))
        before, after = (classifier(name).predict(scan) for scan in scans)
        for prediction in (before, after):
            if prediction.verdict == "outside":
                assert f"all the same: {class_title(prediction.class_name)}, " in words
            else:
                assert line(prediction, ReportLanguage()) in words
        changed += before.class_name != after.class_name
    assert f"**{changed} of {len(specs)} network" in words
    assert words.count("Answer changed") == changed


def test_nothing_changes_at_strength_0_and_a_tampered_link_is_harmless(
    what_if, toy_weights, tmp_path, monkeypatch
):
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))  # what any network would answer
    for name in ("toy", "other"):
        write_toy(tmp_path, name, toy_weights)
    app = healthy(what_if(corruption="magic", strength=0, seed="-3"))
    assert app.selectbox(key="corruption").value == next(iter(CORRUPTIONS))
    assert "Answer changed" not in text(app)
    assert "**0 of 2 networks" in text(app)
    assert len(app.get("plotly_chart")) >= 1  # the curve over this scan
    app.selectbox(key="corruption").set_value("occlusion").run()
    assert "Until a box is drawn" in text(healthy(app))


def levels():
    from pages._ui.base import cache
    from pages._ui.what_if.levels import levels

    levels(cache.models()[0])


def test_why_brightness_turns_nothing_and_what_a_gamma_turns(toy_weights, tmp_path, monkeypatch):
    """Of two networks: one is measured, the other is of squares that keep the levels."""
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    old = {"id": PREPROCESS_ID, "version": 1, "params": {"crop": True, "scaling": "tf"}}
    write_toy(tmp_path, "old", toy_weights, preprocess=old)
    figures = measure_gamma(read_spec(write_toy(tmp_path, "toy", toy_weights)), tmp_path, limit=2)
    app = section(levels)
    assert "no answer can turn" in text(app)
    assert "does not hold for Old, trained on levels as they come" in text(app)
    turned = proportion(figures["turned"]["value"])
    assert plain(f"Toy: {turned} of the answers turn") in text(app)
    assert "How old answers to bent levels has not been measured" in text(app)
    (chart,) = app.get("plotly_chart")
    (trace,) = json.loads(chart.proto.spec)["data"]
    assert np.asarray(values_of(trace["x"])).tolist() == sorted([1.0, *GAMMAS])


def test_a_drawn_box_is_covered_whole_and_asks_for_no_seed(app, monkeypatch, tmp_path):
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))  # what no network need answer
    for key, value in {"sample": SAMPLE.id, "corruption": "occlusion", "seed": "3"}.items():
        app.query_params[key] = value
    app.switch_page("pages/what-if.py").run()
    assert {w.key for w in (*app.slider, *app.number_input)} >= {"strength", "seed"}
    assert any(link.proto.page == "compare" for link in app.get("page_link"))
    image = read_image(SAMPLE.path.read_bytes(), "a scan")
    app.session_state[f"box-{image.sha256[:16]}-0"] = {"value": [0.25, 0.25, 0.75, 0.5]}
    healthy(app.run())
    assert not {w.key for w in (*app.slider, *app.number_input)} & {"strength", "seed"}
    assert "covered whole" in text(app)
    change = Change("occlusion", 1.0, box=Region(0.25, 0.25, 0.5, 0.25))
    height, width = image.shape
    inside = altered(image, change).pixels[height // 4 : height // 2, width // 4 : 3 * width // 4]
    assert not inside.any()
    app.session_state[f"box-{image.sha256[:16]}-0"] = {"value": None}
    healthy(app.run())
    assert {w.key for w in (*app.slider, *app.number_input)} >= {"strength", "seed"}


def test_an_empty_desk_says_what_to_do(app):
    app.switch_page("pages/what-if.py").run()
    assert "Nothing is on the desk yet" in text(healthy(app))


@pytest.fixture
def toys(toy_weights, tmp_path, monkeypatch):
    """The Clever-Hans lab beside two small networks: one is measured, the other is not."""
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    write_toy(tmp_path, "other", toy_weights)
    measured = read_spec(write_toy(tmp_path, "toy", toy_weights))
    return measured, measure_shortcuts(measured, tmp_path, limit=8)


@pytest.mark.parametrize(("draw", "stored"), [(0, "1 of 2 networks"), (1, "")])
def test_shortcuts_are_counted_and_shown(toys, draw, stored):
    """Whether the answers are looked up or asked for, they are the same network's."""
    app = healthy(opened("shortcuts", shortcut="text", scans=8, draw=draw))
    said = toys[1].answers["text"]
    counts = [metric.value for metric in app.metric]
    assert len(counts) == 2 and counts[0] == counts[1] and counts[0].endswith(" of 8")
    if draw == 0:
        assert counts[0] == f"{sum(s.before != s.after for s in said)} of 8"
    words = text(app)
    assert SHORTCUTS["text"].story in words
    assert f"The answers of {stored}" in words if stored else "are stored;" not in words
    assert len(app.get("table") or app.table) == 2


def test_the_stored_answers_are_those_of_the_networks_that_ship(app, specs, classifier):
    name = min(specs, key=lambda name: specs[name].manifest.parameters)
    answers = stored_shortcuts(specs[name]).answers
    for key, said in answers.items():
        scan = cases()[said[0].case]
        image = read_image(read_bytes(scan), scan.path)
        pair = image, SHORTCUTS[key].of(image)
        assert [classifier(name).predict(each).class_name for each in pair] == [
            said[0].before,
            said[0].after,
        ]
    app.query_params["shortcut"] = "text"
    healthy(app.switch_page("pages/shortcuts.py").run())
    counts = {metric.value for metric in app.metric}
    expected = {
        sum(s.before != s.after for s in stored_shortcuts(spec).answers["text"][:16])
        for spec in specs.values()
    }
    assert counts == {f"{n} of 16" for n in expected}
