"""An error is a sentence: its template can be translated, its parameters are only values."""

import pytest
from pydantic import BaseModel, ValidationError

from core import errors
from core.errors import N_, GlassbrainError, ImageError, invalid

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


def test_template_and_parameters_give_the_sentence_in_any_language() -> None:
    error = ImageError("{name} is larger than {limit} MB.", name="{limit}.png", limit=64)
    assert (
        error.template.format(**error.params) == str(error) == "{limit}.png is larger than 64 MB."
    )
    assert "超过 {limit} MB:{name}".format(**error.params) == "超过 64 MB:{limit}.png"


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


@pytest.mark.parametrize(
    ("content", "where"), [('{"pairs": [{"n": "x"}]}', "pairs.0.n"), ("[]", "the top level")]
)
def test_a_file_of_another_shape_is_refused_with_the_place(content: str, where: str) -> None:
    class Pair(BaseModel):
        n: int

    class Stored(BaseModel):
        pairs: list[Pair]

    with pytest.raises(ValidationError) as caught:
        Stored.model_validate_json(content)
    assert str(invalid("a.json", caught.value)).startswith(f"a.json is not valid at {where}: Input")
