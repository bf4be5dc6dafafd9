"""A lecturer takes the headline apart, then sets a price and follows the order."""

import csv

import pytest


def test_headline_then_cost(page, address):
    page.goto(f"{address}/headline")
    page.get_by_text("Which files these figures come from").wait_for()
    slider = page.locator(".st-key-size").get_by_role("slider")
    slider.focus()
    slider.press("ArrowRight")
    page.wait_for_function("location.search.includes('size=8000')")
    page.get_by_text("8,000", exact=True).first.wait_for()

    page.goto(f"{address}/cost")
    page.get_by_role("button", name="A miss costs ten").click()
    page.wait_for_function("location.search.includes('missed=10')")
    page.get_by_text("from a probability of 9.1\u202f% on").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Costs as CSV").click()
    lines = list(csv.DictReader(download.value.path().open()))
    assert lines and {line["price_missed"] for line in lines} == {"10.0"}


@pytest.mark.parametrize("page", [390], indirect=True)
@pytest.mark.parametrize("path", ["headline", "cost?missed=10&refer=0.5"])
def test_a_phone_needs_no_sideways_scrolling(page, address, path):
    page.goto(f"{address}/{path}")
    page.get_by_text("Which files these figures come from").wait_for()
    page.get_by_test_id("stVegaLiteChart").locator("svg").nth(1).wait_for()
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollWidth <= e.clientWidth")
