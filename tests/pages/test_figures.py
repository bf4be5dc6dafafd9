"""Every figure draws what is stored: trace by trace, without a page around it."""

import json
from contextlib import suppress

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from core.audit.stored import stored as audit
from core.cards import read_card
from core.errors import DataError
from core.evaluate.board.leaderboard import load_leaderboard
from core.evaluate.board.net_benefit import THRESHOLDS
from core.evaluate.board.paper import N_TEST, REPORTED, weighted_accuracy
from core.evaluate.figures.bootstrap import group_weights, sample_of
from core.evaluate.figures.curves import precision_recall, roc
from core.evaluate.figures.spread import risk_figures
from core.evaluate.saliency.findings import written
from core.evaluate.saliency.read import read_saliency
from core.labels import CLASS_NAMES, CLASSES
from core.registry import discover
from core.settings import Settings
from pages._ui.base.text import method_name
from pages._ui.figures import (
    boards,
    changes,
    classes,
    forest,
    house,
    kept,
    learning,
    matrices,
    methods,
    tables,
    thresholds,
    trust,
)
from pages._ui.figures.saliency_rows import Column, measured, ranked
from pages._ui.figures.show import config
from pages._ui.figures.tables import table

MODELS = Settings().models_dir


@pytest.fixture(scope="module")
def rows():
    """Rows of the shipped board that were measured."""
    return [r for r in load_leaderboard(MODELS, "unseen-patients").rows if r.metrics]


@pytest.fixture(scope="module")
def networks(rows):
    return [r for r in rows if r.kind == "model"]


@pytest.fixture(scope="module")
def part(networks):
    return networks[0].metrics.images["all"]


@pytest.fixture(scope="module")
def columns():
    """Networks whose saliency methods were measured; at least one ships."""
    found = []
    for spec in discover(MODELS)[0].values():
        with suppress(DataError):  # not measured yet
            found.append(Column(spec.name, spec.manifest.title, read_saliency(spec)))
    assert found
    return found


def ends(bars):
    """What error bars say, as lists of None or numbers."""
    return list(bars.array), list(bars.arrayminus)


def test_a_forest_holds_each_value_and_interval(rows):
    marks = [
        forest.Mark(r.title, "said", r.figure("accuracy"), house.KIND_SYMBOLS[r.kind], "of 3",
                    r.metrics.images["all"].n, {"model": r.name})
        for r in rows
    ]  # fmt: skip
    (trace,) = forest.forest(marks, "Accuracy").data
    figures = [r.figure("accuracy") for r in rows]
    assert list(trace.x) == [f.value for f in figures]
    plus, minus = ends(trace.error_x)
    assert plus == pytest.approx([f.ci_high - f.value for f in figures])
    assert minus == pytest.approx([f.value - f.ci_low for f in figures])
    assert [(c["model"], c["n"]) for c in trace.customdata] == [
        (r.name, r.metrics.images["all"].n) for r in rows
    ]
    found = list(tables.ways(forest.forest(marks, "Accuracy")))
    assert found == [(f"{r.title} · said · of 3", {"model": r.name}) for r in rows]
    assert all("of 3" in text and "said" in text for text in trace.hovertext)
    assert len(set(trace.marker.symbol)) == len({r.kind for r in rows})


def test_a_forest_holds_what_lies_beyond_at_its_edge(rows):
    figure = rows[0].figure("accuracy")
    drawn = forest.forest([forest.Mark("a", "b", figure)], "t", reach=(0, 0.5))
    assert list(drawn.data[0].x) == [0.5] and drawn.layout.xaxis.range == (0, 0.5)


