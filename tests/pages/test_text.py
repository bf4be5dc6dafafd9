import gettext

import pytest

from core.errors import ImageError
from core.gallery import samples
from pages._ui import text


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
