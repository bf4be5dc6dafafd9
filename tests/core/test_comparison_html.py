"""The page of a comparison says what was computed and asks nothing of anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from html.parser import HTMLParser

import numpy as np
import pytest

from core.answer import Limits
from core.ensemble import Vote
from core.explain.overlay import grey
from core.gate import Glance
from core.inference import Prediction
from core.manifest import Manifest
from core.preprocess import prepare
from core.reports.comparison import Answer, ComparisonReport, comparison_html
from core.reports.words import ReportLanguage

from .toys import toy_manifest, toy_scan

MADE = datetime(2026, 11, 25, 16, 40, tzinfo=timezone.utc)


class Page(HTMLParser):
    """Tags with their attributes, and the words between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture
def comparison() -> ComparisonReport:
    image, answers = toy_scan(), []
    for n, name in enumerate(("toy", "other")):
        manifest = Manifest.model_validate(toy_manifest(name, name.encode()))
        prediction = Prediction(
            model=name,
            weights_sha256=manifest.weights_sha256,
            image_sha256=image.sha256,
            logits=np.zeros(4, np.float32),
            probabilities=np.array([0.62, 0.3, 0.05, 0.03], np.float32),
            class_maps=np.random.default_rng(n).normal(0, 1, (8, 8, 4)).astype(np.float32),
            geometry=prepare(image.pixels, 32, crop=False, version=1)[1],
            limits=Limits(rule_out=0.9),
            latency_ms=1.0,
        )
        rgb = grey(image.pixels) if n else None
        answers.append(Answer(manifest, prediction, rgb))
    both = tuple(a.prediction for a in answers)
    vote = Vote(both, both[0].probabilities.astype(np.float64), Limits(rule_out=0.9))
    return ComparisonReport(image, grey(image.pixels), "glioma", tuple(answers), vote)


def test_it_says_what_was_computed(comparison: ComparisonReport) -> None:
    words = Page(comparison_html(comparison, ReportLanguage(), MADE)).words
    for one in comparison.answers:
        assert one.manifest.title in words and one.manifest.weights_sha256 in words
    assert words.count("62.0\u202f%") == 6  # bar and sentence, of each network and the vote
    assert comparison.image.sha256 in words and "2026-11-25 16:40 UTC" in words
    assert "Nothing here speaks for Glioma." in words
    assert "network by network" in words and "not a medical device" in words


def test_a_verdict_stands_on_a_map_and_where_there_is_one(comparison: ComparisonReport) -> None:
    answers = tuple(replace(a, verdict="Worse than a centre blob") for a in comparison.answers)
    words = Page(
        comparison_html(replace(comparison, answers=answers), ReportLanguage(), MADE)
    ).words
    assert words.count("Worse than a centre blob") == 1  # one of the two maps is empty


def test_a_tumour_that_is_not_ruled_out_is_said_so(comparison: ComparisonReport) -> None:
    assert "ruled out" not in Page(comparison_html(comparison, ReportLanguage(), MADE)).words
    one = comparison.answers[0]
    shares = np.array([0.1, 0.05, 0.8, 0.05], np.float32)
    other = replace(one, prediction=replace(one.prediction, probabilities=shares))
    words = Page(
        comparison_html(replace(comparison, answers=(other,)), ReportLanguage(), MADE)
    ).words
    assert words.count("A tumour cannot be ruled out") == 1  # the network's, not the vote's
    assert "under the 90.0\u202f% from which it rules one out" in words
    assert "likeliest kind would be Glioma" in words


def test_a_foreign_picture_is_called_that(comparison: ComparisonReport) -> None:
    assert "does not look like" not in comparison_html(comparison, ReportLanguage(), MADE)
    one = comparison.answers[0]
    stopped = replace(one.prediction, gate=Glance(False, -3.0, "turned"))
    foreign = replace(one, prediction=stopped)
    alone = replace(comparison, answers=(foreign,), vote=None)
    page = Page(comparison_html(alone, ReportLanguage(), MADE)).words
    assert page.index("This does not look like the scans") < page.index("Asked all the same")
    assert "lies upside down or on its side" in page


def test_it_needs_nothing_else(comparison: ComparisonReport) -> None:
    page = Page(comparison_html(comparison, ReportLanguage(), MADE))
    pictures = [attributes for tag, attributes in page.tags if tag == "img"]
    assert len(pictures) == 2  # the scan, and the one map that is not empty
    for picture in pictures:
        assert picture["alt"] and str(picture["src"]).startswith("data:image/jpeg;base64,")
    assert not {"script", "link", "iframe", "form"} & {tag for tag, _ in page.tags}
    assert "http" not in comparison_html(comparison, ReportLanguage(), MADE)


def test_no_text_is_markup(comparison: ComparisonReport) -> None:
    title = "<img src=x onerror=alert(1)>"
    first, second = comparison.answers
    manifest = first.manifest.model_copy(update={"title": title})
    hostile = replace(comparison, answers=(replace(first, manifest=manifest), second))
    page = Page(comparison_html(replace(hostile, notes=("<script>",)), ReportLanguage(), MADE))
    assert title in page.words and "<script>" in page.words
    assert "script" not in {tag for tag, _ in page.tags}


def test_one_network_and_no_ensemble(comparison: ComparisonReport) -> None:
    alone = replace(comparison, answers=comparison.answers[:1], vote=None)
    words = Page(comparison_html(alone, ReportLanguage("zh-CN"), MADE)).words
    assert "network by network" not in words and "The ensemble" not in words