@pytest.mark.parametrize("make", [roc, precision_recall])
def test_curves_are_the_stored_ones_thinned_less_than_a_pixel(networks, part, make):
    stored = make(networks[0].predictions())
    legend = {c.class_name: f"{c.class_name} 0.9 (0.8 – 1.0)" for c in stored}
    sizes = {name: figures.n for name, figures in part.classes.items()}
    drawn = classes.class_curves(stored, legend, sizes, "x", "y", steps=make is precision_recall)
    for curve, trace in zip(stored, drawn.data, strict=True):
        n = sizes[curve.class_name]
        assert f"{n:,} images of this class, {part.n - n:,} of the others" in trace.hovertemplate
        assert legend[curve.class_name] in trace.hovertemplate
    found = table(drawn)
    assert set(found["n"]) == {part.n} and len(found) == sum(len(t.x) for t in drawn.data)
    assert found["Threshold"].tolist() == pytest.approx(
        [t for trace in drawn.data for t in trace.customdata], rel=1e-4
    )
    assert [t.line.color for t in drawn.data] == [c.colour for c in CLASSES]
    assert len({t.line.dash for t in drawn.data}) == len(CLASSES)
    for curve, trace in zip(stored, drawn.data, strict=True):
        points = np.column_stack([curve.x, curve.y, curve.threshold]).astype(np.float32)
        kept = np.column_stack([trace.x, trace.y, trace.customdata])
        assert set(map(tuple, kept)) <= set(map(tuple, points))
        assert tuple(kept[0]) == tuple(points[0]) and tuple(kept[-1]) == tuple(points[-1])
        away = np.abs(points[:, None, :2] - kept[None, :, :2]).max(2).min(1)
        assert away.max() < 0.0025 + 1e-6
        assert len(kept) <= 3000


def test_reliability_holds_the_bins_of_both_stages(part):
    drawn = trust.reliability(part.calibration)
    stages = (part.calibration.before, part.calibration.after)
    for stage, trace in zip(stages, drawn.data, strict=True):
        full = [b for b in stage.bins if b.n]
        assert list(trace.x) == [b.confidence for b in full]
        assert list(trace.y) == [b.accuracy.value for b in full]
        assert [c["n"] for c in trace.customdata] == [b.n for b in full]
    served = drawn.data[1].customdata
    for leads, b in zip(served, [b for b in stages[1].bins if b.n], strict=True):
        assert trust.bin_ends(leads["bin"]) == pytest.approx((b.lower, b.upper), abs=1e-6)
    assert all("bin" not in leads for leads in drawn.data[0].customdata)


def test_risk_is_the_stored_curve_and_a_click_gives_its_coverage(networks, part):
    stored = part.risk_coverage
    sample = sample_of(networks[0].predictions())
    risks = risk_figures(sample, group_weights(sample.count, 200), np.asarray(stored.coverage))
    drawn = trust.risk(stored, risks, part.n, part.abstention, 3)
    low, high, curve, *marks = drawn.data
    assert list(curve.y) == list(stored.risk)
    assert list(curve.x) == pytest.approx(stored.coverage, rel=1e-3)
    assert list(low.y) == [f.ci_low for f in risks] and list(high.y) == [f.ci_high for f in risks]
    for x, share, f, carried, words in zip(
        curve.x, stored.coverage, risks, curve.customdata, curve.hovertext, strict=True
    ):
        assert carried == {"coverage": x, "n": round(share * part.n)}
        assert f"{carried['n']:,} of {part.n:,} images" in words
        assert f"Wrong among them: {house.with_ends(f)}" in words
    chosen, asked = marks
    assert (chosen.x[0], chosen.y[0]) == (
        part.abstention.coverage.value, 1 - part.abstention.accuracy.value
    )  # fmt: skip
    assert house.with_ends(part.abstention.accuracy) in chosen.hovertext
    assert (asked.x[0], asked.y[0]) == (curve.x[3], stored.risk[3])
    found = table(drawn)
    assert found.iloc[5]["n"] == round(stored.coverage[5] * part.n)
    assert found.iloc[5]["to"] == pytest.approx(risks[5].ci_high, rel=1e-3)


@pytest.mark.parametrize("small", [False, True])
def test_each_cell_of_each_matrix_is_drawn_and_leads_to_its_cases(networks, small):
    for row in networks:
        part = row.metrics.images["all"]
        counts, recalls = part.confusion, [part.classes[c].recall for c in CLASS_NAMES]
        drawn = matrices.confusion(row.name, row.title, counts, recalls, small=small)
        shades, marks = drawn.data
        assert (row.title in (drawn.layout.title.text or "")) == small
        assert len(marks.customdata) == 16
        for leads, words in zip(marks.customdata, marks.hovertext, strict=True):
            i, j = CLASS_NAMES.index(leads["truth"]), CLASS_NAMES.index(leads["answer"])
            assert leads["model"] == row.name and leads["n"] == counts[i][j]
            assert shades.z[i][j] == pytest.approx(counts[i][j] / sum(counts[i]))
            assert f"of the {sum(counts[i]):,} of this class" in words
            assert (house.with_ends(recalls[i]) in words) == (i == j)


