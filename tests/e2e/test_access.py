"""Every page of the router, in both themes: axe finds nothing, no two controls intersect, and a
phone scrolls one way."""

import pytest

from core.gallery import samples

from .conftest import fits_a_phone
from .looks import CROWDED, OVERLAPS, addresses, settle, violations

FEW = {"shortcuts": "shortcuts?scans=8"}  # what a page that reads many scans can be asked for


@pytest.mark.parametrize("where", addresses())
def test_a_page_is_for_everybody(page, address, where):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{address}/{FEW.get(where, where)}")
    settle(page)
    found = {}
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        settle(page)
        found[theme] = violations(page)
    assert not any(found.values()), "\n".join(
        f"/{where}, {theme}: {line}" for theme, lines in found.items() for line in lines
    )
    wide = page.evaluate(OVERLAPS)
    fits_a_phone(page)
    settle(page)
    assert [wide, page.evaluate(OVERLAPS)] == [[], []], f"/{where}: two controls intersect"


def test_projector_mode_is_kept_and_has_a_contrast_of_seven(page, address):
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(f"{address}/gallery?projector=1")
    settle(page)
    page.get_by_role("button", name="Leave projector mode").wait_for()
    page.wait_for_function("getComputedStyle(document.documentElement).fontSize === '20px'")
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        settle(page)
        assert not violations(page, ["color-contrast-enhanced"])
    assert page.get_by_test_id("stMain").evaluate("e => e.scrollWidth <= e.clientWidth")
    assert page.locator(".st-key-page h2").count() and page.evaluate(CROWDED) == []
    page.goto(f"{address}/tour?step=4&projector=1")
    page.get_by_role("heading", name="Two tests, two stories").wait_for()
    page.get_by_role("button", name="Next").wait_for()
    page.keyboard.press("ArrowRight")
    page.get_by_role("heading", name="Why the usual test is easy").wait_for()
    page.locator(".st-key-tour-5 img").last.wait_for()
    settle(page)
    page.wait_for_url("**/tour?*step=5*")
    page.keyboard.press("ArrowLeft")
    page.get_by_role("heading", name="Two tests, two stories").wait_for()
    settle(page)
    page.keyboard.press("p")
    page.wait_for_function("getComputedStyle(document.documentElement).fontSize === '16px'")
    assert "projector" not in page.url


def test_a_tile_is_reached_and_pressed_by_keyboard(page, address):
    page.goto(address)
    settle(page)
    key = next(iter(samples()))
    page.locator(f".st-key-open-{key} button").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    picture = page.locator(f"[class*=st-key-tile-][class*={key}] img")
    assert picture.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Classify a scan").wait_for()
