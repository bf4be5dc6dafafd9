"""Every number on the leaderboard is one that is stored, under every filter."""

import csv
import io
import json
from shutil import copytree

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.architectures import ARCHITECTURES
from core.evaluate.board import paper
from core.evaluate.board.leaderboard import comparison, load_leaderboard, rank
from core.evaluate.board.ranking import Ranking
from core.evaluate.stored.layout import METRICS_NAME, benchmark_file, evaluation_folder
from core.labels import CLASS_NAMES
from core.protocols import PROTOCOLS
from core.report import to_csv
from core.settings import PROJECT, Settings
from pages._ui.base.text import class_title, proportion
from pages._ui.figures import wording
from pages._ui.leaderboard import views

from . import opening
from .opening import section, sound
from .words import healthy, text

CONTROLS = PROJECT / "models" / "_controls"
pytestmark = pytest.mark.usefixtures("quick")
KINDS = ("mobilenetv2", "random-forest")


@pytest.fixture
def controls_only(monkeypatch, tmp_path):
    """A models folder with the controls and no network."""
    copytree(CONTROLS, tmp_path / "_controls")
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    return tmp_path


def opened(**parameters):
    return healthy(opening.opened("leaderboard", **parameters))


def stored(protocol):
    return load_leaderboard(Settings().models_dir, protocol)


def shown(app):
    """Rows of the table that were measured or reported, without those to be trained."""
    table = app.dataframe[0].value
    return table[~table["Kind"].str.startswith("not ")].reset_index(drop=True)


def same(seen, values, figure):
    scale = 1 if figure in wording.UNITLESS else 100
    expected = pd.Series([v if v is None else v * scale for v in values], dtype=float)
    pd.testing.assert_series_equal(
        seen.astype(float), expected, check_names=False, check_index=False
    )


def measured_names(protocol):
    return [row.name for row in stored(protocol).rows if row.metrics]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("images", ["all", "distinct"])
def test_rows_stand_in_their_order_with_their_values(protocol, images):
    app = opened(protocol=protocol, images=images)
    question = stored(protocol)
    own = measured_names(protocol)  # each network stands there once, the paper's figure beside it
    ranked = [
        r
        for r in rank(question, "accuracy", images)
        if r.row.metrics or (r.figure.value is not None and r.row.reported.model not in own)
    ]
    table = shown(app)
    assert list(table["Name"]) == [wording.row_title(r.row) for r in ranked]
    same(table["Accuracy"], [r.figure.value for r in ranked], "accuracy")
    same(table["Macro F1"], [r.row.figure("macro_f1", images).value for r in ranked], "macro_f1")
    places = [None if pd.isna(p) else p for p in table["#"]]
    assert places == [r.position for r in ranked]
    compared = comparison(question, "accuracy", images)
    letters = [compared.letters.get(r.row.name) if r.position else None for r in ranked]
    assert [None if pd.isna(x) else x for x in table["Ties"]] == letters
    n = ranked[0].row.metrics.images[images]
    assert f"{n.n:,} images of {n.groups} groups" in text(app)


def the_table():
    from pages._ui.figures import wording
    from pages._ui.leaderboard import ranking

    ranking.table(wording.choose(), None)


def test_each_figure_ranks():
    app = section(the_table)
    for figure in wording.FIGURES:
        app.selectbox(key="figure").set_value(figure).run()
        ranked = rank(stored("unseen-patients"), figure)
        table = shown(sound(app))
        assert list(table["Name"]) == [wording.row_title(r.row) for r in ranked]
        same(table[wording.title(figure)], [r.figure.value for r in ranked], figure)
        assert app.query_params.get("figure") == (None if figure == "accuracy" else figure)


def test_filters_by_hand():
    app = opened()
    app.button_group(key="protocol").set_value("official").run()
    assert "Copies and neighbouring slices" in text(healthy(app))
    app.button_group(key="images").set_value("distinct").run()
    assert "One per distinct picture" in str(app.button_group(key="images").options)
    n = stored("official").rows[0].metrics.images["distinct"].n
    assert f"{n:,} images" in text(healthy(app))
    assert app.query_params["protocol"] == "official"


def test_a_link_to_nothing_falls_back():
    app = opened(protocol="mine", images="none", figure="luck", model="x", beside="y", view="z")
    assert app.selectbox(key="figure").value == "accuracy"
    assert app.selectbox(key="beside").value is None
    assert "Which classes is it good at?" in text(app)


def test_memory_is_named_with_its_stored_number():
    app = opened(protocol="official")
    question = stored("official")
    best = max(
        question.row(name).figure("accuracy").value
        for name in ("nearest-neighbour", "nearest-neighbour-mirrored")
    )
    assert f"already gets {proportion(best)}" in text(app)


