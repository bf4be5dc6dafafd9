"""A person filters the cases, opens one in Classify, steps on, and comes back."""

import re

import pytest

from core.cases import cases
from core.evaluate.board.answers import Choice, choose, confusion, distinct, ordered
from core.labels import CLASS_NAMES
from pages._ui.base.text import class_title, sample_title
from pages._ui.cases.scans import counts

from .conftest import fits_a_phone

TILE = re.compile("^Read .* · ")  # not the section "Read a scan" of the top bar


@pytest.fixture(scope="module")
def mistake(answers):
    """The mistake that the most distinct pictures show, and its cases in their order."""
    model = next(iter(answers.of_kind("model")))
    pictures = confusion(answers, model, distinct(answers))
    pictures[range(4), range(4)] = 0
    i, j = divmod(int(pictures.argmax()), 4)
    choice = Choice(model, truth=CLASS_NAMES[i], answer=CLASS_NAMES[j])
    by_file = {case.sha256: case for case in cases().values()}
    found = ordered(answers, model, choose(answers, choice) & distinct(answers), "least-true")
    return choice, [by_file[sha] for sha in answers.table["image_sha256"].iloc[found]]


def pictures_are_there(page):
    """Wait until the page has run and shows its pictures; a rerun takes away those of before."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(
        state="attached"
    )
    page.wait_for_function("[...document.images].every(i => i.complete && i.naturalWidth > 0)")


def read(page, case):
    page.get_by_text(f"image {case.sha256[:12]}").wait_for()
    pictures_are_there(page)


def test_from_a_cell_to_a_scan_and_back(page, address, answers, mistake):
    choice, found = mistake
    size = counts(int(choose(answers, choice).sum()), len(found))
    page.goto(f"{address}/cases")
    page.get_by_role("heading", name="The cases behind the numbers").wait_for()
    page.get_by_role("button", name=TILE).first.wait_for()
    pictures_are_there(page)
    truth, answer = class_title(choice.truth), class_title(choice.answer)
    page.get_by_role("button", name=f"{truth}, read as {answer}: {size}").first.click()
    page.get_by_role("heading", name=size).wait_for()
    page.wait_for_url(re.compile(f"truth={choice.truth}.*answer={choice.answer}"))
    pictures_are_there(page)

    page.get_by_role("button", name=f"Read {sample_title(found[0])}").click()
    page.get_by_role("heading", name="Classify a scan").wait_for()
    read(page, found[0])
    assert f"sample={found[0].id}" in page.url
    page.get_by_text(found[0].licence).wait_for()
    if len(found) > 1:
        page.get_by_role("button", name="Next").click()
        page.get_by_text(f"2 of {len(found)}").wait_for()
        read(page, found[1])

    page.get_by_role("link", name="Back to the cases").click()
    page.get_by_role("heading", name=size).wait_for()
    assert f"truth={choice.truth}" in page.url and f"answer={choice.answer}" in page.url
    pictures_are_there(page)


def test_the_link_of_the_leaderboard(page, address, answers, mistake):
    choice, found = mistake
    query = f"model={choice.model}&truth={choice.truth}&answer={choice.answer}"
    page.goto(f"{address}/cases?{query}")
    size = counts(int(choose(answers, choice).sum()), len(found))
    page.get_by_role("heading", name=size).wait_for()
    tiles = page.get_by_role("button", name=TILE)
    tiles.nth(min(len(found), 24) - 1).wait_for()
    assert tiles.count() == min(len(found), 24)
    pictures_are_there(page)
    fits_a_phone(page)
    matrix = page.locator(".st-key-confusion").get_by_test_id("stGridScrollBody")
    assert matrix.evaluate("e => e.scrollWidth <= e.clientWidth")
    pictures_are_there(page)
