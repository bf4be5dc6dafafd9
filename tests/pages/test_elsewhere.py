"""Own test beside other sources: what is stored is shown, what is not is said to be absent."""

from pathlib import Path
from shutil import copytree

import numpy as np
import pandas as pd
import pytest

from core.evaluate.board.leaderboard import load_leaderboard
from core.evaluate.figures.metrics import write_metrics
from core.evaluate.other.store import SCHEMA, OtherProvenance, other_folder, read_other, write_other
from core.evaluate.stored.layout import PREDICTIONS_NAME, evaluation_folder
from core.evaluate.stored.predictions import (
    LOGITS,
    PROBABILITIES,
    Predictions,
    read_predictions,
    write_predictions,
)
from core.labels import class_index
from core.registry import discover
from core.settings import Settings
from pages._ui.base.text import proportion
from pages._ui.figures import wording

from .opening import section
from .words import text

FREE = class_index("notumor")
POINT = 0.8


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """A models folder with one network, an operating point, and answers to drawn-up scans."""
    root = tmp_path_factory.mktemp("measured")
    specs, _broken = discover(Settings().models_dir)
    name, spec = next(iter(specs.items()))
    copytree(spec.folder, root / name)
    folder = evaluation_folder(root, name, "unseen-patients")
    stored = read_predictions(folder / PREDICTIONS_NAME)
    of = stored.provenance.model_copy(update={"rule_out_threshold": POINT})
    write_predictions(folder / PREDICTIONS_NAME, Predictions(stored.table, of))
    write_metrics(folder)

    rng = np.random.default_rng(0)
    free = np.r_[rng.uniform(0, 1, 60), rng.uniform(0.6, 1, 30)]
    p = np.zeros((90, 4))
    p[:, FREE], p[:, class_index("pituitary")] = free, 1 - free
    rows = pd.DataFrame({"path": [f"{i:02d}.jpg" for i in range(90)], "image_sha256": "0"})
    rows["tumour"], rows["family"] = np.arange(90) < 60, [f"F{i // 3}" for i in range(90)]
    rows[PROBABILITIES], rows[LOGITS] = p, np.log(np.maximum(p, 1e-9))
    provenance = OtherProvenance(
        name=name,
        weights_sha256=of.weights_sha256,
        scans_sha256="0" * 64,
        temperature=of.temperature,
        abstain_threshold=of.abstain_threshold,
        rule_out_threshold=POINT,
        packages={},
    )
    write_other(other_folder(root, name), rows[SCHEMA.names], provenance)
    return root


@pytest.fixture
def models(measured, monkeypatch):
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(measured))
    return measured


def the_board():
    from pages._ui.figures import elsewhere, wording

    elsewhere.board(wording.choose())


def cells(app):
    return [str(v) for table in app.table for v in table.value.to_numpy().ravel()]


def test_the_board_shows_what_is_stored(models: Path):
    app = section(the_board)
    (row,) = (r for r in load_leaderboard(models, "unseen-patients").rows if r.kind == "model")
    other = read_other(models, row.metrics.provenance)
    own = row.metrics.images["all"]
    shown = cells(app)
    for figure in (
        own.figures["accuracy"], other.found, other.free,
        own.ruling_out.sensitivity, own.ruling_out.specificity, own.ruling_out.unsettled,
        other.at_point.sensitivity, other.at_point.specificity, other.at_point.unsettled,
    ):  # fmt: skip
        assert wording.with_span("accuracy", figure) in shown
    table = np.array(own.confusion)
    tumours = np.delete(table, FREE, axis=0)
    assert proportion(1 - tumours[:, FREE].sum() / tumours.sum()) in shown
    assert proportion(table[FREE, FREE] / table[FREE].sum()) in shown
    assert proportion(row.metrics.provenance.limits.reassuring) in shown
    assert "60 scans with a tumour (20 families" in text(app)
    app.button_group(key="protocol").set_value("official").run()
    assert "weights that ship" in text(app)


def test_a_board_without_them_says_what_to_type(models: Path, tmp_path: Path, monkeypatch):
    name = next(iter(discover(models)[0]))
    copytree(models / name, tmp_path / name)
    for file in other_folder(tmp_path, name).iterdir():
        file.unlink()
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    app = section(the_board)
    assert "No network has been measured on scans of other sources yet" in text(app)
    assert app.code[0].value == "python -m core evaluate-other --data DIR"
    assert not any("elsewhere" in str(c) for table in app.table for c in table.value)


def the_card():
    from core.cards import read_card
    from core.protocols import UNSEEN
    from core.registry import discover
    from core.settings import Settings
    from pages._ui.figures import elsewhere

    models = Settings().models_dir
    for name in discover(models)[0]:
        elsewhere.card(read_card(models, name).under(UNSEEN).metrics)


def test_the_card_shows_both(models: Path):
    app = section(the_card)
    (row,) = (r for r in load_leaderboard(models, "unseen-patients").rows if r.kind == "model")
    other, own = read_other(models, row.metrics.provenance), row.metrics.images["all"].ruling_out
    shown = cells(app)
    for figure in (other.found, other.free, own.sensitivity, other.at_point.specificity):
        assert wording.with_span("accuracy", figure) in shown
    assert (
        f"from a probability of {proportion(row.metrics.provenance.limits.reassuring)} on"
        in text(app)
    )


def test_a_card_without_them_says_what_to_type(models: Path, tmp_path: Path, monkeypatch):
    name = next(iter(discover(models)[0]))
    copytree(models / name, tmp_path / name)
    for file in other_folder(tmp_path, name).iterdir():
        file.unlink()
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    app = section(the_card)
    assert "not measured" in cells(app)
    assert "has not been measured on scans of other sources" in text(app)


def the_claims():
    from core.evaluate.board import paper
    from core.evaluate.board.both_tests import both_tests
    from core.settings import Settings
    from pages._ui.headline import claims

    for reported in paper.REPORTED:
        claims.steps(reported, both_tests(Settings().models_dir))
        break


def test_the_headline_ends_elsewhere(models: Path):
    (row,) = (r for r in load_leaderboard(models, "unseen-patients").rows if r.kind == "model")
    other = read_other(models, row.metrics.provenance)
    words = text(section(the_claims))
    assert wording.with_span("accuracy", other.found) in words
    assert f"answers {other.rows_sha256[:12]}" in words and "elsewhere: of 60 scans" in words
