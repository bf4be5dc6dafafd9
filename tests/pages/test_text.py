import gettext

import pytest

from core.errors import DataError, ImageError
from core.figure import Figure
from core.gallery import samples
from pages._ui.base import text
from pages._ui.figures import wording


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0.0 %"),
        (0.0004, "< 0.1 %"),
        (0.25, "25.0 %"),
        (0.9994, "99.9 %"),
        (0.99999, "> 99.9 %"),
        (1.0, "> 99.9 %"),
    ],
)
def test_percent_never_rounds_to_certainty(share, words):
    assert text.percent(share).replace("\u202f", " ") == words


def test_a_sentence_is_translated_before_it_is_filled(monkeypatch):
    class Backwards(gettext.NullTranslations):
        def gettext(self, message):
            return f"«{message}»"

    monkeypatch.setattr(text, "catalogue", lambda _locale: Backwards())
    error = ImageError("{name} is empty.", name="a*b*.png")
    assert text.sentence(error) == r"«a\*b\*\.png is empty.»"
    assert text.class_title("glioma") == "«Glioma»"


def test_every_sample_has_a_title_of_its_own():
    titles = [text.sample_title(s) for s in samples().values()]
    assert len(set(titles)) == len(titles)


def test_a_command_in_a_sentence_is_not_escaped():
    error = ImageError("{name} is absent; run `{command}`.", name="a*b", command="x --y `z`")
    assert text.sentence(error) == r"a\*b is absent; run `x --y 'z'`."


def test_a_sentence_names_networks_and_protocols_as_a_person_does():
    error = DataError(
        "{name} has not been evaluated under {protocol}; run `evaluate --model {name}`.",
        name="densenet121",
        protocol="official",
    )
    said = "DenseNet121 has not been evaluated under the official split; run "
    assert text.sentence(error) == said + "`evaluate --model densenet121`."


def test_an_estimate_that_lies_outside_its_interval_says_why():
    inside = Figure(value=0.02, ci_low=0.017, ci_high=0.05)
    outside = Figure(value=0.016, ci_low=0.017, ci_high=0.05)
    assert wording.with_span("ece", inside) == "2.0\u202f% (1.7 – 5.0\u202f%)"
    assert wording.with_span("ece", outside).endswith("5.0\u202f%, raised by resampling)")
