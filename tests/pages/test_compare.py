import numpy as np
import pytest

from core.architectures import ARCHITECTURES
from core.gallery import samples
from core.reports.words import ReportLanguage, line
from pages._ui.base.text import class_title
from pages._ui.compare.view import matrix

from .words import healthy, text

SAMPLE = next(s for s in samples().values() if s.lesion is not None)


@pytest.fixture
def compare(app, specs):
    """The page with a sample."""
    app.query_params["sample"] = SAMPLE.id
    return app.switch_page("pages/compare.py").run()


def test_every_network_answers_as_the_core_does(compare, specs, expected):
    words = text(healthy(compare))
    for name, spec in specs.items():
        prediction = expected(SAMPLE.path.read_bytes(), name)
        assert f"**{spec.manifest.title}**" in words
        assert line(prediction, ReportLanguage()) in words
        assert f"weights {spec.manifest.weights_sha256[:12]}" in words


def test_what_is_not_trained_is_named_as_such(compare, specs):
    commands = [code.value for code in compare.code]
    for name in ARCHITECTURES:
        assert any(f"--model {name} " in c for c in commands) == (name not in specs)


def test_a_class_can_be_asked_of_all(compare, specs):
    compare.query_params["target"] = "pituitary"
    compare.run()
    words = text(healthy(compare))
    assert words.count(f"Grad-CAM of {class_title('pituitary')}") == len(specs)


def test_an_empty_desk_says_what_to_do(app):
    app.switch_page("pages/compare.py").run()
    assert "Nothing is on the desk yet" in text(healthy(app))


def test_the_matrix_is_words_and_numbers():
    values = np.array([[1.0, -0.25], [-0.25, np.nan]])
    table = matrix(["A<b>", "B"], values, "Glioma")
    assert '<th scope="row">A&lt;b&gt;</th>' in table
    assert "−0.25" in table and "nan" not in table
    assert "--gb-share:0.000" in table
