"""A person reads the board, changes the protocol, sees the matrix and goes on to the pictures."""

import csv
import re

import pytest

from core.evaluate.leaderboard import load_leaderboard, rank
from core.settings import Settings


def ready(page):
    """Wait until the slowest part is on screen."""
    page.get_by_text("Rows that share a letter cannot be told apart").wait_for()
    page.get_by_role("button", name="Board as CSV").wait_for()


def matrix(page):
    return page.get_by_role("table").filter(has_text="true class down, answer across")


def cells(page):
    return [int(c.replace(",", "")) for c in matrix(page).locator("tbody b").all_inner_texts()]


def stored(protocol):
    return load_leaderboard(Settings().models_dir, protocol)


def test_from_the_board_to_the_pictures(page, address):
    models = [row for row in stored("unseen-patients").rows if row.kind == "model"]
    if not models:
        pytest.skip("no model has been evaluated")
    page.goto(f"{address}/leaderboard?model={models[0].name}")
    ready(page)
    counts = models[0].metrics.images["all"].confusion
    assert cells(page) == [n for line in counts for n in line]

    mistakes = page.get_by_role("link", name=re.compile(" → .* · "))
    count = mistakes.first.inner_text().rsplit("· ", 1)[1]
    assert int(count) == max(counts[i][j] for i in range(4) for j in range(4) if i != j)
    mistakes.first.click()
    page.wait_for_url(re.compile("cases.*truth=.*answer="), wait_until="commit")
    network = page.get_by_role("combobox", name=re.compile("Network"))
    network.wait_for()
    assert models[0].title in (network.input_value() or network.inner_text())


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


@pytest.mark.parametrize("view", ["curves", "calibration", "abstention", "slices"])
def test_charts_are_drawn_and_named(page, address, view):
    page.goto(f"{address}/leaderboard?view={view}")
    ready(page)
    charts = page.get_by_test_id("stVegaLiteChart")
    charts.nth(1).locator("svg").first.wait_for()
    for chart in charts.all():
        assert chart.locator("[aria-label]").first.get_attribute("aria-label")


@pytest.mark.parametrize("page", [390], indirect=True)
def test_a_phone_needs_no_sideways_scrolling(page, address):
    page.goto(f"{address}/leaderboard")
    ready(page)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollWidth <= e.clientWidth")
