"""What a page shows is what was asked: the scan, whose picture it is, who answers, what is text."""

import io
import re

import pytest
from PIL import Image, ImageOps

from core import cases
from core.gallery import samples

from .looks import settle

SIZES = (320, 384)  # of the scans' sides: a page says which one it shows


def sized(side, scan):
    """A real scan at a size of its own, as an upload."""
    with Image.open(scan.path) as picture:
        picture.resize((side, side)).save(out := io.BytesIO(), "PNG")
    return {"name": f"scan {side}.png", "mimeType": "image/png", "buffer": out.getvalue()}


def shows(page, side):
    page.get_by_text(f"The scan, {side} × {side} px").first.wait_for()


def test_the_scan_that_is_looked_at_travels(page, address):
    page.goto(f"{address}/classify")
    page.get_by_role("heading", name="Classify a scan").wait_for()
    uploads = list(map(sized, SIZES, samples().values()))
    page.locator("input[type=file]").first.set_input_files(uploads)
    shows(page, SIZES[0])
    settle(page)
    page.get_by_role("combobox", name=re.compile("Scan shown below")).click()
    page.keyboard.type(str(SIZES[1]))  # an open list may reach beyond the window
    page.get_by_role("option", name=f"2. scan {SIZES[1]}.png").wait_for()
    page.keyboard.press("Enter")
    for title, heading in (("Explain", "Explain an answer"), ("Compare", "Compare the networks")):
        page.locator(".st-key-ways").get_by_role("link", name=title).click()
        page.get_by_role("heading", name=heading).wait_for()
        shows(page, SIZES[1])
        settle(page)  # a next run may drop a picture that was not fetched yet
    page.go_back()
    page.get_by_role("heading", name="Explain an answer").wait_for()
    shows(page, SIZES[1])
    settle(page)


def test_a_picture_of_the_collection_is_recognised_mirrored_and_saved_anew(page, address):
    case = next(iter(cases.cases().values()))
    with Image.open(io.BytesIO(cases.read_bytes(case))) as picture:
        ImageOps.mirror(picture.convert("L")).save(out := io.BytesIO(), "JPEG", quality=70)
    page.goto(f"{address}/explain")
    page.get_by_role("heading", name="Explain an answer").wait_for()
    mine = {"name": "mine.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
    page.locator("input[type=file]").first.set_input_files(mine)
    page.get_by_text("This is the mirror image of a picture of the collection").wait_for()


def test_a_network_that_is_not_there_is_not_replaced_in_silence(page, address, specs):
    first = next(iter(specs.values())).manifest.title
    page.goto(f"{address}/classify?model=nasnet")
    page.get_by_text(re.compile(f"nasnet was asked for.*{first} answers instead")).wait_for()


@pytest.mark.parametrize("payload", ["![x](http://example.org/a.png)", "[in](http://example.org)"])
def test_text_from_an_address_is_text(page, address, answers, payload):
    page.goto(f"{address}/cases?model={payload}")
    page.get_by_text("There are no cases of").wait_for()
    assert not page.locator('a[href*="example.org"], img[src*="example.org"]').count()
