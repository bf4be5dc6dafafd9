"""The headline is taken apart in reported, stored and computed figures only."""

from core.audit import facts
from core.evaluate.board.leaderboard import load_leaderboard
from core.evaluate.board.paper import N_TRAIN, REPORTED, weighted_accuracy
from core.protocols import PROTOCOLS
from core.settings import PROJECT, Settings
from pages._ui.figures import wording
from pages._ui.headline import claims
from pages._ui.headline.formula import finely, printed

from . import opening
from .words import healthy, text


def opened(**parameters):
    return healthy(opening.opened("headline", **parameters))


def metrics(app):
    return {m.label: m.value for m in app.metric}


def test_each_network_of_the_paper_is_taken_apart_and_each_claim_has_its_source():
    leaks = facts.leaks(facts.table()).sum()
    boards = [load_leaderboard(Settings().models_dir, protocol) for protocol in PROTOCOLS]
    app = opened()
    for row in REPORTED:
        app.button_group(key="network").set_value(row.model).run()
        shown = metrics(healthy(app))
        assert shown["Headline, reported"] == printed(row.weighted_accuracy)
        assert shown["Test, reported"] == printed(row.accuracy)
        assert shown["Training, implied"] == printed(row.implied_train_accuracy)
        assert all(finely(end) in text(app) for end in row.implied_train_range)
        assert f"= {100 * row.weighted_accuracy:.2f}" in app.latex[0].value
        words = text(app)
        assert f"{leaks.sum() - leaks['free']:,} of {leaks.sum():,}" in words
        for measured in (r for found in boards for r in found.rows if r.name == row.model):
            assert wording.with_span("accuracy", measured.figure("accuracy")) in words
            assert f"predictions {measured.metrics.predictions_sha256[:12]}" in words
    assert "Nothing may be said of another hospital" in text(app)
    assert "10.3390/cancers17010121" in text(app).replace("\\", "")


def test_training_moves_the_headline_and_not_the_test():
    first = REPORTED[0]
    app = opened(network=first.model)
    shown = metrics(app)
    assert shown["The headline would be"] == printed(first.weighted_accuracy)
    app.select_slider(key="train").set_value(80).run()
    app.select_slider(key="size").set_value(16_000).run()
    shown = metrics(healthy(app))
    wanted = weighted_accuracy(0.8, first.accuracy, 16_000)
    assert shown["The headline would be"] == printed(wanted)
    assert shown["The test stays at"] == printed(first.accuracy)
    assert (app.query_params["train"], app.query_params["size"]) == ("80", "16000")
    app.select_slider(key="size").set_value(0).run()
    assert metrics(healthy(app))["The headline would be"] == printed(first.accuracy)


def test_a_link_and_a_broken_one():
    app = opened(network="vgg16", train=100, size=500)
    vgg = next(r for r in REPORTED if r.model == "vgg16")
    wanted = weighted_accuracy(1, vgg.accuracy, 500)
    assert metrics(app)["The headline would be"] == printed(wanted)
    app = opened(network="x", train="y", size="-3")
    top = max(REPORTED, key=lambda r: r.weighted_accuracy)
    assert metrics(app)["The headline would be"] == printed(top.weighted_accuracy)
    assert f"{N_TRAIN:,} training images, right" not in text(app)


def test_both_tests_hold_the_stored_figures():
    app = opened()
    table = app.dataframe[0].value.set_index("Name")
    for protocol in PROTOCOLS:
        title = wording.PROTOCOL_TITLES[protocol]
        rows = [r for r in load_leaderboard(Settings().models_dir, protocol).rows if r.metrics]
        for row in rows:
            wanted = wording.with_span("accuracy", row.figure("accuracy"))
            assert table.loc[wording.row_title(row), title] == wanted
            assert row.metrics.predictions_sha256[:12] in text(app)
        absent = table.drop([wording.row_title(row) for row in rows])[title]
        assert absent.str.startswith("not ").all()
    assert all(chart.proto.alt for chart in app.get("plotly_chart"))


def test_without_anything_stored_nothing_is_claimed(monkeypatch, tmp_path):
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    app = opened()
    words = text(app)
    assert "What memory alone scores is not stored here." in words
    assert "nothing may be said of one" in words
    assert "98.7\u202f% (" not in words
    table = app.dataframe[0].value
    assert table["Unseen patients"].str.startswith("not ").all()


def test_memory_names_are_controls():
    names = {row.name for row in load_leaderboard(PROJECT / "models", "official").rows}
    assert set(claims.MEMORY) <= names
