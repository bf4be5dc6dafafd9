"""What every test may ask for, and what none may leave behind."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as drawing

from core.evaluate.board.answers import Answers, gather
from core.evaluate.board.leaderboard import load_leaderboard
from core.registry import ModelSpec, discover
from core.settings import Settings

# The same examples in each run and none refused for being slow: what a test says does not hang
# on chance or on what else the machine does. `--hypothesis-profile default` draws others.
drawing.register_profile(
    "same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
drawing.load_profile("same")

# Set by pytest at each test, and longer by a folder once OpenCV is imported.
_NOT_A_TRACE = {"PYTEST_CURRENT_TEST", "LD_LIBRARY_PATH"}
_OURS = ("GLASSBRAIN_", "STREAMLIT_", "PYTHON", "XDG_", "KERAS_")


# Tests that share what is dear to make: a server and a browser, a trained run, networks. The look
# at every page takes as long as all journeys, and goes on beside them with a server of its own.
_BROWSED = "tests/e2e/"
_TOGETHER = (
    f"{_BROWSED}test_access", _BROWSED, "tests/core/training/", "tests/core/explain/",
    "tests/core/classroom/",
)  # fmt: skip
# What takes longest comes first.
_ORDER = (*_TOGETHER, "tests/models/", "tests/pages/", "tests/core/", "tests/")

_MAKES_WAY = 5  # niceness


def group(nodeid: str) -> str:
    """Whose tests run in one process: a file's, or those of many where they share much."""
    file = nodeid.partition("::")[0]
    return next((many for many in _TOGETHER if file.startswith(many)), file)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first."""
    items.sort(key=lambda item: next(i for i, f in enumerate(_ORDER) if item.nodeid.startswith(f)))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let a browser's journeys, of which each waits for the last, have the processor first."""
    if "PYTEST_XDIST_WORKER" in os.environ and not item.nodeid.startswith(_BROWSED):
        os.nice(max(0, _MAKES_WAY - os.nice(0)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Deal out whole groups; one by one, each process would make every fixture for itself.

    xdist's own `loadgroup` reads a group off the name of a test, where pytest 9 leaves none.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid)

    config.option.loadscopereorder = False
    return Groups(config, log)


def shared_state() -> dict[str, object]:
    """What all tests of a process share: environment, folder, arguments, how TensorFlow runs."""
    found: dict[str, object] = {f"${k}": v for k, v in os.environ.items() if k not in _NOT_A_TRACE}
    found |= {"folder": Path.cwd(), "arguments": [*sys.argv], "eager": False, "policy": "float32"}
    if "tensorflow" in sys.modules:
        import keras
        import tensorflow as tf

        found["eager"] = tf.config.functions_run_eagerly()
        found["policy"] = keras.config.dtype_policy().name
    return found


def traces(before: dict[str, object], after: dict[str, object]) -> dict[str, object]:
    """What differs; a variable that a library set for itself when it was imported does not."""
    new = {name for name in after.keys() - before.keys() if name[1:].startswith(_OURS)}
    gone = {name for name in before if after.get(name) != before[name]}
    return {name: after.get(name) for name in sorted(new | gone)}


@pytest.fixture(scope="session", autouse=True)
def at_first(request: pytest.FixtureRequest) -> dict[str, object]:
    """What all tests share, before any; converted networks are in pytest's own cache."""
    assert request.config.cache is not None
    os.environ.setdefault("GLASSBRAIN_CACHE_DIR", str(request.config.cache.mkdir("glassbrain")))
    return shared_state()


@pytest.fixture(scope="module", autouse=True)
def a_file_leaves_no_trace(at_first: dict[str, object]) -> Iterator[None]:
    """Fail the last test of a file that leaves changed what later files meet."""
    yield
    left = traces(at_first, shared_state())
    assert not left, f"the tests of this file, or a fixture of theirs, left behind: {left}"


@pytest.fixture(autouse=True)
def a_test_leaves_no_trace(a_file_leaves_no_trace: None) -> Iterator[None]:
    """Fail a test that leaves changed what the next one meets."""
    before = shared_state()
    yield
    left = traces(before, shared_state())
    assert not left, f"this test left behind: {left}"


@pytest.fixture(scope="session")
def specs() -> dict[str, ModelSpec]:
    """The trained models; a test that needs one is skipped where there is none."""
    found, _ = discover(Settings().models_dir)
    if not found:
        pytest.skip("no model is trained")
    return found


@pytest.fixture(scope="session")
def answers() -> Answers:
    """All stored answers to unseen patients."""
    board = load_leaderboard(Settings().models_dir, "unseen-patients")
    rows = [row for row in board.rows if row.metrics]
    if not any(row.kind == "model" for row in rows):
        pytest.skip("no network is evaluated")
    return gather(rows)
