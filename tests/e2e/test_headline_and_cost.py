"""A lecturer takes the headline apart, then sets a price and follows the order."""

import csv

from .conftest import fits_a_phone


def test_headline_then_cost(page, address):
    page.goto(f"{address}/headline")
    page.get_by_text("Which files these figures come from").wait_for()
    slider = page.locator(".st-key-size").get_by_role("slider")
    slider.focus()
    slider.press("ArrowRight")
    page.wait_for_function("location.search.includes('size=8000')")
    page.get_by_text("8,000", exact=True).first.wait_for()
    page.get_by_test_id("stPlotlyChart").nth(1).locator(".main-svg").first.wait_for()
    fits_a_phone(page)
    page.set_viewport_size({"width": 1280, "height": 900})

    page.goto(f"{address}/cost")
    page.get_by_role("button", name="A miss costs ten").click()
    page.wait_for_function("location.search.includes('missed=10')")
    page.get_by_text("from a probability of 9.1\u202f% on").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Costs as CSV").click()
    lines = list(csv.DictReader(download.value.path().open()))
    assert lines and {line["price_missed"] for line in lines} == {"10.0"}
    page.get_by_test_id("stPlotlyChart").nth(1).locator(".main-svg").first.wait_for()
    fits_a_phone(page)
