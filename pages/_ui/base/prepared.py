"""What a server does once, in the background, so that nobody waits for it on a page.

The first page is painted before. What is prepared here any page would make for itself when it
is opened: if a step fails, the page that needs it says why.
"""

from __future__ import annotations

import importlib
import logging
import threading
import time
from collections.abc import Callable

from core import traits
from core.errors import GlassbrainError
from core.evaluate.board.leaderboard import load_leaderboard
from core.protocols import UNSEEN
from core.settings import Settings
from pages._ui.base import cache, derived, networks, records

log = logging.getLogger(__name__)

HEAVY = ("plotly.graph_objects", "skimage.exposure", "plotly.subplots")  # imported by few pages


def begin() -> None:
    """Start; does nothing where no server runs, as in a test of the pages alone."""
    if networks.serving():
        threading.Thread(target=prepare, name="prepared", daemon=True).start()


def prepare() -> None:
    """Do one step after the other; what fails is left to the pages."""
    for name, step in STEPS.items():
        begun = time.perf_counter()
        try:
            step()
        except (GlassbrainError, OSError, ImportError) as error:
            log.warning("%s could not be prepared: %s", name, error)
        else:
            log.info("%s: prepared in %.1f s", name, time.perf_counter() - begun)


def _import() -> None:
    for name in HEAVY:
        importlib.import_module(name)


def _samples() -> None:
    derived.samples(load_leaderboard(Settings().models_dir, UNSEEN), "all")


def _comparison() -> None:
    board = load_leaderboard(Settings().models_dir, UNSEEN)
    if any(row.metrics for row in board.rows):
        derived.comparison(board, "accuracy", "all")


STEPS: dict[str, Callable[[], object]] = {
    "the reader of files": lambda: cache.reader().warm(),
    "libraries": _import,
    "stored answers": records.answers,
    "samples for the bootstrap": _samples,
    "traits of the shipped files": traits.traits,
    "the board's order": _comparison,
}
