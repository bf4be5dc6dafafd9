"""A person opens a sample, brings a scan, changes class and model, takes the reading home."""

import contextlib
import hashlib
import json
import re

import pytest
from playwright.sync_api import TimeoutError

from core.errors import DataError
from core.evaluate.saliency.findings import favoured
from core.evaluate.saliency.read import read_saliency
from core.explain import METHODS
from core.gallery import samples
from core.labels import CLASSES

from .conftest import ask, fits_a_phone

SAMPLES = list(samples().values())


def first_method(spec):
    """The method that the stored measures of a network favour, else Grad-CAM."""
    try:
        return favoured(read_saliency(spec)) or "gradcam"
    except DataError:
        return "gradcam"


def read(page, data):
    """Wait until the page shows the reading of a file."""
    page.get_by_text(f"image {hashlib.sha256(data).hexdigest()[:12]}").wait_for()


def the_map(page, title):
    """The map for a class, or the sentence that there is none."""
    drawn = page.get_by_alt_text(f"Heat map of the evidence for {title} over the scan")
    return drawn.or_(page.get_by_text("there is no map to draw"))


def pictures_are_there(page):
    page.wait_for_function("[...document.images].every(i => i.complete && i.naturalWidth > 0)")


def choose(page, label, option):
    """Pick an option; a rerun that ends meanwhile closes the list, so it may take two tries."""
    wanted = page.get_by_role("option", name=option)
    for _ in range(20):
        page.get_by_role("combobox", name=re.compile(label)).click()
        with contextlib.suppress(TimeoutError):
            wanted.click(timeout=5000)
            return
        page.keyboard.press("Escape")
    pytest.fail(f"{label} does not offer {option}")


def test_health(address):
    assert ask(f"{address}/_stcore/health") == b"ok"


def test_from_the_gallery_to_a_reading_taken_home(page, address, specs):
    sample = SAMPLES[0]
    page.goto(address)
    number = re.escape(sample.id.split("-", 1)[1])
    page.get_by_role("button", name=re.compile(f"^Read .*{number}$")).click()
    page.get_by_role("heading", name="Classify a scan").wait_for()
    read(page, sample.path.read_bytes())
    assert f"sample={sample.id}" in page.url
    page.get_by_role("list", name="Probability of each class").wait_for()

    first = METHODS[first_method(next(iter(specs.values())))].title
    for c in CLASSES:
        page.get_by_role("radio", name=c.title).or_(
            page.get_by_role("button", name=c.title, exact=True)
        ).first.click()
        page.wait_for_url(re.compile(f"target={c.name}"), wait_until="commit")
        page.get_by_text(f"{first} of {c.title}").wait_for()
        the_map(page, c.title).first.wait_for()
        pictures_are_there(page)  # a next run drops a picture that was not fetched yet

    with page.expect_download() as download:
        page.get_by_role("button", name="Reading as JSON").click()
    reading = json.loads(download.value.path().read_text())
    assert reading["sha256"] == hashlib.sha256(sample.path.read_bytes()).hexdigest()
    share = max(reading["probabilities"].values())
    assert page.get_by_text(f"{share:.1%}".replace("%", "\u202f%")).count() or share > 0.9995

    for name, spec in specs.items():
        if len(specs) > 1:
            choose(page, "Network", spec.manifest.title)
        page.get_by_text(f"weights {spec.manifest.weights_sha256[:12]}").wait_for()
        assert reading["model"] in specs and name in specs
    fits_a_phone(page)


def test_a_scan_of_ones_own(page, address, specs, tmp_path):
    scan = SAMPLES[-1].path
    (tmp_path / "notes.png").write_text("these are words")
    page.goto(f"{address}/classify")
    page.get_by_role("heading", name="Classify a scan").wait_for()
    page.locator("input[type=file]").set_input_files(scan)
    read(page, scan.read_bytes())
    page.get_by_alt_text("The scan as it came").wait_for()
    pictures_are_there(page)
    page.locator("input[type=file]").set_input_files(tmp_path / "notes.png")
    page.get_by_text("1 file read, 1 refused.").wait_for()
