"""Every cost on the page is the stored answers' at the prices that were set."""

import csv
import io
from shutil import copytree

import pytest

from core.evaluate.board import cost
from core.evaluate.board.cost import Costs
from core.evaluate.board.decisions import at_point
from core.evaluate.board.leaderboard import load_leaderboard, samples
from core.evaluate.board.priced import DECISIONS, PricedBoard
from core.report import to_csv
from core.settings import PROJECT, Settings
from pages._ui.cost import pricing, sentences
from pages._ui.figures import wording

from . import opening
from .opening import section, sound
from .words import healthy, text


def opened(**parameters):
    return healthy(opening.opened("cost", **parameters))


def stored():
    return load_leaderboard(Settings().models_dir, "unseen-patients")


def expected(costs, decision="least", prevalence=None, images="all"):
    """Cost of each row by the core alone."""
    found = {}
    for name, sample in samples(stored(), images).items():
        of = cost.shares(sample.y)
        actions = sample.probabilities.argmax(axis=1)
        if decision == "least" and stored().row(name).kind != "control":
            moved = cost.at_prevalence(sample.probabilities, of, prevalence)
            actions = cost.decide(moved, costs)
        elif decision == "point":
            limits = stored().row(name).metrics.provenance.limits
            refer = costs.referral is not None
            actions = at_point(sample.probabilities, limits, refer=refer)
        weights = cost.draws(sample.count)
        found[name] = cost.bill(sample, actions, costs, weights, prevalence).cost
    return found


def shows(app, wanted):
    """The table holds these costs, least first, with these intervals."""
    table = app.dataframe[0].value
    order = sorted(wanted, key=lambda name: (wanted[name].value, name))
    assert list(table["Name"]) == [wording.row_title(stored().row(name)) for name in order]
    assert list(table["Cost per 100"]) == pytest.approx([wanted[n].value for n in order])
    assert list(table["95 % interval"]) == [sentences.span(wanted[n]) for n in order]


def test_it_opens_with_every_mistake_alike_which_is_the_stored_error_rate():
    app = opened()
    table = app.dataframe[0].value.set_index("Name")
    for row in stored().rows:
        line = table.loc[wording.row_title(row)]
        rate = 100 * (1 - row.figure("accuracy").value)
        assert line["Cost per 100"] == pytest.approx(rate, abs=1e-3)
        assert line["Kind"] == wording.KINDS[row.kind]
    assert list(table["#"]) == list(table["# by count"])
    shows(app, expected(Costs()))


def test_each_slider_moves_the_costs_and_the_address():
    app = opened()
    prices = {"missed": 20, "alarm": 0.5, "type": 5, "refer": 2}
    for key, value in prices.items():
        app.select_slider(key=key).set_value(value)
    app.run()
    assert {key: app.query_params[key] for key in prices} == {k: str(v) for k, v in prices.items()}
    costs = Costs(20, 0.5, 5, 2)
    shows(healthy(app), expected(costs))
    assert "Referred" in app.dataframe[0].value
    app.select_slider(key="tumours").set_value(5).run()
    shows(healthy(app), expected(costs, prevalence=0.05))
    assert "as if 5 of 100 scans showed a tumour" in text(app)
    app.button_group(key="decide").set_value("answer").run()
    shows(healthy(app), expected(costs, "answer", 0.05))
    app.button_group(key="images").set_value("distinct").run()
    shows(healthy(app), expected(costs, "answer", 0.05, "distinct"))


def test_a_link_opens_the_same_question_and_nonsense_falls_back():
    app = opened(missed=10, refer=0.5, tumours=1, decide="answer")
    shows(app, expected(Costs(10, referral=0.5), "answer", 0.01))
    app = opened(missed="x", refer="-1", tumours="200", decide="y", images="z", curve="?")
    shows(app, expected(Costs()))


def test_each_example_sets_the_sliders():
    app = opened(alarm=50)
    for i, changes in enumerate(pricing.EXAMPLES.values()):
        app.button(key=f"example-{i}").click().run()
        for key, value in (pricing.DEFAULTS | changes).items():
            assert app.select_slider(key=key).value == value
    assert "alarm" not in app.query_params
    shows(healthy(app), expected(Costs(10, referral=0.5), prevalence=0.05))


def the_curves():
    from pages._ui.cost import pricing, threshold

    asked = pricing.choose()
    rows = threshold.choose(asked)
    threshold.cost(asked, rows)
    threshold.net_benefit(asked, rows)


def test_each_row_has_its_curves():
    alone = section(the_curves, missed=10)
    for row in stored().rows:
        alone.selectbox(key="curve").set_value(row.name).run()
        charts = sound(alone).get("plotly_chart")
        assert len(charts) == 2 and all(chart.proto.alt for chart in charts)
    app = opened(missed=10)
    charts = app.get("plotly_chart")
    assert len(charts) == 3 and all(chart.proto.alt for chart in charts)
    app.selectbox(key="against").set_value(stored().rows[0].name).run()
    assert "from a probability of 9.1\u202f% on" in text(healthy(app))
    assert "10.1177/0272989X06295361" in text(app)


def test_free_mistakes_are_not_divided_by():
    app = opened(missed=0, alarm=0, type=0)
    assert "no threshold is better" in text(app)


def test_the_file_holds_every_decision():
    found = stored()
    asked = PricedBoard(
        found, "all", Costs(10), 0.2, "least", samples(found)
    )  # fmt: skip
    lines = list(csv.DictReader(io.StringIO(to_csv(asked.records()))))
    assert len(lines) == len(DECISIONS) * len(found.rows) == 3 * len(found.rows)
    for decision in DECISIONS:
        wanted = expected(Costs(10), decision, 0.2)
        for line in (line for line in lines if line["ranked_under"] == decision):
            assert float(line["cost_per_100_value"]) == wanted[line["name"]].value
            row = found.row(line["name"])
            assert line["predictions_sha256"] == row.metrics.predictions_sha256
            assert (line["decision"] == "answer") or row.kind != "control"


def test_controls_alone_and_an_empty_house(monkeypatch, tmp_path):
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    app = opened()
    assert "Nothing has been evaluated" in text(app) and not app.dataframe
    copytree(PROJECT / "models" / "_controls", tmp_path / "_controls")
    app = opened()
    assert set(app.dataframe[0].value["Kind"]) == {"Control"}
