"""Drives the app in this process, over whatever models are trained."""

import gc
import sys
from functools import cache

import pytest
from streamlit.testing.v1 import AppTest

from core.evaluate.board import comparison as statistics
from core.imaging import read_image
from core.settings import PROJECT
from pages._ui.base import derived
from tests.core.conftest import toy_weights  # noqa: F401  (a fixture)

from .opening import TIMEOUT, opened


@pytest.fixture(scope="module", autouse=True)
def here():
    """What the app computes, this process does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSBRAIN_COMPUTE", "local")
        yield


@pytest.fixture(scope="module")
def settled():
    """What was there when garbage was last put aside: `keras`, once it is imported."""
    return set()


@pytest.fixture(autouse=True)
def little_to_walk(settled):
    """Put what stays aside from the collector.

    Streamlit collects garbage after each run of a page, and again where Keras is imported: half
    a second a run with TensorFlow in the process, which in the app has a process of its own.
    """
    now = {"a file of tests"} | ({"keras"} & set(sys.modules))
    if now != settled:
        gc.collect()
        gc.freeze()
        settled |= now


@pytest.fixture(scope="module")
def quick():
    """Compare with fewer resamples than the page says; nothing of it is kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statistics.compare, "__defaults__", ("accuracy", 300, 0))
        derived._comparisons().clear()
        yield
        derived._comparisons().clear()


@pytest.fixture
def app():
    """The app before it has shown anything: `switch_page`, then `run`."""
    return AppTest.from_file(PROJECT / "streamlit_app.py", default_timeout=TIMEOUT)


@pytest.fixture
def classify():
    """The app on the page Classify."""
    return opened("classify")


@pytest.fixture(scope="session")
def classifier(specs):
    """A network by its name, loaded once."""
    from core.inference import Classifier

    return cache(lambda name: Classifier(specs[name]))


@pytest.fixture(scope="session")
def expected(classifier):
    """What the core says of a file, model by model."""
    return lambda data, model: classifier(model).predict(read_image(data, "a scan"))
