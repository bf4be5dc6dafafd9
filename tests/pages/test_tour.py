"""Tour, gallery and projector mode; what needs no network loaded is enough to drive them."""

import pytest

from core.cases import cases
from core.errors import DataError
from core.evaluate.board.picks import GROUPS, pick
from pages._ui.base import records
from pages._ui.gallery.showcase import BEAUTIFUL, RULES
from pages._ui.tour import shows, stepper
from pages._ui.tour.steps import STEPS

from .words import healthy, text


@pytest.fixture
def bare(app, monkeypatch, tmp_path):
    """The app where nothing is trained."""
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    return app


def tiles(app):
    return [b.key.removeprefix("open-") for b in app.button if b.key.startswith("open-")]


def turn(app, to, press):
    """Ask for a step, as the browser does."""
    app.session_state[stepper.KEY] = {"value": [to, press]}
    return app.run()


def test_every_step_says_what_is_missing_where_nothing_is_trained(bare):
    bare.switch_page("pages/tour.py").run()
    for n, step in enumerate(STEPS, 1):
        if n > 1:
            turn(bare, n, n)
        healthy(bare)
        assert bare.header[0].value == step.title
        assert bare.query_params.get("step", ["1"]) in ([str(n)], str(n))
        assert bare.get("page_link")[0].proto.page == step.page
    assert turn(bare, 7, 20).header[0].value == STEPS[6].title


def test_the_step_of_two_methods_needs_a_network_with_two(monkeypatch):
    stored = records.saliency

    def only_grad_cam(spec):
        found = stored(spec)
        if isinstance(found, DataError):
            return found
        few = {name: found.methods[name] for name in ("gradcam", "random")}
        return found.model_copy(update={"methods": few})

    assert shows._measured() is not None
    monkeypatch.setattr(records, "saliency", only_grad_cam)
    assert shows._measured() is None


def test_a_press_counts_once_and_only_for_a_step_that_there_is(bare):
    bare.switch_page("pages/tour.py").run()
    turn(bare, 3, 1)
    for forged in ([9, 1], [0, 2], [10, 3], [2], "2", [True, 4], [2.0, 5], None):
        bare.session_state[stepper.KEY] = {"value": forged}
        assert healthy(bare.run()).header[0].value == STEPS[2].title
    bare.query_params["step"] = "5"
    assert healthy(bare.run()).header[0].value == STEPS[4].title


@pytest.mark.parametrize(("step", "title"), [("4", STEPS[3].title), ("10", STEPS[0].title)])
def test_a_link_to_a_step(bare, step, title):
    bare.query_params["step"] = step
    bare.switch_page("pages/tour.py").run()
    assert healthy(bare).header[0].value == title


def test_without_answers_the_gallery_shows_what_needs_none(bare):
    bare.switch_page("pages/gallery.py").run()
    assert tiles(healthy(bare)) == list(BEAUTIFUL)
    assert "No network has been evaluated" in text(bare)


def test_the_gallery_is_what_is_picked_from_the_answers(app):
    app.switch_page("pages/gallery.py").run()
    answers = records.answers()
    if answers is None:
        pytest.skip("no network is evaluated")
    picked = [p.case.id for group in GROUPS for p in pick(answers, group)]
    assert tiles(healthy(app)) == [*picked, *BEAUTIFUL]
    assert all(rule in text(app) for rule in RULES.values())
    assert all(key in cases() for key in picked)


def test_projector_mode_goes_along_from_page_to_page(bare):
    bare.query_params["projector"] = "1"
    bare.run()
    assert bare.button(key="projector-switch").label == "Leave projector mode"
    bare.query_params.clear()
    bare.switch_page("pages/gallery.py").run()
    assert bare.query_params["projector"] in ("1", ["1"])
    bare.button(key="projector-switch").click().run()
    assert "projector" not in healthy(bare).query_params
    assert bare.button(key="projector-switch").label == "Projector mode"