def test_disagreement_holds_each_pair_and_no_diagonal():
    counts = [[0, 5, 7], [5, 0, 2], [7, 2, 0]]
    drawn = matrices.disagreement(counts, ["a", "b", "c"], 10)
    shades, cells = drawn.data
    assert shades.z[0][1] == 0.5 and shades.z[0][0] is None
    found = {(y, x): c["n"] for x, y, c in zip(cells.x, cells.y, cells.customdata, strict=True)}
    assert found == {("a", "b"): 5, ("a", "c"): 7, ("b", "a"): 5, ("b", "c"): 2,
                     ("c", "a"): 7, ("c", "b"): 2}  # fmt: skip


@pytest.mark.parametrize("metric", ["pointing", "deletion", "sanity_half_spearman"])
def test_methods_are_dots_and_controls_are_bands(columns, metric):
    order = ranked(columns, metric, None)
    drawn = methods.methods(columns, order, metric, None)
    dots = [t for t in drawn.data if t.yaxis != "y2"]
    bands = [t for t in drawn.data if t.yaxis == "y2"]
    assert [t.name for t in dots] == [c.title for c in columns]
    assert len({t.marker.symbol for t in dots}) == len(columns)
    for column, trace in zip(columns, dots, strict=True):
        for x, leads in zip(trace.x, trace.customdata, strict=True):
            found = measured(column, leads["method"], metric, None)
            assert (x, leads["n"]) == (found.value, found.n)
    for band in bands:
        name = next(n for n in order if band.text.startswith(f"<b>{method_name(n)}</b>"))
        every = [m for c in columns if (m := measured(c, name, metric, None)) is not None]
        assert (min(band.x), max(band.x)) == (
            min(m.value for m in every), max(m.value for m in every)
        )  # fmt: skip
        assert all(written(metric, m) in band.text and str(m.n) in band.text for m in every)
    found = table(drawn)
    assert len(found) == sum(len(t.x) for t in dots) + len(bands)
    assert found["n"].count() == sum(len(t.x) for t in dots)
    for column, trace in zip(columns, dots, strict=True):
        said = found[found["Series"] == column.title] if len(dots) > 1 or bands else found
        named = [method_name(leads["method"]) for leads in trace.customdata]
        assert said["Row"].tolist() == named


def test_a_card_draws_each_epoch_and_the_one_that_was_kept(networks):
    card = read_card(MODELS, networks[0].name)
    evaluation = card.under("unseen-patients")
    best = card.spec.manifest.training.best_epoch
    n = len(pd.read_parquet(evaluation.folder / "validation.parquet"))
    assert evaluation.validated == n
    train, valid, kept = learning.training(evaluation.curves, "loss", best, n).data
    assert valid.meta["n"] == n and f"{n:,} validation images" in valid.hovertemplate
    assert f"{n:,} validation images" in kept.hovertext and "images" not in train.hovertemplate
    assert list(train.y) == [e.loss for e in evaluation.curves]
    assert list(valid.y) == [e.validation_loss for e in evaluation.curves]
    assert (kept.x[0], kept.y[0]) == (best, evaluation.curves[best - 1].validation_loss)


def test_all_runs_are_drawn_over_one_another(networks):
    runs = {r.title: read_card(MODELS, r.name).under("unseen-patients") for r in networks}
    curves = {title: e.curves for title, e in runs.items()}
    drawn = learning.runs(curves, "accuracy", {title: e.validated for title, e in runs.items()})
    for e, trace in zip(runs.values(), drawn.data, strict=True):
        assert trace.meta["n"] == e.validated
        assert ("validation images" in trace.hovertemplate) == (e.validated is not None)
    for (name, epochs), trace in zip(curves.items(), drawn.data, strict=True):
        assert trace.name == name
        assert list(trace.y) == [e.validation_accuracy for e in epochs]
    assert len({t.line.dash for t in drawn.data}) == len(curves)


