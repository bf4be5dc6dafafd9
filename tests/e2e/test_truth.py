"""What a page shows is what was asked: the scan, whose picture it is, who answers, what is text."""

import io
import re

import cv2
import pytest
import skimage.data
from PIL import Image, ImageOps

from core import cases
from core.answer import HEADINGS
from core.gallery import samples
from pages._ui.base import networks

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


def test_a_score_stands_only_at_the_layer_that_it_is_of(page, address, specs):
    spec = min(specs.values(), key=lambda found: found.manifest.parameters)
    layers = networks.layers(spec)
    other = next(name for name in reversed(layers) if name != spec.manifest.cam_layer)
    asked = f"{address}/explain?sample={next(iter(samples()))}&model={spec.name}&methods=gradcam"
    page.goto(asked)
    page.get_by_text(re.compile("On 210 scans of unseen patients it points")).first.wait_for()
    page.goto(f"{asked}&layer={other}")
    page.get_by_text(f"layer {other}").first.wait_for()
    page.get_by_text("Not measured here").first.wait_for()
    settle(page)
    assert not page.get_by_text(re.compile("On 210 scans of unseen patients it points")).count()


def test_of_a_photograph_no_class_is_shown_on_any_page(page, address):
    grey = cv2.imencode(".png", cv2.cvtColor(skimage.data.chelsea(), cv2.COLOR_RGB2GRAY))[1]
    cat = {"name": "cat.png", "mimeType": "image/png", "buffer": grey.tobytes()}
    page.goto(f"{address}/classify")
    page.get_by_role("heading", name="Classify a scan").wait_for()
    page.locator("input[type=file]").first.set_input_files(cat)
    for title in (None, "What if", "Compare"):
        if title:
            page.locator(".st-key-ways").get_by_role("link", name=title).click()
        page.get_by_role("heading", name=HEADINGS["outside"]).first.wait_for()
        settle(page)
        assert not page.get_by_text("gives it").count(), title


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
