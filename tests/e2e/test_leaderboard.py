"""A person reads the board, changes the protocol, sees the matrix and goes on to the pictures."""

import csv
import re

import pytest
from PIL import Image

from core.evaluate.board.leaderboard import load_leaderboard, rank
from core.settings import Settings
from pages._ui.leaderboard.views import VIEWS

from .conftest import fits_a_phone
from .looks import settle


def ready(page):
    """Wait until the slowest part is on screen."""
    page.get_by_text("Rows that share a letter cannot be told apart").wait_for()
    page.get_by_role("button", name="Board as CSV").wait_for()


def matrix(page):
    return page.get_by_role("figure", name=re.compile("true class down, answer across"))


def cells(page):
    """Images in each cell, and where on the screen it lies, as Plotly drew them."""
    return (
        matrix(page)
        .locator(".js-plotly-plot")
        .evaluate(
            """e => {
                const k = e.data.findIndex(t => t.type === "scatter"), l = e._fullLayout;
                const at = e.getBoundingClientRect();
                return e.calcdata[k].map((mark, i) => [
                    e.data[k].customdata[i].n,
                    at.x + l._size.l + l.xaxis.c2p(mark.x),
                    at.y + l._size.t + l.yaxis.c2p(mark.y),
                ]);
            }"""
        )
    )


def stored(protocol):
    return load_leaderboard(Settings().models_dir, protocol)


def test_from_the_board_to_the_pictures(page, address):
    models = [row for row in stored("unseen-patients").rows if row.kind == "model"]
    if not models:
        pytest.skip("no model has been evaluated")
    page.goto(f"{address}/leaderboard?model={models[0].name}")
    ready(page)
    counts = models[0].metrics.images["all"].confusion
    matrix(page).locator(".main-svg").first.wait_for()
    assert [n for n, _x, _y in cells(page)] == [n for line in counts for n in line]

    mistakes = page.get_by_role("link", name=re.compile(" → .* · "))
    count = mistakes.first.inner_text().rsplit("· ", 1)[1]
    assert int(count) == max(counts[i][j] for i in range(4) for j in range(4) if i != j)
    mistakes.first.click()
    page.wait_for_url(re.compile("cases.*truth=.*answer="), wait_until="commit")
    network = page.get_by_role("combobox", name=re.compile("Network"))
    network.wait_for()
    assert models[0].title in (network.input_value() or network.inner_text())


def charts_are_drawn_and_named(page):
    charts = page.get_by_test_id("stPlotlyChart")
    charts.nth(1).locator(".main-svg").first.wait_for()
    for chart in charts.all():
        assert chart.get_attribute("aria-label")


def test_charts_are_drawn_and_named_and_are_a_picture_and_a_table_to_take_home(page, address):
    page.goto(f"{address}/leaderboard?model=mobilenetv2&view=curves")
    ready(page)
    charts_are_drawn_and_named(page)
    for view in ("calibration", "abstention", "slices"):
        title, question, _draw = VIEWS[view]
        page.get_by_role("radio", name=title).or_(
            page.get_by_role("button", name=title, exact=True)
        ).first.click()
        page.wait_for_url(re.compile(f"view={view}"), wait_until="commit")
        page.get_by_text(question).first.wait_for()
        settle(page)  # nothing of the view before is left
        charts_are_drawn_and_named(page)
    figure = matrix(page)
    figure.locator(".main-svg").first.wait_for()
    figure.hover()
    buttons = figure.locator(".modebar-btn")
    assert buttons.count() == 1
    with page.expect_download() as picture:
        buttons.first.click()
    assert picture.value.suggested_filename == "glassbrain-matrix-mobilenetv2.png"
    with Image.open(picture.value.path()) as image:
        assert image.size[0] == round(3 * figure.bounding_box()["width"])
    page.locator(".st-key-fig-values-matrix-mobilenetv2").get_by_role("button").click()
    with page.expect_download() as values:
        page.get_by_role("button", name="Download CSV").click()
    lines = list(csv.DictReader(values.value.path().open()))
    assert [int(line["n"]) for line in lines] == [n for n, _x, _y in cells(page)]


def test_the_protocol_can_be_changed(page, address, tmp_path):
    page.goto(f"{address}/leaderboard")
    ready(page)
    page.get_by_role("radio", name="Official split").or_(
        page.get_by_role("button", name="Official split")
    ).first.click()
    page.wait_for_url(re.compile("protocol=official"), wait_until="commit")
    page.get_by_text("looking up the most similar training picture").wait_for()
    ready(page)
    matrix(page).wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Board as CSV").click()
    lines = list(csv.DictReader(download.value.path().open()))
    assert [line["name"] for line in lines] == [
        r.row.name for r in rank(stored("official"), "accuracy")
    ]
    assert {line["protocol"] for line in lines} == {"official"}
    fits_a_phone(page)
