"""An error is a sentence: its template can be translated, its parameters are only values."""

import pytest

from core import errors
from core.errors import N_, GlassbrainError, ImageError

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, GlassbrainError)
]


@pytest.mark.parametrize("kind", KINDS)
def test_sentence_and_template(kind: type[GlassbrainError]) -> None:
    error = kind("{name} has {n} pages.", name="a.tif", n=3)
    assert str(error) == "a.tif has 3 pages."
    assert error.template == "{name} has {n} pages."
    assert error.params == {"name": "a.tif", "n": 3}
    assert isinstance(error, GlassbrainError)


def test_translation_of_the_template_takes_the_same_parameters() -> None:
    error = ImageError("{name} is empty.", name="a.png")
    assert "{name} ist leer.".format(**error.params) == "a.png ist leer."


@pytest.mark.parametrize("name", ["{0}", "{name}", "{", "a}b", "{x.__class__}", "%s"])
def test_parameters_are_values_and_never_templates(name: str) -> None:
    assert str(ImageError("{name} is empty.", name=name)) == f"{name} is empty."


def test_a_parameter_may_be_called_template() -> None:
    assert str(GlassbrainError("{template} {self}", template=1, self=2)) == "1 2"


def test_a_missing_parameter_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        ImageError("{name} is empty.")


def test_marking_changes_nothing() -> None:
    assert N_("Where {x} is.") == "Where {x} is."
