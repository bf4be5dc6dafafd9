"""What is made while the app runs and kept: answers, maps, what reads files, the database.

Nothing is keyed on an array, here and in `records` and `derived`: Streamlit hashes large arrays
from a sample of their values, and two scans could share a map. Keys are the sha256 of the file
and of the weights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from core.corruptions import Change
from core.corruptions import altered as alter
from core.ensemble import EnsembleSpec, read_ensemble
from core.errors import ModelError
from core.imaging import MRIImage
from core.registry import ModelSpec, Unavailable, discover
from core.settings import Settings
from core.store import Store
from pages._ui.base import journal

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from core.imaging.boundary import Reader

T = TypeVar("T")
_ROOM = 256 * 2**20  # most bytes of answers, of maps and of tests of maps that a server keeps
_SHARE = 1 / 32  # of the installation's memory, where that is less


@dataclass(frozen=True)
class Asked:
    """What a map, or the test of a map, is of: the key that it is kept under.

    Attributes
    ----------
    image_sha256, weights_sha256 : str
    frame : int
    method, target : str
    versus, layer : str or None
    seed : int
    what : str
        The map itself, or which test of it.
    """

    image_sha256: str
    frame: int
    weights_sha256: str
    method: str
    target: str
    versus: str | None = None
    layer: str | None = None
    seed: int = 0
    what: str = "map"


def models() -> tuple[dict[str, ModelSpec], tuple[Unavailable, ...]]:
    """Find the trained models on disk; each time anew, so that a new one appears by itself."""
    specs, unavailable = discover(Settings().models_dir)
    journal.networks(specs, unavailable)
    return specs, unavailable


def ensemble() -> EnsembleSpec | None:
    """Find the stored ensemble, if its members are the models that are served."""
    try:
        return read_ensemble(Settings().models_dir, models()[0])
    except ModelError:
        return None


def database() -> Engine:
    """Connect to the classroom's database, once a server and only where it is asked for.

    Raises
    ------
    ClassroomError
        If it cannot be used; the next call tries again.
    """
    return _database(Settings().database_url)


@st.cache_resource(show_spinner=False)
def _database(url: str) -> Engine:
    from core import classroom

    options = classroom.engine_options(url)
    return classroom.prepare(st.connection("classroom", type="sql", **options).engine)


def altered(image: MRIImage, change: Change) -> MRIImage:
    """Spoil a scan; what comes has a sha256 of its own, by which `predict` knows it."""
    return _altered(image.sha256, image.frame, change, image)


@st.cache_resource(max_entries=8, show_spinner=False)
def _altered(image_sha256: str, frame: int, change: Change, _image: MRIImage) -> MRIImage:
    return alter(_image, change)


@st.cache_resource(show_spinner=False)
def reader() -> Reader:
    """Start what reads strangers' files, once a server; it keeps the latest slices."""
    from core.imaging.boundary import Reader

    return Reader()


def known(asked: Asked) -> Any:
    """Look up an answer, a map or a test of one that was made before; None if not; no wait."""
    return _made().get((asked, asked.what))


def made(
    asked: Asked, size: int, make: Callable[[], T], idle: Callable[[], object] = lambda: None
) -> T:
    """Make an answer, a map or a test of one unless it is known; the oldest make room.

    `make` may show progress and be interrupted: `st.cache_data` allows neither, since it
    replays on each hit what was shown in between. Who wants what another session is making
    waits for it, and calls `idle` meanwhile. `size` is about what it takes, in bytes.
    """
    found: T = _made().once((asked, asked.what), size, make, idle)
    return found


def room() -> int:
    """Bytes that a server keeps of answers, of maps and of tests of maps."""
    return min(_ROOM, int(_SHARE * Settings().memory))


@st.cache_resource(show_spinner=False)
def _made() -> Store:
    return Store(room())
