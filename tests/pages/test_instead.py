"""Whoever answers in another's place says so; one that cannot answer leaves the others."""

from shutil import copytree

import pytest

from core.registry import MANIFEST_NAME, WEIGHTS_NAME
from core.settings import PROJECT

from .opening import opened, section
from .words import healthy, text


@pytest.fixture
def models(tmp_path, monkeypatch, specs):
    """The smallest network, and another whose manifest cannot be read."""
    name = min(specs, key=lambda key: specs[key].manifest.parameters)
    copytree(PROJECT / "models" / name, tmp_path / name)
    broken = tmp_path / ("vgg16" if name != "vgg16" else "xception")
    broken.mkdir()
    (broken / MANIFEST_NAME).write_text("{")
    (broken / WEIGHTS_NAME).write_bytes(b"")
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    return name, broken.name


@pytest.mark.parametrize("page", ["classify", "explain"])
def test_a_network_that_is_not_there_is_named_with_the_reason(models, specs, page):
    name, broken = models
    title = specs[name].manifest.title
    for asked, why in {
        broken: "is not valid at",
        "ensemble": "There is no ensemble yet",
        "nasnet": "not among those that can be asked",
    }.items():
        said = healthy(opened(page, model=asked)).info
        (words,) = [info.value for info in said if "was asked for" in info.value]
        assert why in words and f"{title} answers instead" in words


def test_the_note_stays_until_something_is_chosen(models):
    app = opened("classify", model="ensemble")
    app.run()
    assert "was asked for" in text(healthy(app))
    app.selectbox(key="model").set_value(models[0]).run()
    app.switch_page("pages/explain.py").run()
    assert "was asked for" not in text(healthy(app))


def test_nothing_is_said_where_what_was_asked_for_answers(models):
    assert "was asked for" not in text(healthy(opened("classify", model=models[0])))
    assert "was asked for" not in text(healthy(opened("classify")))


def test_without_one_member_the_ensemble_is_silent_and_the_others_speak():
    def script():
        import numpy as np
        import streamlit as st

        from core.answer import Limits
        from core.ensemble import EnsembleSpec
        from core.inference import Prediction
        from core.preprocess import prepare
        from pages._ui.base import cache
        from pages._ui.scan import cards

        first, second = list(cache.models()[0].values())[:2]
        said = Prediction(
            model=first.name,
            weights_sha256=first.manifest.weights_sha256,
            image_sha256="1" * 64,
            logits=np.zeros(4, np.float32),
            probabilities=np.array([0.1, 0.7, 0.1, 0.1], np.float32),
            class_maps=np.zeros((8, 8, 4), np.float32),
            geometry=prepare(np.ones((64, 64), np.float32), 32)[1],
            limits=Limits(),
            latency_ms=1.0,
        )
        ensemble = EnsembleSpec((first, second), Limits())
        specs = {first.name: first, second.name: second}
        alone = cards.gather(specs, {first.name: said}, ensemble)
        both = cards.gather(specs, {first.name: said, second.name: said}, ensemble)
        st.markdown(f"{alone.outcome} {alone.leading} {both.outcome.class_name}")

    assert "None meningioma meningioma" in text(section(script))
