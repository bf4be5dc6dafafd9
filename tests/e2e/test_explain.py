"""A person asks why, stops what takes too long, puts a map to the test, asks every network."""

import re

import pytest

from core.gallery import samples
from core.registry import discover
from core.settings import Settings

from .conftest import fits_a_phone

SAMPLE = next(s for s in samples().values() if s.lesion is not None)


@pytest.fixture(scope="module")
def model():
    """The smallest network."""
    found, _ = discover(Settings().models_dir)
    if not found:
        pytest.skip("no model is trained")
    return min(found.values(), key=lambda spec: spec.manifest.parameters)


def drawn(page):
    """Nothing is being drawn any more, and every picture has come."""
    page.locator("[class*=st-key-working]").wait_for(state="detached")
    page.wait_for_function("[...document.images].every(i => i.complete && i.naturalWidth > 0)")


def card(page, method):
    return page.locator(f".st-key-card-{method}")


def test_maps_a_stop_and_a_test(page, address, model):
    page.goto(f"{address}/explain?sample={SAMPLE.id}&model={model.name}")
    page.get_by_role("heading", name="Explain an answer").wait_for()
    weights = f"weights {model.manifest.weights_sha256[:12]}"
    card(page, "integrated-gradients").get_by_text(weights).wait_for()
    drawn(page)

    page.get_by_role("combobox", name=re.compile("Methods")).fill("Occlusion")
    page.get_by_role("option", name="Occlusion").click()
    page.keyboard.press("Escape")
    page.locator(".st-key-stop-maps").get_by_role("button", name="Stop").click()
    stopped = card(page, "occlusion").get_by_text("Stopped before it was drawn.")
    stopped.wait_for()
    drawn(page)
    card(page, "gradcam").get_by_text(weights).wait_for()  # what was drawn is still there
    page.get_by_role("button", name="Go on").click()
    card(page, "occlusion").get_by_text(weights).wait_for()
    drawn(page)

    page.get_by_role("button", name="Delete and insert").click()
    page.get_by_text(re.compile(r"of 3 controls")).wait_for()
    fits_a_phone(page)
    drawn(page)


def test_every_network_on_one_scan(page, address, model):
    page.goto(f"{address}/compare?sample={SAMPLE.id}")
    page.get_by_role("heading", name="Compare the networks").wait_for()
    found, _ = discover(Settings().models_dir)
    for name, spec in found.items():
        card(page, name).get_by_text(spec.manifest.weights_sha256[:12]).wait_for()
    if len(found) > 1:
        rows = page.get_by_role("table").get_by_role("rowheader")
        rows.nth(len(found) - 1).wait_for()
        assert rows.all_inner_texts() == [spec.manifest.title for spec in found.values()]
    drawn(page)
    fits_a_phone(page)
