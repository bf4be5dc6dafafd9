import json
import re
import shutil

import numpy as np
import pytest

from core.answer import Limits
from core.cases import cases, read_bytes
from core.evaluate.board.answers import ORDERS, PRESETS, Choice, choose, distinct, gather, ordered
from core.evaluate.board.leaderboard import load_leaderboard
from core.evaluate.figures import metrics
from core.evaluate.figures.metrics import write_metrics
from core.evaluate.make.ensemble import combine
from core.evaluate.stored.layout import PREDICTIONS_NAME, VALIDATION_NAME, evaluation_folder
from core.evaluate.stored.predictions import (
    LOGITS,
    PROBABILITIES,
    Predictions,
    read_predictions,
    write_predictions,
)
from core.labels import CLASS_NAMES
from core.registry import read_spec
from core.settings import Settings
from core.softmax import calibrated
from pages._ui.base.text import class_title, percent
from pages._ui.cases.choices import ON_A_LEAF
from pages._ui.cases.scans import counts

from .opening import opened
from .words import healthy, text

SHIPPED = "unseen-patients"
OTHER = {"name": "second", "title": "Second"}


@pytest.fixture
def model(answers):
    return next(iter(answers.of_kind("model")))


@pytest.fixture
def page(answers):
    return opened("cases")


def link(app, **parameters):
    app.query_params.clear()
    for key, value in parameters.items():
        app.query_params[key] = value
    return app.switch_page("pages/cases.py").run()


def shown(app):
    return [b.key.removeprefix("open-") for b in app.button if b.key.startswith("open-")]


def expected(answers, choice, order=ORDERS[0]):
    """Ids of the cases of a choice, in their order."""
    by_file = {case.sha256: case.id for case in cases().values()}
    found = ordered(answers, choice.model, choose(answers, choice) & distinct(answers), order)
    return [by_file[sha] for sha in answers.table["image_sha256"].iloc[found]]


def agrees(app, answers, choice, order=ORDERS[0]):
    """The page says the numbers of a choice and shows its first leaf."""
    healthy(app)
    mask = choose(answers, choice)
    wanted = expected(answers, choice, order)
    assert app.subheader[0].value == counts(int(mask.sum()), len(wanted))
    assert shown(app) == wanted[:ON_A_LEAF]


def test_it_opens_with_everything(page, answers, model):
    agrees(page, answers, Choice(model))
    assert answers.voices[model].row.metrics.predictions_sha256[:12] in text(page)
    assert len(page.get("pagination")) == 1
    assert not page.query_params


def test_under_a_scan_is_what_is_stored(page, answers, model):
    voice = answers.voices[model]
    captions = [c.value for c in page.caption]
    for key in shown(page):
        case = cases()[key]
        i = answers.table.index[answers.table["path"] == case.path][0]
        answer, share = CLASS_NAMES[voice.answer[i]], percent(float(voice.confidence[i]))
        assert any(
            c.startswith(class_title(case.label))
            and c.endswith(share)
            and (answer == case.label or class_title(answer) in c)
            for c in captions
        )


def test_presets(page, answers, model):
    for preset in PRESETS:
        page.button_group(key="preset").set_value(preset).run()
        agrees(page, answers, Choice(model, preset))
        assert page.query_params.get("preset", "everything") in (preset, [preset])


def test_slices(page, answers, model):
    for by in ("source", "plane", "flag"):
        for value in answers.values(by):
            page.selectbox(key=by).set_value(value).run()
            agrees(page, answers, Choice(model, **{by: value}))
        page.selectbox(key=by).set_value(None).run()
        agrees(page, answers, Choice(model))


def test_orders(page, answers, model):
    for order in ORDERS:
        page.selectbox(key="order").set_value(order).run()
        agrees(page, answers, Choice(model), order)


def test_every_network_and_the_ensemble_can_be_asked(page, answers):
    for name in answers.of_kind("model", "ensemble"):
        page.selectbox(key="model").set_value(name).run()
        agrees(page, answers, Choice(name))


def test_classes(page, answers, model):
    page.selectbox(key="truth").set_value("notumor").run()
    agrees(page, answers, Choice(model, truth="notumor"))
    page.selectbox(key="answer").set_value("notumor").run()
    agrees(page, answers, Choice(model, truth="notumor", answer="notumor"))
    page.selectbox(key="truth").set_value(None).run()
    agrees(page, answers, Choice(model, answer="notumor"))