def test_thresholds_draw_the_first_curve_with_its_band():
    curve = THRESHOLDS**2
    swept = thresholds.Swept(curve, curve - 0.1, curve + 0.1, "1,400 images of 716 groups", 1400)
    drawn = thresholds.thresholds(
        {"a": swept}, {"none": 0 * curve, "all": 1 - curve}, "y", (0, 1), 0.3, 0.6
    )
    low, high, first, none, every, prices, point = drawn.data
    assert [set(mark.x) for mark in (prices, point)] == [{0.3}, {0.6}]
    assert prices.line.dash != point.line.dash and prices.name != point.name
    assert list(low.y) == list(curve - 0.1) and list(high.y) == list(curve + 0.1)
    assert list(first.y) == list(curve) and list(first.x) == list(THRESHOLDS)
    assert (none.name, every.name) == ("none", "all")
    assert first.hovertext[59] == (
        "<b>a</b><br>Threshold: 60\u202f%<br>y: 0.4 (0.3 – 0.5)<br>1,400 images of 716 groups"
    )
    found = table(drawn)
    assert found.iloc[59][["from", "to", "n"]].tolist() == pytest.approx([0.26, 0.46, 1400])


def test_strengths_are_moved_aside_but_said_as_they_are():
    one = changes.Line("a", (0.0, 1.0), (0.9, 0.4), ("x", "y"), (0.8, None), (1.0, None))
    drawn = changes.strengths(
        [one, changes.Line("b", (0.0, 1.0), (0.8, 0.2), ("", ""))], "p", 0.5, 0.1
    )
    first, second = drawn.data
    assert list(first.x) == pytest.approx([-0.05, 0.95]) and list(first.y) == [0.9, 0.4]
    assert "Strength: 100%" in first.hovertext[1]
    plus, minus = ends(first.error_y)
    assert plus[0] == pytest.approx(0.1) and plus[1] is None and minus[1] is None
    assert second.error_y.array is None


def test_gammas_stand_at_their_values_with_their_intervals():
    one = changes.Line("a", (0.7, 1.0), (0.25, 0.0), ("x", ""), (0.2, 0.0), (0.35, 0.0))
    (drawn,) = changes.gammas([one], "turned").data
    assert list(drawn.x) == [0.7, 1.0] and list(drawn.y) == [0.25, 0.0]
    assert "Gamma: 0.7" in drawn.hovertext[0] and "turned: 25.0" in drawn.hovertext[0]
    plus, minus = ends(drawn.error_y)
    assert plus[0] == pytest.approx(0.1) and minus[0] == pytest.approx(0.05)


def test_the_headline_is_the_formula():
    reported = REPORTED[0]
    head, test, here = boards.reach(0.99, 1000, reported, 32_000).data
    assert list(head.y) == [weighted_accuracy(0.99, reported.accuracy, int(n)) for n in head.x]
    assert set(test.y) == {reported.accuracy}
    assert here.y[0] == weighted_accuracy(0.99, reported.accuracy, 1000)
    assert "1,000 training images" in here.hovertext
    assert f"without an interval, on {N_TEST:,} test images" in test.hovertemplate


def test_both_tests_stand_with_their_intervals(rows):
    f = rows[0].figure("accuracy")
    shown = [
        boards.Twice("t", "n", f, f, ("o", "u"), 0.9, (1311, 1400)),
        boards.Twice("s", "", f, f, ("", "")),
    ]
    official, unseen, paper = boards.twice(shown).data
    assert [c["n"] for t in (official, unseen) for c in t.customdata] == [1311, None, 1400, None]
    assert official.hovertext[0].endswith("o") and f"{N_TEST:,}" in paper.hovertext[0]
    assert list(official.x) == list(unseen.x) == [f.value] * 2 and list(paper.x) == [0.9]
    assert len({official.marker.symbol, unseen.marker.symbol, paper.marker.symbol}) == 3


