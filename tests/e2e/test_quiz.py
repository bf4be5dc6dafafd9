"""A person plays a round of ten, points twice, and takes the answers home."""

import csv
import re
from pathlib import Path

import pytest

from core.quiz import Round, draw
from core.settings import Settings
from pages._ui.base.text import class_title

from .conftest import fits_a_phone

ROUND = Round("balanced", 10, 7)
MOUSE, KEYS = 1, 2  # the scans that are pointed at, both with an outline


@pytest.fixture
def scans():
    if not any(Settings().models_dir.glob("*/evaluation/unseen-patients/metrics.json")):
        pytest.skip("no network is evaluated")
    drawn = draw(ROUND, None)
    assert drawn[MOUSE].lesion is not None and drawn[KEYS].lesion is not None
    return drawn


def middle(case):
    return [float(x) for x in case.lesion.mean(axis=0)]


def point_by_mouse(page, case):
    stage = page.get_by_role("application")
    size, (x, y) = stage.bounding_box(), middle(case)
    stage.click(position={"x": x * size["width"], "y": y * size["height"]})
    page.get_by_text(re.compile(r"Point set \d+ % from the left")).first.wait_for()


def point_by_keys(page):
    """From the middle of the picture: ten steps to the right and two up, as steps of 1 %."""
    page.get_by_role("application").focus()
    for key in ("Shift+ArrowRight", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    page.get_by_text("Crosshair 60 % from the left, 48 % from the top.").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("Point set 60 % from the left, 48 % from the top.").first.wait_for()


def test_a_round_of_ten(page, address, scans):
    page.goto(f"{address}/quiz?set=balanced&n=10&seed=7")
    page.get_by_role("application").wait_for()
    page.get_by_role("button", name="Answer", exact=True).wait_for()
    fits_a_phone(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    for n, case in enumerate(scans):
        page.get_by_text(re.compile(f"^Scan {n + 1} of 10")).wait_for()
        page.get_by_role("application", name=f"Scan {n + 1}:").wait_for()
        if n == MOUSE:
            point_by_mouse(page, case)
        if n == KEYS:
            point_by_keys(page)
        guess = case.label if n != 3 else "notumor"
        page.get_by_role("radio", name=class_title(guess)).click()
        page.get_by_role("button", name="Answer", exact=True).click()
        page.get_by_role("heading", name="What the networks said").wait_for()
        if n == MOUSE:
            page.get_by_text("Your point is on the outlined tumour.").wait_for()
        page.get_by_role("button", name="Next scan" if n < 9 else "To the score").click()
    right = sum(case.label == "notumor" or n != 3 for n, case in enumerate(scans))
    page.get_by_role("heading", name=f"You read {right} of 10").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Answers as CSV").click()
    assert download.value.suggested_filename == "glassbrain-quiz-balanced-10-7.csv"
    with Path(download.value.path()).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [case.id for case in scans]
    assert [row["you_right"] for row in rows].count("True") == right
    x, y = middle(scans[MOUSE])
    assert abs(float(rows[MOUSE]["you_x"]) - x) < 0.01
    assert abs(float(rows[MOUSE]["you_y"]) - y) < 0.01
    assert rows[MOUSE]["you_on_lesion"] == "True"
    assert (rows[KEYS]["you_x"], rows[KEYS]["you_y"]) == ("0.6", "0.48")
    assert all(row["you_x"] == "" for n, row in enumerate(rows) if n not in (MOUSE, KEYS))