def test_cells_say_what_the_leaderboard_says_and_open_their_scans(page, answers, model):
    images = answers.voices[model].row.metrics.images
    for i, truth in enumerate(CLASS_NAMES):
        for j, answer in enumerate(CLASS_NAMES):
            cell = page.button(key=f"cell-{truth}-{answer}")
            both = images["all"].confusion[i][j], images["distinct"].confusion[i][j]
            assert counts(*both) in cell.label
            assert cell.disabled == (not both[0])
    page.button(key="cell-glioma-glioma").click().run()
    agrees(page, answers, Choice(model, truth="glioma", answer="glioma"))
    assert page.selectbox(key="truth").value == page.selectbox(key="answer").value == "glioma"
    page.button(key="cell-glioma-glioma").click().run()
    agrees(page, answers, Choice(model))


def test_leaves(page, answers, model):
    wanted = expected(answers, Choice(model))
    leaves = page.get("pagination")[0]
    assert leaves.num_pages == -(-len(wanted) // ON_A_LEAF)
    leaves.set_value(leaves.num_pages).run()
    assert shown(healthy(page)) == wanted[(leaves.num_pages - 1) * ON_A_LEAF :]
    page.selectbox(key="truth").set_value("glioma").run()  # begins at the first leaf again
    agrees(page, answers, Choice(model, truth="glioma"))


@pytest.mark.parametrize("leaf", ["2", "99", "no"])
def test_a_link_to_a_leaf(app, answers, model, leaf):
    wanted = expected(answers, Choice(model))
    link(app, leaf=leaf)
    first = ON_A_LEAF if leaf == "2" else 0
    assert shown(healthy(app)) == wanted[first : first + ON_A_LEAF]


def test_the_link_of_the_leaderboard(app, answers, model):
    link(app, model=model, truth="meningioma", answer="glioma")
    agrees(app, answers, Choice(model, truth="meningioma", answer="glioma"))


def test_a_link_means_what_it_names_and_nothing_else(page, answers, model):
    page.selectbox(key="plane").set_value("axial").run()
    page.button_group(key="preset").set_value("wrong").run()
    page.switch_page("pages/overview.py").run()
    link(page)  # kept
    agrees(page, answers, Choice(model, "wrong", plane="axial"))
    page.switch_page("pages/overview.py").run()
    link(page, model=model, truth="glioma", answer="glioma")
    agrees(page, answers, Choice(model, truth="glioma", answer="glioma"))


def test_a_link_to_what_is_not_there_says_so(app, answers, model):
    link(app, model="nearest-neighbour", truth="nothing", plane="oblique", preset="best")
    assert "There are no cases of nearest-neighbour here" in text(app).replace("\\", "")
    agrees(app, answers, Choice(model))


def test_nothing_found_is_said(page, answers, model):
    images = answers.voices[model].row.metrics.images["all"].confusion
    truth, answer = next(
        (t, a)
        for i, t in enumerate(CLASS_NAMES)
        for j, a in enumerate(CLASS_NAMES)
        if not images[i][j]
    )
    page.selectbox(key="truth").set_value(truth).run()
    page.selectbox(key="answer").set_value(answer).run()
    agrees(page, answers, Choice(model, truth=truth, answer=answer))
    assert "No scan is like that" in text(page)


def test_a_case_opens_in_classify_and_leads_back(page, answers, model):
    page.button(key="cell-glioma-glioma").click().run()
    first, second = shown(page)[:2]
    page.button(key=f"open-{first}").click().run()
    healthy(page)
    assert page.title[0].value == "Classify a scan"
    assert page.selectbox(key="sample").value == first
    case = cases()[first]
    words = text(page)
    assert f"image {case.sha256[:12]}" in words
    assert case.licence in words and case.source in words and case.path in words
    assert page.toggle(key="outline")  # a figshare tumour has an outline
    n = len(expected(answers, Choice(model, truth="glioma", answer="glioma")))
    assert f"1 of {n}" in words
    page.switch_page("pages/classify.py").run()  # where the click led; the test must say so
    page.button(key="step-chevron_right").click().run()
    assert page.selectbox(key="sample").value == second
    assert page.query_params["sample"] in (second, [second])
    link(page)
    agrees(page, answers, Choice(model, truth="glioma", answer="glioma"))


def test_a_case_says_what_is_stored_of_it(app, answers, specs):
    case = next(c for c in cases().values() if c.copies == 2)
    app.query_params["sample"] = case.id
    app.switch_page("pages/classify.py").run()
    table = healthy(app).dataframe[0].value
    at = answers.table.index[answers.table["path"] == case.path][0]
    same = answers.table["duplicate_group"] == case.picture
    voices = {
        name: voice
        for name, voice in answers.voices.items()
        if voice.row.kind != "control" or name == "nearest-neighbour"
    }
    assert list(table["Answer"]) == [
        class_title(CLASS_NAMES[voice.answer[at]]) for voice in voices.values()
    ]
    assert list(table["Images right"]) == [
        f"{(voice.answer == answers.truth)[same].sum()} of 2" for voice in voices.values()
    ]
    assert "2 images of the test" in text(app)


def test_a_shared_case_opens_without_the_page_of_cases(app, specs):
    case = next(c for c in cases().values() if c.lesion is None)
    app.query_params["sample"] = case.id
    app.switch_page("pages/classify.py").run()
    assert f"image {case.sha256[:12]}" in text(healthy(app))
    assert not app.toggle
    assert not [b for b in app.button if b.key.startswith("step-")]
    assert read_bytes(case)


@pytest.fixture(scope="module")
def two(tmp_path_factory, answers):
    """Models with a second network, which errs elsewhere, and the ensemble of both."""
    home = tmp_path_factory.mktemp("models")
    shutil.copytree(Settings().models_dir / "_controls", home / "_controls")
    name = next(iter(answers.of_kind("model")))
    shutil.copytree(Settings().models_dir / name, home / name)
    shutil.copytree(home / name, home / "second")
    manifest = home / "second" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | OTHER))
    for file in (VALIDATION_NAME, PREDICTIONS_NAME):
        first = read_predictions(evaluation_folder(home, name, SHIPPED) / file)
        table = first.table.copy()
        logits = first.logits + 2.0 * np.random.default_rng(0).normal(size=first.logits.shape)
        table[LOGITS] = logits.astype(np.float32)
        table[PROBABILITIES] = calibrated(logits, first.provenance.temperature).astype(np.float32)
        provenance = first.provenance.model_copy(update={"name": "second"})
        both = {name: first, "second": Predictions(table, provenance)}
        both["ensemble"] = combine(both, tuple(both), limits=Limits(abstain=0.7))
        for key in ("second", "ensemble"):
            write_predictions(evaluation_folder(home, key, SHIPPED) / file, both[key])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metrics.build_metrics, "__defaults__", (50,))
        for key in ("second", "ensemble"):
            write_metrics(evaluation_folder(home, key, SHIPPED))
    board = load_leaderboard(home, SHIPPED)
    return home, gather([row for row in board.rows if row.metrics])