def test_notes_that_lack_room_beside_one_another_stand_in_two_lines():
    assert not house.crowded([("Nearest neighbour", "97.2 % (96.1 – 98.1)")])
    assert house.crowded(
        [("short", ""), ("16×16 缩略图上的最近邻 · 对照", "73.9% (65.8 – 81.3)" * 2)]
    )
    wide, narrow = "最" * 16, "m" * 16
    assert house.crowded([(wide, "x" * 20)]) and not house.crowded([(narrow, "x" * 20)])


def test_worth_is_accuracy_time_and_size(networks):
    f = networks[0].figure("accuracy")
    one, two = (
        boards.Worth(name, name, f, "said", "of 3", 3, ms, mb)
        for name, ms, mb in (("a", 5, 1), ("b", 9, 4))
    )
    first, second = boards.worth([one, two]).data
    assert (first.x[0], first.y[0], first.customdata[0]) == (
        5, f.value, {"model": "a", "n": 3}
    )  # fmt: skip
    for words in ("said", "of 3", "5 ms", "1.0 MB"):
        assert words in first.hovertext
    assert second.marker.size > first.marker.size


def test_probabilities_of_a_scan_are_a_dot_a_class():
    voices = {"a": (0.1, 0.2, 0.3, 0.4), "b": (0.7, 0.1, 0.1, 0.1)}
    drawn = classes.probabilities(voices)
    assert [t.marker.color for t in drawn.data] == [c.colour for c in CLASSES]
    assert [list(t.x) for t in drawn.data] == [[0.1, 0.7], [0.2, 0.1], [0.3, 0.1], [0.4, 0.1]]
    assert len({t.marker.symbol for t in drawn.data}) == 4


def test_counts_of_the_dataset_are_drawn_as_they_are():
    counts = pd.Series({name: 10 * i + 1 for i, name in enumerate(CLASS_NAMES)})
    (bars,) = classes.class_bars(counts, 31, "Distinct pictures").data
    assert bars.hovertext[1] == (
        "<b>Meningioma</b><br>Distinct pictures: 11<br>17.2\u202f% of these 64"
    )
    assert list(bars.x) == [1, 11, 21, 31] and list(bars.marker.color) == [
        c.colour for c in CLASSES
    ]
    leaks = pd.Series({"exact": 40, "near": 3, "patient": 0, "free": 5})
    drawn = classes.waffle(leaks, {k: k for k in leaks.index})
    assert {t.name: len(t.x) for t in drawn.data} == {"exact": 40, "near": 3, "free": 5}
    assert drawn.data[0].hovertext == "40 of 48 images, 83.3\u202f%<br>exact"
    places = [p for t in drawn.data for p in zip(t.x, t.y, strict=True)]
    assert len(set(places)) == 48


def test_spread_draws_the_stored_quantiles():
    found = audit().statistics[0]
    marks = [t for t in classes.spread(found.classes, "t").data if t.mode == "markers"]
    for c, trace in zip(CLASSES, marks, strict=True):
        q = found.classes[c.name]
        assert list(trace.x) == [q.p10, q.p25, q.p50, q.p75, q.p90]
        assert trace.meta["n"] == q.n and f"{q.n:,} images" in trace.hovertext[0]


def test_a_class_of_students_stands_before_the_networks():
    (bars,) = boards.counts({"class": 3, "net": 5}, 6).data
    assert list(bars.hovertext) == ["class: 3 of 6", "net: 5 of 6"]
    assert list(bars.x) == [3, 5] and bars.marker.color[0] != bars.marker.color[1]


def test_a_figure_is_a_table_of_what_it_draws(rows, part):
    marks = [forest.Mark(r.title, "", r.figure("accuracy"), n=7) for r in rows]
    found = table(forest.forest(marks, "Accuracy"))
    first = rows[0].figure("accuracy")
    assert found["Row"].tolist() == [r.title for r in rows]
    assert set(found["n"]) == {7}
    assert found.iloc[0][["Accuracy", "from", "to"]].tolist() == pytest.approx(
        [first.value, first.ci_low, first.ci_high], abs=1e-4
    )
    bins = table(trust.reliability(part.calibration))
    assert bins["n"].sum() == 2 * part.n


def test_both_themes_are_whole_and_light():
    for theme in ("dark", "light"):
        made = house.template(theme)
        assert len(json.dumps(made.to_plotly_json())) < 3000
        assert made.layout.font.family == house.FONT


