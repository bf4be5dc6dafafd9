"""A card shows what is stored of a model, and what is not there as not there."""

import json
from shutil import copytree

import pytest

from core.architectures import ARCHITECTURES
from core.cards import read_card, weak_spots
from core.evaluate.stored.layout import CURVES_NAME
from core.manifest import Schedule
from core.protocols import PROTOCOLS
from core.settings import Settings
from pages._ui.base.text import plain
from pages._ui.figures import wording
from pages._ui.model_cards import faults, training, view

from . import opening
from .words import healthy, text


def opened(**parameters):
    return healthy(opening.opened("model-cards", **parameters))


def chosen(app):
    return next(group for group in app.button_group if group.key == "model")


@pytest.fixture
def copied(monkeypatch, tmp_path, specs):
    """A models folder of one's own with the first model in it."""
    name = next(iter(specs))
    copytree(Settings().models_dir / name, tmp_path / name)
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    return tmp_path / name


def test_every_network_can_be_chosen():
    words = " ".join(chosen(opened()).options)
    assert all(a.title in words for a in ARCHITECTURES.values())


def test_a_network_that_is_not_trained_says_what_to_type(monkeypatch, tmp_path):
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    app = opened(model="vgg16")
    assert app.header[0].value == "VGG16"
    assert [c.value for c in app.code] == [
        "python -m core train --model vgg16 --protocol unseen-patients --data DIR"
    ]
    assert "arXiv:1409.1556" in text(app)
    assert not app.metric and not app.table


def test_every_figure_is_the_stored_one(specs):
    for name, spec in specs.items():
        app, card = opened(model=name), read_card(Settings().models_dir, name)
        assert app.header[0].value == spec.manifest.title
        cells = app.table[0].value.astype(str).to_csv() if app.table else ""
        for protocol in PROTOCOLS:
            metrics = card.under(protocol).metrics
            if metrics is None:
                assert "not evaluated" in text(app)
                continue
            figures = metrics.images["all"].figures
            for figure in view.FIGURES:
                assert wording.with_span(figure, figures[figure]) in cells
        words = text(app)
        digests = [spec.manifest.weights_sha256]
        digests += [e.metrics.predictions_sha256 for e in card.evaluations if e.metrics]
        assert all(digest in words for digest in digests)
        assert all(plain(line) in words for line in spec.manifest.limitations)
        assert plain(spec.manifest.licence) in words
        assert view.BEGAN[spec.manifest.init.kind] in words
        assert spec.manifest.training.command in [c.value for c in app.code]


def test_weak_spots_are_named_with_their_interval(specs):
    for name in specs:
        metrics = read_card(Settings().models_dir, name).under("unseen-patients").metrics
        if metrics is None:
            continue
        words = text(opened(model=name))
        for spot in weak_spots(metrics):
            assert wording.with_span("accuracy", spot.slice.accuracy) in words
            assert faults.WORST[spot.by] in words


def test_curves_are_drawn_where_stored_and_else_not_there(copied):
    for protocol in PROTOCOLS:
        evaluation = read_card(copied.parent, copied.name).under(protocol)
        if not evaluation.run:
            continue
        app = opened(model=copied.name, run=protocol)
        absent = "training curves of this run are not stored" in text(app)
        assert absent == (not evaluation.curves)
        if evaluation.curves:
            (evaluation.folder / CURVES_NAME).unlink()
            app = opened(model=copied.name, run=protocol)
            assert "training curves of this run are not stored" in text(app)


def test_runs_whose_curves_are_not_stored_are_named_beside_those_that_are(specs):
    app = opened(model=next(iter(specs)))
    (said,) = [c.value for c in app.caption if c.value.startswith("Curves that are not stored")]
    for name, spec in specs.items():
        evaluation = read_card(Settings().models_dir, name).under("unseen-patients")
        lost = evaluation.metrics is not None and not evaluation.curves
        assert (f"{spec.manifest.title} · Unseen patients" in said) == lost


def test_an_unevaluated_model_has_a_card_without_figures(copied):
    for path in copied.glob("evaluation/*/*"):
        path.unlink()
    app = opened(model=copied.name)
    assert "has not been evaluated under" in text(app)
    assert [m.value for m in app.metric][:2] == ["–", "–"]
    assert "Where is it weakest?" not in [h.value for h in app.header]


def test_a_broken_model_says_why(copied):
    (copied / "manifest.json").write_text("{")
    app = opened(model=copied.name)
    assert any("manifest" in e.value for e in app.error)
    assert "unavailable" in " ".join(chosen(app).options)


def test_figures_of_other_weights_are_not_shown(copied):
    path = copied / "manifest.json"
    manifest = json.loads(path.read_text()) | {"weights_sha256": "f" * 64}
    path.write_text(json.dumps(manifest))
    assert "of other weights than the app serves" in text(opened(model=copied.name))


def test_every_field_of_the_recipe_has_a_name(specs):
    """Values that no other field has: each one stands in a row of its own."""
    manifest = next(iter(specs.values())).manifest
    numbers = {name: i for i, name in enumerate(Schedule.model_fields, start=1001)}
    given = numbers | {"sizes": ((77, 3),), "optimizer": "its optimiser", "precision": "its format"}
    epochs = {"epochs": None, "schedule": Schedule(**given)}  # so that the steps are told
    run = manifest.training.model_copy(update=epochs)
    rows = dict(training._recipe(manifest.model_copy(update={"training": run})))
    assert rows["Seed"] == str(run.seed)
    shown = given | {"sizes": "3 × 77 px", "steps": f"{given['steps']} steps"}
    assert {str(value) for value in shown.values()} <= set(rows.values())