def test_the_paper_is_marked_and_its_headline_taken_apart():
    app = opened(protocol="official")
    table = shown(app)
    reported = table[table["Kind"] == "Reported"]
    own = set(measured_names("official"))
    alone = [told for told in paper.REPORTED if told.model not in own]
    assert len(reported) == len(alone) and reported["#"].isna().all()
    names = app.dataframe[0].value["Name"].str.removesuffix(", the paper")
    for told in paper.REPORTED:
        (row,) = app.dataframe[0].value[names == ARCHITECTURES[told.model].title].to_dict("records")
        assert row["The paper"] == pytest.approx(100 * told.accuracy)
    columns = json.loads(app.dataframe[0].proto.columns)
    assert "%.2f" in columns["The paper"]["type_config"]["format"]  # 92.85 is not 92.8
    assert reported["95 % interval"].isna().all()
    parts = next(t.value for t in app.table if "Weighted accuracy, reported" in t.value)
    first = paper.REPORTED[0]
    assert parts.iloc[0, 1] == proportion(first.weighted_accuracy)
    assert parts.iloc[0, 3] == proportion(first.implied_train_accuracy)
    assert "doi:10.3390/cancers17010121" in text(app)
    assert "Reported" not in set(opened().dataframe[0].value["Kind"])


def test_what_is_not_trained_stands_there_with_its_command(controls_only):
    app = opened()
    table = app.dataframe[0].value
    waiting = table[table["Kind"] == "not trained yet"]
    assert set(waiting["Name"]) == {a.title for a in ARCHITECTURES.values()}
    assert waiting["Accuracy"].isna().all()
    commands = "\n".join(c.value for c in app.code)
    for name in ARCHITECTURES:
        for verb in ("train", "evaluate"):
            assert f"core {verb} --model {name} --protocol unseen-patients --data DIR" in commands
    assert "no file to weigh" in text(app)


def test_an_empty_house_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    app = opened()
    assert "Nothing has been evaluated" in text(app)
    assert "has not been evaluated under" in text(app)
    assert not app.dataframe


def test_a_result_that_was_touched_is_left_out_with_a_sentence(controls_only):
    file = evaluation_folder(controls_only, "majority", "unseen-patients") / METRICS_NAME
    content = json.loads(file.read_text())
    content["predictions_sha256"] = "0" * 64
    file.write_text(json.dumps(content))
    app = opened()
    assert "Majority class" not in set(app.dataframe[0].value["Name"])
    assert "were not made from the predictions" in app.warning[0].value


def matrices(app):
    """Cells of each confusion matrix on the page: truth, answer -> images, and where they lead."""
    figures = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    single = [f for f in figures if sum(t["type"] == "heatmap" for t in f["data"]) == 1]
    cells = [t["customdata"] for f in single for t in f["data"] if t["type"] == "scatter"
             and "truth" in (t.get("customdata") or [{}])[0]]  # fmt: skip
    return [{(c["truth"], c["answer"]): c for c in of} for of in cells]


@pytest.mark.parametrize("name", measured_names("unseen-patients"))
def test_the_matrix_is_the_stored_one(name):
    app = opened(model=name, compare="differences")
    row = stored("unseen-patients").row(name)
    counts = row.metrics.images["all"].confusion
    (cells,) = matrices(app)
    assert len(cells) == 16
    for i, truth in enumerate(CLASS_NAMES):
        for j, answer in enumerate(CLASS_NAMES):
            found = cells[truth, answer]
            assert (found["n"], found["model"]) == (counts[i][j], name)
    mistakes = sum(counts[i][j] > 0 for i in range(4) for j in range(4) if i != j)
    links = [k for k in app.get("page_link") if "truth=" in k.proto.query_string]
    assert len(links) == (0 if row.kind == "control" else mistakes)
    assert row.metrics.predictions_sha256[:12] in text(app)
    assert row.metrics.provenance.split_sha256[:12] in text(app)


def the_trust(view):
    from core.evaluate.board.leaderboard import load_leaderboard
    from core.evaluate.board.ranking import Ranking
    from core.settings import Settings
    from pages._ui.leaderboard import trust

    board = load_leaderboard(Settings().models_dir, "unseen-patients")
    getattr(trust, view)(board.row("mobilenetv2"), Ranking(board, "accuracy", "all"))


def test_a_click_on_the_risk_curve_asks_about_its_threshold():
    app = AppTest.from_function(
        the_trust, args=("abstention",), default_timeout=opening.TIMEOUT
    ).run()
    row = stored("unseen-patients").row("mobilenetv2")
    curve = row.metrics.images["all"].risk_coverage
    at = len(curve.coverage) // 2
    app.session_state["_clicked-risk-mobilenetv2"] = {"coverage": curve.coverage[at]}
    app.run()
    assert not app.exception
    assert app.slider[0].value == pytest.approx(curve.coverage[at], abs=0.01)
    sure = sorted(row.predictions().probabilities.max(axis=1), reverse=True)
    limit = sure[round(curve.coverage[at] * len(sure)) - 1]
    assert proportion(limit) in text(app) and proportion(curve.risk[at]) in text(app)


