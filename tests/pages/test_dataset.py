"""The story of the dataset is told in numbers that are counted."""

import pytest

from core import counterfactuals
from core.audit import facts
from core.audit.stored import stored
from core.settings import PROJECT
from pages._ui.figures import audit_words

from .opening import opened, section
from .words import healthy, text


@pytest.fixture(scope="module")
def page():
    return healthy(opened("dataset"))


def test_the_four_numbers(page):
    shown = {m.label: m.value for m in page.metric}
    assert shown == {
        "Images": "7,019",
        "Distinct pictures": "3,563",
        "Leaking test images": "1,304",
        "Leak-free test images": "7",
    }


def test_the_story_is_whole(page):
    assert [h.value for h in page.header] == [
        "What is in it",
        "Half of it is copies",
        "The test shares its patients with training",
        "So memory wins",
        "The shortcut",
        "Pictures that break the shortcut",
        "Pictures that should not be there",
        "What is done about it",
        "Where to get it",
    ]
    words = text(page)
    for number in (
        "997 of the 1,311",
        "81 files",
        "93 files",
        "At least 81",
        "10 labelled",
        "1,396 of these 1,996",
    ):
        assert number in words
    assert "10.34740/KAGGLE/DSV/2645886" in words
    assert "PLoS ONE" in page.table[-1].value.to_csv()


def test_the_scores_of_memory_are_the_stored_ones(page):
    words = text(page)
    for score in facts.control_scores(PROJECT / "models"):
        if score.name == "nearest-neighbour-mirrored":
            assert f"{score.accuracy.value:.1%}".replace("%", "\u202f%") in words


def test_every_stored_picture_is_shown(page):
    pictures = [image for element in page.get("image") for image in element.proto.imgs]
    examples = sum(2 + len(one.made) for one in counterfactuals.stored().sets)
    assert len(pictures) == len(stored().pictures) + examples
    assert all(image.alt for image in pictures)


def test_every_source_of_pictures_is_credited(page):
    words = text(page)
    for picture in stored().pictures:
        if picture.topic != "mean":
            assert picture.source in words and picture.licence in words


def test_examples_of_counterfactual_pictures_are_explained_and_credited(page):
    words = text(page)
    for one in counterfactuals.stored().sets:
        for origin in (one.donor, one.host):
            assert origin.source in words and origin.path.split("/")[-1] in words
    captions = [image.caption for element in page.get("image") for image in element.proto.imgs]
    for kind, reason in counterfactuals.REASONS.items():
        assert sum(reason in caption for caption in captions) == len(counterfactuals.stored().sets)
        assert any(counterfactuals.TITLES[kind] in caption for caption in captions)


def test_charts_say_what_they_show(page):
    charts = page.get("plotly_chart")
    assert len(charts) >= 7
    assert all(chart.proto.alt for chart in charts)


def composition():
    from pages._ui.dataset import view

    view.composition()


@pytest.mark.parametrize("by", facts.VALUES)
@pytest.mark.parametrize("count", ["images", "pictures"])
def test_composition_adds_up(by, count):
    app = section(composition, by=by, count=count)
    counted = facts.composition(facts.table(), by)
    for value in facts.VALUES[by]:
        title = audit_words.VALUES[value]
        total = counted.loc[counted["value"] == value, count].sum()
        assert f"**{title[0].upper()}{title[1:]}** · {total:,}" in [m.value for m in app.markdown]


def test_without_controls_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    words = text(healthy(opened("dataset")))
    assert words.count("Not stored here: Majority class") == 2
    assert "A random forest that is given" not in words
    assert "98.7" not in words


def test_all_words_of_the_audit_are_there():
    assert set(audit_words.STATISTICS) == {s.name for s in stored().statistics}
    assert {p.turn for p in stored().pictures if p.turn} <= set(audit_words.TURNS)
    assert set(audit_words.ORIGINS) == set(facts.table()["source"])
    assert set(audit_words.KINDS) == set(facts.LEAKS)
