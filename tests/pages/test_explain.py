import re
from dataclasses import replace
from importlib.metadata import version

import numpy as np
import pytest

from core.errors import ExplainError
from core.evaluate.saliency.faithfulness import Curves
from core.explain import METHODS
from core.explain.drawing import NOTHING
from core.gallery import samples
from pages._ui.base import networks
from pages._ui.base.text import class_title
from pages._ui.explain import trials
from pages._ui.scan import maps

from .words import healthy, text

OUTLINED = next(s for s in samples().values() if s.lesion is not None)
BARE = next(s for s in samples().values() if s.lesion is None)
QUICK = ("gradcam", "layercam", "centre-blob")


@pytest.fixture
def model(specs):
    """The smallest network."""
    return min(specs, key=lambda name: specs[name].manifest.parameters)


@pytest.fixture
def explain(app, model):
    """Open the page with a sample, the smallest network and quick methods."""

    def open_(sample=OUTLINED, methods=QUICK, **asked):
        chosen = {"sample": sample.id, "model": model, "methods": ",".join(methods)}
        for key, value in {**chosen, **asked}.items():
            app.query_params[key] = value
        return app.switch_page("pages/explain.py").run()

    return open_


def pictures(app):
    """What the pictures on the page are described as."""
    return [image.alt for element in app.get("image") for image in element.proto.imgs]


def test_an_empty_desk_says_what_to_do(app, model):
    app.query_params["model"], app.query_params["methods"] = model, ",".join(QUICK)
    app.switch_page("pages/explain.py").run()
    assert "Nothing is on the desk yet" in text(healthy(app))
    tile = next(b for b in app.button if b.key.startswith("open-"))
    tile.click().run()
    assert healthy(app).title[0].value == "Explain an answer"
    assert app.selectbox(key="sample").value == tile.key.removeprefix("open-")


def test_each_chosen_method_has_a_card_with_its_stamp(explain, specs, model):
    app = healthy(explain())
    words = text(app)
    for name in QUICK:
        assert f"**{METHODS[name].title}**" in words
        assert METHODS[name].summary in words
    assert f"weights {specs[model].manifest.weights_sha256[:12]}" in words
    assert f"layer {specs[model].manifest.cam_layer}" in words
    assert "of the heat lies on it" in words


def test_a_lesion_score_needs_an_outline(explain):
    assert "of the heat lies on it" not in text(healthy(explain(BARE)))


def test_a_link_holds_the_question(explain):
    app = healthy(explain(target="meningioma", versus="pituitary"))
    assert f"Grad-CAM of {class_title('meningioma')}" in text(app)
    assert f"rather than {class_title('pituitary')}" in text(app)


def test_another_layer_is_read(explain, specs, model):
    layers = networks.layers(specs[model])
    other = next(n for n in reversed(layers) if n != specs[model].manifest.cam_layer)
    app = healthy(explain(methods=("gradcam",), layer=other))
    assert f"layer {other}" in text(app)
    assert "Not measured here" in text(app)  # what is stored is of the network's own layer
    assert "points at the lesion in" not in text(app)


def test_a_map_is_drawn_once(explain, monkeypatch):
    app, asked = healthy(explain()), []
    monkeypatch.setattr(maps, "draw", lambda *question: asked.append(question))
    app.selectbox(key="colour_map").set_value("viridis").run()
    assert METHODS["layercam"].summary in text(healthy(app))
    assert not asked


def test_an_empty_map_is_said_in_words(explain, monkeypatch):
    drawn = maps.draw

    def nothing(*asked):
        found = drawn(*asked)
        return replace(found, heat=np.zeros_like(found.heat), empty=NOTHING)

    monkeypatch.setattr(maps, "draw", nothing)
    app = healthy(explain(methods=("hirescam",), target="notumor"))
    assert NOTHING in text(app)
    assert "no map above that could be tested" in text(app)


def test_a_method_that_fails_leaves_the_others(explain, monkeypatch):
    drawn = maps.draw

    def fail(spec, image, asked, progress):
        if asked.method == "gradcam-plus-plus":
            raise ExplainError("There is not enough memory for this map.")
        return drawn(spec, image, asked, progress)

    monkeypatch.setattr(maps, "draw", fail)
    app = healthy(explain(methods=("gradcam-plus-plus", "centre-blob"), target="pituitary"))
    assert app.error[0].value == "There is not enough memory for this map."
    assert METHODS["centre-blob"].summary in text(app)


def test_what_was_stopped_is_left_until_asked_for(explain, app, specs, model):
    app.session_state["_stopped"] = Everything()
    explain(methods=("gradient", "centre-blob"), target="meningioma")
    assert METHODS["gradient"].summary not in text(healthy(app))
    assert "Stopped before it was drawn" in text(app)
    app.button(key="resume-map-gradient").click().run()
    assert METHODS["gradient"].summary in text(healthy(app))


class Everything(frozenset):
    """Holds whatever is asked for until one thing is taken out."""

    def __contains__(self, asked):
        return True

    def __sub__(self, other):
        return frozenset()


def test_deletion_and_insertion_stand_beside_the_controls(explain):
    app = explain(methods=("gradcam",))
    app.button(key="measure-curves").click().run()
    words = text(healthy(app))
    assert "of 3 controls" in words
    assert len(app.get("plotly_chart")) == 2


def test_a_second_opinion_stands_beside_ours_where_the_library_has_the_method(explain):
    app = explain(methods=("gradcam",))
    before = len(pictures(app))
    app.button(key="measure-opinion").click().run()
    words = text(healthy(app))
    assert len(pictures(app)) == before + 2
    rho = re.search(r"place by place: \*\*([\d.]+)\*\*", words)
    assert rho and float(rho[1]) > 0.98, words
    assert pictures(app)[-1].endswith(f"by tf-keras-vis {version('tf-keras-vis')}")
    app = explain(methods=("occlusion",))
    assert "tf-keras-vis has no Occlusion" in text(healthy(app))


def test_the_randomisation_test_shows_every_stage(explain):
    app = explain(methods=("gradcam",))
    before = len(pictures(app))
    app.button(key="measure-randomised").click().run()
    healthy(app)
    assert len(pictures(app)) + len(app.info) == before + 1 + len(trials.STAGE_TITLES)


@pytest.mark.parametrize(
    ("black", "blurred", "said"),
    [(0.88, 0.1, ["black scan"]), (0.1, 0.6, ["blurred scan"]), (0.49, 0.49, [])],
)
def test_a_baseline_that_is_itself_given_the_class_is_said_to_speak(black, blurred, said):
    shares = np.array([0.0, 1.0])
    curves = Curves(shares, np.array([0.9, black]), np.array([blurred, 0.9]))
    words = trials.baseline_speaks(curves, "Glioma")
    assert [name for name in ("black scan", "blurred scan") if name in words] == said
    assert words.count("is itself called Glioma") == len(said)