def test_all_networks_are_compared_three_ways():
    app = opened(compare="differences")
    networks = [r for r in stored("unseen-patients").rows if r.kind == "model"]
    titles = {r.title for r in networks}
    figures = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    (pairs,) = [t for f in figures for t in f["data"] if t.get("name") == "Different answers"
                and t["type"] == "scatter"]  # fmt: skip
    answers = {r.title: r.predictions().probabilities.argmax(1) for r in networks}
    for x, y, cell in zip(pairs["x"], pairs["y"], pairs["customdata"], strict=True):
        assert cell["n"] == (answers[x] != answers[y]).sum()
    assert set(pairs["x"]) == titles


def test_two_matrices_stand_side_by_side():
    first, second = measured_names("unseen-patients")[:2]
    app = opened(model=first, compare="differences")
    app.selectbox(key="beside").set_value(second).run()
    assert len(matrices(healthy(app))) == 2
    app.selectbox(key="beside").set_value(first).run()
    assert len(matrices(healthy(app))) == 1


@pytest.mark.parametrize("name", [n for n in KINDS if n in measured_names("unseen-patients")])
def test_each_view_of_a_network_and_of_a_control(name):
    app = opened(model=name)  # the whole app: what is shown links to other pages
    row = stored("unseen-patients").row(name)
    part = row.metrics.images["all"]
    for view, (_name, question, _draw) in views.VIEWS.items():
        app.button_group(key="view").set_value(view).run()
        assert question in text(healthy(app))
        if view in ("calibration", "abstention") and row.kind == "control":
            assert row.metrics.notes[0] in text(app)
        elif view == "calibration":
            stages = (part.calibration.before, part.calibration.after)
            table = next(t.value for t in app.table if "ECE" in t.value)
            for key, column in (("ece", "ECE"), ("log_loss", "Log loss"), ("brier", "Brier score")):
                wanted = [wording.with_span(key, getattr(stage, key)) for stage in stages]
                assert list(table[column]) == wanted
        elif view == "abstention":
            assert wording.with_span("accuracy", part.abstention.coverage) in text(app)
        elif view == "classes":
            table = next(t.value for t in app.table if "Recall" in t.value)
            assert list(table["Class"]) == [class_title(c) for c in CLASS_NAMES]
            recalls = [wording.with_span("recall", part.classes[c].recall) for c in CLASS_NAMES]
            assert list(table["Recall"]) == recalls


def test_each_slice():
    app = opened(view="slices", protocol="official")
    found = stored("official").rows[0].metrics.images["all"].parts
    for by in views.SLICES:
        app.button_group(key="slices").set_value(by).run()
        assert by in found and "very few groups" in text(healthy(app))
    app.button_group(key="protocol").set_value("unseen-patients").run()
    assert "no such slices" in text(healthy(app))


def test_the_table_to_take_home_holds_every_figure():
    question = stored("official")
    choice = Ranking(question, "accuracy", "all")
    compared = comparison(question)
    lines = list(csv.DictReader(io.StringIO(to_csv(choice.records(compared)))))
    assert [line["name"] for line in lines] == [r.row.name for r in rank(question, "accuracy")]
    for line in lines:
        row = question.row(line["name"])
        for figure in wording.FIGURES:
            for end in ("value", "ci_low", "ci_high"):
                stored_value = getattr(row.figure(figure), end)
                assert line[f"{figure}_{end}"] == (
                    "" if stored_value is None else f"{stored_value}"
                )
        assert line["ties"] == compared.letters.get(row.name, "")
        assert line["predictions_sha256"] == (row.metrics.predictions_sha256 if row.metrics else "")


@pytest.mark.parametrize("content", [None, "[]", '{"architectures": []}'])
def test_speed_that_was_not_measured_is_not_claimed(controls_only, content):
    if content:
        benchmark_file(controls_only).parent.mkdir()
        benchmark_file(controls_only).write_text(content)
    app = opened()
    assert "python -m core benchmark --save" in [c.value for c in app.code]


def test_speed_comes_from_the_stored_benchmark(monkeypatch, tmp_path, specs):
    copytree(Settings().models_dir, tmp_path, dirs_exist_ok=True)
    name = next(n for n in measured_names("unseen-patients") if n in specs)
    stored_times = {
        "machine": "2 cores", "command": "python -m core benchmark",
        "architectures": [{"model": name, "input_size": 224, "ours": "tensorflow",
                           "milliseconds": {"tensorflow": 41.7}}],
    }  # fmt: skip
    benchmark_file(tmp_path).parent.mkdir(exist_ok=True)
    benchmark_file(tmp_path).write_text(json.dumps(stored_times))
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    app = opened()
    assert "42 ms at 224 px" in str([t.value.to_dict() for t in app.table])
    assert "2 cores" in text(app)
