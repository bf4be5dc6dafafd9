"""Drives the app in this process, over whatever models are trained."""

import pytest
from streamlit.testing.v1 import AppTest

from core.imaging import read_image
from core.registry import discover
from core.settings import PROJECT, Settings

TIMEOUT = 180  # the first reading imports TensorFlow


@pytest.fixture
def app():
    """The app as it opens."""
    return AppTest.from_file(PROJECT / "streamlit_app.py", default_timeout=TIMEOUT).run()


@pytest.fixture
def classify(app):
    """The app on the page Classify."""
    return app.switch_page("pages/classify.py").run()


@pytest.fixture(scope="session")
def specs():
    """The trained models; a test that needs one is skipped where there is none."""
    found, _ = discover(Settings().models_dir)
    if not found:
        pytest.skip("no model is trained")
    return found


@pytest.fixture(scope="session")
def expected(specs):
    """What the core says of a file, model by model."""
    from core.inference import Classifier

    classifiers = {}

    def predict(data, model):
        if model not in classifiers:
            classifiers[model] = Classifier(specs[model])
        return classifiers[model].predict(read_image(data, "a scan"))

    return predict
