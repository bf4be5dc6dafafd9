"""A report says what was computed, in any language, and the same moment gives the same file."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pytest
from babel.messages.pofile import read_po
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from core.answer import Limits
from core.ensemble import Vote
from core.explain.overlay import grey, overlay
from core.figure import Figure
from core.gate import Glance
from core.inference import Prediction
from core.labels import CLASSES
from core.manifest import Manifest
from core.preprocess import prepare
from core.reports.pdf import reading_pdf
from core.reports.reading import Drawing, Reading, provenance
from core.reports.sheet import FONTS, UNKNOWN
from core.reports.words import ReportLanguage
from core.settings import PROJECT

from .toys import toy_manifest, toy_scan

MADE = datetime(2026, 11, 25, 16, 40, tzinfo=timezone.utc)
ENGLISH = ReportLanguage()
_HAN = "脑膜瘤分类网络的证据在这张扫描图上，并不是肿瘤的轮廓；仅用于研究与教学（不是医疗器械）。"


def pseudo(message: str) -> str:
    """Stand in for a translation: fields stay, words become Chinese of about half the length."""
    words = r"[A-Za-z][A-Za-z' ,.;]*(?![^{]*\})"
    return re.sub(words, lambda m: _HAN[: max(2, len(m.group()) // 2)], message)


CHINESE = ReportLanguage("zh-CN", pseudo)


@pytest.fixture
def reading() -> Reading:
    image, network = toy_scan(), Manifest.model_validate(toy_manifest("toy", b"weights"))
    network = network.model_copy(update={"limitations": ("It is a toy.",)})
    prediction = Prediction(
        model="toy",
        weights_sha256=network.weights_sha256,
        image_sha256=image.sha256,
        logits=np.zeros(4, np.float32),
        probabilities=np.array([0.62, 0.3, 0.05, 0.03], np.float32),
        class_maps=np.zeros((8, 8, 4), np.float32),
        geometry=prepare(image.pixels, 32, crop=False, version=1)[1],
        limits=Limits(),
        latency_ms=1.0,
    )
    heat = np.linspace(0, 1, image.pixels.size, dtype=np.float32).reshape(image.shape)
    return Reading(
        image=image,
        scan=grey(image.pixels),
        who=network.title,
        outcome=prediction,
        networks=(network,),
        accuracy=Figure(value=0.8803, ci_low=0.8261, ci_high=0.9222),
        drawing=Drawing("gradcam", "Grad-CAM", "glioma", overlay(image.pixels, heat), "inferno"),
    )


def pages(pdf: bytes) -> list[str]:
    """Text of each page, with the report's no-break spaces as spaces."""
    return [p.extract_text().replace("\u00a0", " ") for p in PdfReader(io.BytesIO(pdf)).pages]


def test_it_says_what_was_computed(reading: Reading) -> None:
    first, second = pages(reading_pdf(reading, ENGLISH, MADE))
    prediction = reading.predictions[0]
    for tumour, share in zip(CLASSES, prediction.probabilities, strict=True):
        assert tumour.title in first and f"{share:.1%}".replace("%", " %") in first
    assert "88.0 %" in first and "95 % interval 82.6 % to 92.2 %" in first
    assert "Grad-CAM: what speaks for Glioma" in first
    manifest = reading.networks[0]
    for fact in (prediction.image_sha256, manifest.weights_sha256, manifest.architecture):
        assert fact in second
    assert f"{manifest.preprocess.id} v{manifest.preprocess.version}" in second
    for line in manifest.limitations:
        assert line in second.replace("\n", " ")
    for page in (first, second):
        assert "not a medical device" in page and "2026-11-25 16:40 UTC" in page


def test_a_slice_is_named_and_got_again(reading: Reading) -> None:
    assert "Slice" not in dict(provenance(reading, ENGLISH))
    assert dict(provenance(reading, ENGLISH))["Again"].endswith("--out map.png")
    image = replace(reading.image, plane="axial", number=65, of=120, volumes=2)
    facts = dict(provenance(replace(reading, image=image), ENGLISH))
    assert facts["Slice"] == "axial, volume 2 of 2, slice 5 of 60"
    assert facts["Again"].endswith("--out map.png --plane axial --frame 65")


def test_abstention_and_absence_are_said(reading: Reading) -> None:
    outcome = replace(reading.predictions[0], limits=Limits(abstain=0.8))
    drawing = replace(reading.drawing, rgb=None)
    silent = replace(reading, outcome=outcome, accuracy=None, drawing=drawing)
    first = pages(reading_pdf(silent, ENGLISH, MADE))[0]
    assert "Not confident enough to say" in first and "under its threshold of 80.0 %" in first
    assert "under 80.0 % it would rather not say" in first.replace("\n", " ")
    assert "Not evaluated yet on unseen patients." in first
    assert "Nothing here speaks for Glioma." in first and "the most in this scan" not in first