def test_two_networks_and_their_ensemble(monkeypatch, two):
    home, answers = two
    name, *others = answers.of_kind("model", "ensemble")
    title = read_spec(home / name).manifest.title
    assert others == ["second", "ensemble"]
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(home))
    app = opened("cases")
    for preset in ("disagree", "all-wrong"):
        app.button_group(key="preset").set_value(preset).run()
        agrees(app, answers, Choice(name, preset))
        assert f"{title}, Second" in text(app)
        app.selectbox(key="model").set_value("ensemble").run()
        agrees(app, answers, Choice("ensemble", preset))
        app.selectbox(key="model").set_value(name).run()
    app.selectbox(key="model").set_value("ensemble").run()
    app.button(key=f"open-{shown(app)[0]}").click().run()
    assert list(healthy(app).dataframe[0].value["Network"])[:3] == [
        title,
        "Second",
        "Ensemble",
    ]
    app.switch_page("pages/classify.py").run()
    app.selectbox(key="model").set_value("second").run()
    link(app, **app.session_state["_trail"].query)  # what the way back leads to
    agrees(app, answers, Choice("ensemble", "all-wrong"))
    app.selectbox(key="model").set_value(name).run()
    app.switch_page("pages/classify.py").run()
    app.selectbox(key="model").set_value("second").run()
    link(app, **app.session_state["_trail"].query)
    agrees(app, answers, Choice(name, "all-wrong"))


def test_without_an_evaluation_it_says_what_to_type(monkeypatch, tmp_path):
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    app = opened("cases")
    assert "No network has been evaluated" in text(healthy(app))
    assert re.search(r"python -m core evaluate .*unseen-patients", app.code[0].value)
    assert not shown(app)
