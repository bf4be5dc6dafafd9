"""What a room or a phone needs is seen."""

import pytest

from core.gallery import samples
from pages._ui.tour.steps import STEPS

from .looks import OVERLAPS, settle

SAMPLE = next(sample.id for sample in samples().values() if sample.lesion is not None)


@pytest.mark.parametrize("where", ["leaderboard", "cost"])
def test_a_phone_shows_the_key_figures_and_its_menu_can_be_closed(page, address, where):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/{where}")
    settle(page)
    first = page.locator(".gb-figures li").first
    first.wait_for()
    for part in ("b", "strong", "i"):
        box = first.locator(part).bounding_box()
        assert first.locator(part).inner_text().strip()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Cost").wait_for()
    page.wait_for_timeout(600)  # it slides in
    assert not page.evaluate(OVERLAPS)
    page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
    page.get_by_test_id("stExpandSidebarButton").wait_for()
    page.set_viewport_size({"width": 1440, "height": 900})
    first.wait_for(state="hidden")


def test_scan_and_map_stand_level_and_on_a_phone_before_what_is_asked_of_the_map(page, address):
    page.goto(f"{address}/classify?sample={SAMPLE}&model=mobilenetv2")
    shown = [
        page.locator(".st-key-page h3").first,
        page.get_by_alt_text("The scan as it came"),
        page.get_by_alt_text("Heat map of the evidence"),
        page.get_by_text("Opacity of the map"),
    ]
    shown[2].wait_for()
    settle(page)
    answer, scan, heat, asked = (part.bounding_box()["y"] for part in shown)
    assert abs(scan - heat) < 1
    page.set_viewport_size({"width": 390, "height": 844})
    settle(page)
    answer, scan, heat, asked = (part.bounding_box()["y"] for part in shown)
    assert answer < scan < heat < asked


def test_a_projector_shows_scan_map_and_answer_at_once(page, address):
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(f"{address}/classify?sample={SAMPLE}&projector=1")
    scan = page.get_by_alt_text("The scan as it came")
    heat = page.get_by_alt_text("Heat map of the evidence")
    answer = page.locator(".st-key-page h3").first
    for shown in (scan, heat, answer):
        shown.wait_for()
    settle(page)
    for shown in (scan, heat, answer):
        box = shown.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 768, shown
    for menu in ("Read a scan", "Judge the networks", "Teach and learn"):
        assert page.get_by_test_id("stHeader").get_by_text(menu).is_visible()
    upload = page.get_by_test_id("stFileUploaderDropzone").first
    assert not upload.is_visible()
    page.get_by_text("Scan and network").click()
    upload.wait_for()


def test_pictures_of_the_tour_fit_a_projector(page, address):
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(f"{address}/tour?projector=1")
    for step in range(1, len(STEPS) + 1):
        place = page.locator(f".st-key-tour-{step}")
        place.wait_for()
        if step != 4:  # a table
            place.get_by_test_id("stImage").first.wait_for()
        settle(page)
        pictures = place.get_by_test_id("stImage").all()
        for picture in pictures:
            box = picture.bounding_box()  # with its caption
            assert box["y"] >= 0 and box["y"] + box["height"] <= 768, f"step {step}"
        if step < len(STEPS):
            page.get_by_role("button", name="Next").click()