def test_a_dressed_figure_says_itself_what_its_template_says():
    bare = house.blank(300, yaxis={"title": {"text": "y"}}, xaxis2={"ticks": "inside"})
    bare.add_scatter(x=np.array([0.25, 1 / 3]), y=[1, 2], xaxis="x2")
    bare.add_annotation(text="n", x=0, y=0, font={"size": 9})
    bare.add_vline(0.5)
    before = bare.to_json()
    for theme in ("dark", "light"):
        made, says = house.dressed(bare, theme), house.template(theme)
        sent = json.loads(made.to_json())
        assert "template" not in sent["layout"] and house.dressed(bare, theme) is made
        assert sent["data"][0]["x"] == [0.25, 0.333333]
        assert made.data[0].textfont == says.data.scatter[0].textfont
        assert made.layout.font == says.layout.font and made.layout.legend == says.layout.legend
        assert made.layout.xaxis.gridcolor == made.layout.yaxis.gridcolor
        assert made.layout.xaxis.gridcolor
        assert made.layout.xaxis2.gridcolor == says.layout.xaxis.gridcolor
        assert (made.layout.xaxis2.ticks, made.layout.yaxis.title.text) == ("inside", "y")
        assert made.layout.yaxis.title.standoff == 10
        (note,), (line,) = made.layout.annotations, made.layout.shapes
        assert (note.font.size, note.font.color) == (9, says.layout.font.color)
        assert line.line == says.layout.shapedefaults.line
    assert bare.to_json() == before


def test_a_figure_is_known_by_its_data():
    """Or a changed one would not be drawn, where it keeps its place on the page."""
    one, other = (go.Figure().add_scatter(y=[1, n]) for n in (2, 3))
    again = go.Figure().add_scatter(y=[1, 2])
    marks = [house.dressed(f, "dark").layout.datarevision for f in (one, again, other)]
    assert marks[0] == marks[1] != marks[2]
    clicked = house.dressed(one, "dark", clicked=True).layout
    assert (clicked.clickmode, clicked.dragmode) == ("event+select", "pan")
    assert house.dressed(one, "dark").layout.clickmode is None


def test_a_figure_is_built_once_for_its_arguments_and_language(monkeypatch):
    built = []

    @kept.kept
    def draw(values, *, title=""):
        built.append(title)
        return go.Figure(layout={"title": {"text": title}})

    first = draw([1, 2], title="a")
    assert draw([1, 2], title="a") is first and built == ["a"]
    others = [draw([1, 3], title="a"), draw([1, 2], title="b")]
    monkeypatch.setattr(kept, "locale", lambda: "zh_CN")
    others.append(draw([1, 2], title="a"))
    assert len(built) == 4 and len({id(figure) for figure in (first, *others)}) == 4


def test_the_bar_offers_one_picture_of_three_times_the_size():
    found = config("accuracy")
    assert found["modeBarButtons"] == [["toImage"]] and not found["displaylogo"]
    said = found["locales"][found["locale"]]["dictionary"]
    assert said["Download plot as a PNG"] == "Download as a picture (PNG)"
    assert found["toImageButtonOptions"] == {
        "format": "png", "filename": "glassbrain-accuracy", "scale": 3
    }  # fmt: skip


def test_six_networks_closer_are_light(networks):
    six = {f"{r.name}-{i}": r for i in range(2) for r in networks}
    parts = [r.metrics.images["all"] for r in six.values()]
    drawn = [
        matrices.confusion("x", "x", p.confusion, [p.classes[c].recall for c in CLASS_NAMES])
        for p in parts
    ]
    for row in networks[:2]:
        predictions = row.predictions()
        legend = dict.fromkeys(CLASS_NAMES, "x")
        sizes = dict.fromkeys(CLASS_NAMES, 9)
        drawn += [
            classes.class_curves(roc(predictions), legend, sizes, "x", "y", steps=False),
            classes.class_curves(
                precision_recall(predictions), legend, sizes, "x", "y", steps=True
            ),
        ]
    weights = [len(house.dressed(f, "dark").to_json()) for f in drawn]
    assert sum(weights) < 400_000
    assert max(len(t.x) for f in drawn for t in f.data) <= 3000
