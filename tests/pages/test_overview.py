import json

import pytest

from core.architectures import ARCHITECTURES
from core.gallery import samples

from .opening import opened
from .words import healthy, text


@pytest.fixture
def app():
    """The app as it opens."""
    return opened()


def test_every_sample_is_one_click_away(app):
    healthy(app)
    opening = {b.key for b in app.button if b.key.startswith("open-")}
    assert opening == {f"open-{key}" for key in samples()}


def test_every_network_is_shown(app):
    titles = {m.value.strip("*") for m in app.markdown}
    assert {a.title for a in ARCHITECTURES.values()} <= titles


def test_a_sample_opens_in_classify(app):
    key = next(iter(samples()))
    app.button(key=f"open-{key}").click().run()
    healthy(app)
    assert app.title[0].value == "Classify a scan"
    assert app.selectbox(key="sample").value == key
    assert app.query_params["sample"] == key


def test_without_models_it_says_what_to_type(monkeypatch, tmp_path):
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    app = healthy(opened())
    commands = [c.value for c in app.code]
    assert len(commands) == len(ARCHITECTURES)
    assert all("python -m core train --model" in c for c in commands)
    app.query_params["sample"] = next(iter(samples()))
    app.switch_page("pages/classify.py").run()
    assert "No model is trained yet" in text(healthy(app))


@pytest.mark.parametrize("manifest", ["{", json.dumps({"name": "broken"})])
def test_a_broken_model_is_unavailable_and_the_others_stay(monkeypatch, tmp_path, manifest):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "manifest.json").write_text(manifest)
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    app = healthy(opened())
    assert "manifest" in text(app) and "broken" in text(app)
    assert len(app.code) == len(ARCHITECTURES)
