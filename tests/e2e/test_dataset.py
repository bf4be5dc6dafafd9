"""A person reads the story of the dataset and a model's card, and takes its files home."""

import pytest
from playwright.sync_api import expect

from core.audit.stored import stored
from core.cards import read_card
from core.counterfactuals import stored as stored_counterfactuals
from core.registry import discover
from core.settings import Settings

from .conftest import PATIENCE, fits_a_phone


def pictures_are_there(page):
    page.wait_for_function("[...document.images].every(i => i.complete && i.naturalWidth > 0)")


def test_the_story_of_the_dataset(page, address):
    page.goto(f"{address}/dataset")
    page.get_by_role("heading", name="What did the networks learn from?").wait_for()
    page.get_by_text("Research and teaching; not a medical device.").wait_for()
    page.get_by_text("The same pixels are in training.").wait_for()
    page.get_by_text("dataset c586b48e040c").wait_for()
    page.get_by_alt_text("Average picture of the class Pituitary tumour").wait_for()
    made = sum(2 + len(one.made) for one in stored_counterfactuals().sets)  # two origins a set
    shown = page.get_by_test_id("stImage").locator("img")
    expect(shown).to_have_count(len(stored().pictures) + made, timeout=PATIENCE)
    pictures_are_there(page)
    page.get_by_role("radio", name="Plane").or_(
        page.get_by_role("button", name="Plane", exact=True)
    ).first.click()
    page.get_by_text("Plane not recorded").wait_for()
    assert "by=plane" in page.url
    page.get_by_test_id("stPlotlyChart").first.wait_for()
    fits_a_phone(page)


def test_a_deep_link_into_a_fresh_server_opens_a_card(fresh, page):
    _, address = fresh()
    page.goto(f"{address}/model-cards?model=vgg16")
    page.get_by_role("heading", name="VGG16").wait_for()
    page.get_by_text("Research and teaching; not a medical device.").wait_for()
    assert page.get_by_text("Page not found").count() == 0


def test_a_card_and_its_files(page, address):
    models_dir = Settings().models_dir
    specs, _ = discover(models_dir)
    if not specs:
        pytest.skip("no model is trained")
    name, spec = next(iter(specs.items()))
    page.goto(f"{address}/model-cards?model={name}")
    page.get_by_role("heading", name=spec.manifest.title).wait_for()
    page.get_by_text(spec.manifest.weights_sha256).first.wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Manifest").click()
    kept = (spec.folder / "manifest.json").read_bytes()
    assert download.value.path().read_bytes() == kept
    evaluation = read_card(models_dir, name).under("unseen-patients")
    if evaluation.folder:
        with page.expect_download() as download:
            page.get_by_role("button", name="Metrics, Unseen patients").click()
        kept = (evaluation.folder / "metrics.json").read_bytes()
        assert download.value.path().read_bytes() == kept
    page.get_by_test_id("stPlotlyChart").first.wait_for()
    fits_a_phone(page)
