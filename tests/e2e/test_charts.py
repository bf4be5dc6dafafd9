"""A click on a chart leads on: to pictures, to a network's card, to another threshold."""

import re

import pytest
from playwright.sync_api import expect

from core.evaluate.board.leaderboard import load_leaderboard
from core.settings import Settings

from .charts import chart, click
from .conftest import PATIENCE
from .looks import settle
from .test_leaderboard import matrix, ready


def test_marks_of_the_board_lead_on(page, address):
    board = load_leaderboard(Settings().models_dir, "unseen-patients").rows
    networks = [row for row in board if row.kind == "model"]
    if len(networks) < 2:
        pytest.skip("there are not two networks to choose from")
    first, second, last = networks[0], networks[1], networks[-1]
    bins = first.metrics.images["all"].calibration.after.bins
    fullest = max(range(len(bins)), key=lambda i: bins[i].n)

    def show(choice):
        page.get_by_role("radio", name=choice).or_(
            page.get_by_role("button", name=choice, exact=True)
        ).first.click()

    def back():
        settle(page)  # what Streamlit still tells of the page overtakes a way back
        page.go_back()
        page.wait_for_url(re.compile("leaderboard"), wait_until="commit")
        ready(page)

    page.goto(f"{address}/leaderboard?model={first.name}&view=abstention")
    ready(page)
    click(page, chart(page, "among the most confident images"), coverage=0.8)
    slider = page.get_by_role("slider", name="Share of images that should get an answer")
    expect(slider).to_have_value("0.8", timeout=PATIENCE)

    show("Calibration")
    click(page, chart(page, "against the stated probability"), bin=fullest)
    page.wait_for_url(re.compile(f"cases.*stated={fullest}"), wait_until="commit")
    back()
    click(page, chart(page, "of every row with its 95"), model=second.name)
    page.wait_for_url(re.compile(f"model-cards.*model={second.name}"), wait_until="commit")
    back()
    show("Worth")
    click(page, chart(page, "Accuracy against milliseconds"), model=last.name)
    page.wait_for_url(re.compile(f"model-cards.*model={last.name}"), wait_until="commit")
    back()
    click(page, matrix(page), truth="meningioma", answer="glioma")
    page.wait_for_url(re.compile("cases.*truth=meningioma.*answer=glioma"), wait_until="commit")