def test_no_tumour_under_the_operating_point_is_no_all_clear(reading: Reading) -> None:
    shares = np.array([0.05, 0.2, 0.7, 0.05], np.float32)
    for point, said in ((0.7, "No tumour"), (0.9, "A tumour cannot be ruled out")):
        limits = Limits(abstain=0.6, rule_out=point)
        outcome = replace(reading.predictions[0], probabilities=shares, limits=limits)
        first = pages(reading_pdf(replace(reading, outcome=outcome), ENGLISH, MADE))[0]
        first = first.replace("\n", " ")
        assert first.split("Reading of one scan ", 1)[1].startswith(said)
        assert f"rules a tumour out where no tumour has {point:.1%}".replace("%", " %") in first
    assert "likeliest kind would be Meningioma, at 20.0 %" in first


def test_the_gate_has_the_headline(reading: Reading) -> None:
    assert "does not look like" not in pages(reading_pdf(reading, ENGLISH, MADE))[0]
    stopped = Glance(False, -3.0, "colour", 40.0, 10.0)
    foreign = replace(reading.predictions[0], gate=stopped)
    first = pages(reading_pdf(replace(reading, outcome=foreign), ENGLISH, MADE))[0]
    words = " ".join(first.split())
    assert words.index("This does not look like the scans") < words.index("Asked all the same")
    assert "its channels differ by 40 of 255 on average" in words
    assert "88.0" not in words and "Not at all" in words  # no accuracy holds for it


def test_a_control_is_not_called_evidence(reading: Reading) -> None:
    drawing = replace(reading.drawing, method="centre-blob", title="Centre blob")
    first = pages(reading_pdf(replace(reading, drawing=drawing), ENGLISH, MADE))[0]
    first = first.replace("\n", " ")
    assert "Centre blob: a control, which knows nothing of the network" in first
    assert "it would be the same with any network" in first
    for claim in ("what speaks for", "network's evidence", "the most in this scan"):
        assert claim not in first


def test_the_verdict_on_a_map_stands_under_it(reading: Reading) -> None:
    judged = replace(reading.drawing, verdict="Worse than a centre blob", tested="0.1 % of 210")
    first = " ".join(pages(reading_pdf(replace(reading, drawing=judged), ENGLISH, MADE))[0].split())
    assert first.index("Worse than a centre blob") < first.index("How far to trust it")


def test_an_ensemble_names_its_members(reading: Reading) -> None:
    one = reading.predictions[0]
    other = reading.networks[0].model_copy(update={"title": "Other"})
    vote = Vote((one, one), one.probabilities.astype(np.float64), Limits())
    both = replace(reading, outcome=vote, networks=(reading.networks[0], other))
    second = pages(reading_pdf(both, ENGLISH, MADE))[1]
    assert second.count("Glioma, 62.0 %") == 2 and "Other" in second


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_every_character_has_its_glyph(
    reading: Reading, language: ReportLanguage, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = pages(reading_pdf(reading, language, MADE))
    assert language.gettext("Probability of each class") in first
    assert reading.networks[0].weights_sha256 in second
    assert "missing" not in caplog.text


def test_an_unknown_character_does_no_harm(reading: Reading) -> None:
    assert len(pages(reading_pdf(replace(reading, who="\U0001f9e0 𠮷"), ENGLISH, MADE))) == 2


def test_the_same_moment_gives_the_same_file(reading: Reading) -> None:
    first = reading_pdf(reading, CHINESE, MADE)
    assert first == reading_pdf(reading, CHINESE, MADE)
    assert first != reading_pdf(reading, CHINESE, MADE.replace(minute=41))


@pytest.mark.parametrize("file", sorted((PROJECT / "locale").rglob("*.po*")), ids=lambda f: f.name)
def test_the_fonts_hold_every_translation(file: Path) -> None:
    """A report says what the core says; the pages have signs of their own, ✓ and ▼."""
    held = TTFont(FONTS / "NotoSansSC-Regular.ttf").getBestCmap()
    with file.open("rb") as catalogue:
        spoken = [m for m in read_po(catalogue) if any("core/" in f for f, _ in m.locations)]
    said = set("".join(f"{m.id}{m.string}" for m in spoken)) - set("\n\t\u202f")
    assert len(spoken) > 100
    assert {character for character in said if ord(character) not in held} == set()


@pytest.mark.parametrize("note", ["Nguyễn Thị Huệ", "한국", "腦膜瘤"])
def test_a_character_without_a_glyph_gets_a_sign_and_the_sign_a_note(
    reading: Reading, note: str
) -> None:
    plain = " ".join(pages(reading_pdf(reading, ENGLISH, MADE)))
    assert UNKNOWN not in plain and "font lacks" not in plain
    told = " ".join(pages(reading_pdf(replace(reading, notes=(note,)), ENGLISH, MADE)))
    assert UNKNOWN in told and "a character that this report's font lacks" in told
