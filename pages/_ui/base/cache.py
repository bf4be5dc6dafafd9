"""The only caches of the app.

Nothing is keyed on an array: Streamlit hashes large arrays from a sample of their values,
and two scans could share a map. Keys are the sha256 of the file and of the weights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from sqlalchemy import Engine

from core import classroom
from core.corruptions import Change
from core.corruptions import altered as alter
from core.ensemble import EnsembleSpec, read_ensemble
from core.errors import DataError, ModelError
from core.evaluate.board import leaderboard
from core.evaluate.board.answers import Answers, gather
from core.evaluate.board.differences import differences as count_differences
from core.evaluate.board.leaderboard import Comparison, Leaderboard
from core.evaluate.board.rows import Row
from core.evaluate.figures.bootstrap import GroupedAnswers, group_weights, sample_of
from core.evaluate.figures.curves import Curve, precision_recall, roc
from core.evaluate.figures.spread import risk_figures
from core.evaluate.robustness.gamma import FIGURES_NAME as GAMMA_NAME
from core.evaluate.robustness.gamma import Gamma, read_gamma
from core.evaluate.robustness.store import FIGURES_NAME as ROBUSTNESS_NAME
from core.evaluate.robustness.store import Robustness, read_robustness
from core.evaluate.saliency.read import SaliencyScores, read_saliency
from core.evaluate.saliency.second_opinion import NAME as OPINION_NAME
from core.evaluate.saliency.second_opinion import SecondOpinion, read_second_opinion
from core.evaluate.saliency.store import FIGURES_NAME as SALIENCY_NAME
from core.evaluate.stored.layout import evaluation_folder
from core.evaluate.stored.schema import Images
from core.figure import Figure
from core.imaging import MRIImage
from core.imaging.boundary import Reader
from core.portraits import FOLDER as PORTRAITS_FOLDER
from core.portraits import NAME as PORTRAITS_NAME
from core.portraits import Portraits, read_portraits
from core.protocols import UNSEEN
from core.registry import ModelSpec, Unavailable, discover
from core.settings import Settings
from core.store import Store
from pages._ui.base import journal

T = TypeVar("T")
_ROOM = 256 * 2**20  # bytes of answers, of maps and of tests of maps that a server keeps


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


def answers() -> Answers | None:
    """Read all stored answers to unseen patients; None where no network has been evaluated."""
    board = leaderboard.load_leaderboard(Settings().models_dir, UNSEEN)
    rows = tuple(row for row in board.rows if row.metrics)
    if not any(row.kind == "model" for row in rows):
        return None
    return _answers(tuple(r.metrics.predictions_sha256 for r in rows if r.metrics), rows)


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
    return Reader()


def saliency(spec: ModelSpec) -> SaliencyScores | DataError:
    """Look up what is stored of a model's saliency methods, or why nothing is."""
    return _figures(spec, SALIENCY_NAME, read_saliency)


def second_opinion(spec: ModelSpec) -> SecondOpinion | DataError:
    """Look up how far an independent library agrees with our maps, or why that is not known."""
    return _figures(spec, OPINION_NAME, read_second_opinion)


def portraits(spec: ModelSpec) -> tuple[Portraits, dict[str, bytes]] | DataError:
    """Look up what excites each class most in a network, or why that is not known."""
    file = spec.folder / PORTRAITS_FOLDER / PORTRAITS_NAME
    changed = file.stat().st_mtime_ns if file.exists() else 0
    weights = spec.manifest.weights_sha256
    found: tuple[Portraits, dict[str, bytes]] | DataError = _read_figures(
        PORTRAITS_NAME, spec.name, weights, changed, read_portraits, spec
    )
    return found


def robustness(spec: ModelSpec) -> Robustness | DataError:
    """Look up what is stored of a model's robustness, or why nothing is."""
    return _figures(spec, ROBUSTNESS_NAME, read_robustness)


def gamma(spec: ModelSpec) -> Gamma | DataError:
    """Look up how many of a model's answers a gamma turns, or why that is not known."""
    return _figures(spec, GAMMA_NAME, read_gamma)


def _figures(spec: ModelSpec, name: str, read: Callable[[ModelSpec], T]) -> T | DataError:
    file = evaluation_folder(spec.folder.parent, spec.name, UNSEEN) / name
    changed = file.stat().st_mtime_ns if file.exists() else 0
    weights = spec.manifest.weights_sha256
    found: T | DataError = _read_figures(name, spec.name, weights, changed, read, spec)
    return found


@st.cache_resource(max_entries=32, show_spinner=False)
def _read_figures(
    file: str,
    model: str,
    weights_sha256: str,
    changed: int,
    _read: Callable[[ModelSpec], Any],
    _spec: ModelSpec,
) -> Any:
    try:
        return _read(_spec)
    except DataError as error:
        return error


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


@st.cache_resource(show_spinner=False)
def _made() -> Store:
    return Store(_ROOM)


@st.cache_resource(max_entries=2, show_spinner=False)
def _answers(predictions_sha256: tuple[str, ...], _rows: tuple[Row, ...]) -> Answers:
    return gather(_rows)


def compared(board: Leaderboard, figure: str, images: Images) -> Comparison | None:
    """Look up whether `comparison` has been made before; takes no time."""
    return _comparisons().get(_comparison_key(board, figure, images))


def comparison(board: Leaderboard, figure: str, images: Images) -> Comparison:
    """Compare every two rows, once for each set of stored predictions; takes seconds."""
    key = _comparison_key(board, figure, images)
    if key not in _comparisons():
        _comparisons()[key] = leaderboard.comparison(board, figure, images)
    return _comparisons()[key]


def curves(row: Row, images: Images) -> tuple[tuple[Curve, ...], tuple[Curve, ...]]:
    """ROC and precision-recall curves of a row, once for each file of predictions."""
    assert row.metrics is not None
    return _curves(row.metrics.predictions_sha256, images, row)


def abstaining(row: Row, images: Images) -> tuple[NDArray[np.float64], tuple[Figure, ...]]:
    """Work out what not answering leads to, once for each file of predictions.

    Returns
    -------
    confidences : ndarray of float64, shape (N,)
        Top probability of each image, the most confident first.
    risks : tuple of Figure
        Error rate at each stored coverage, with its interval.
    """
    assert row.metrics is not None
    return _abstaining(row.metrics.predictions_sha256, images, row)


def differences(rows: tuple[Row, ...], images: Images) -> tuple[NDArray[np.int64], int]:
    """Count how often each two rows answer differently, once for each set of predictions."""
    sources = tuple(row.metrics.predictions_sha256 for row in rows if row.metrics)
    return _differences(sources, images, rows)


def samples(board: Leaderboard, images: Images) -> dict[str, GroupedAnswers]:
    """Read the stored answers of every measured row, once for each set of predictions."""
    sources = tuple(row.metrics.predictions_sha256 for row in board.rows if row.metrics)
    return _samples(board.protocol, images, sources, board)


@st.cache_resource(max_entries=8, show_spinner=False)
def _samples(
    protocol: str, images: Images, predictions_sha256: tuple[str, ...], _board: Leaderboard
) -> dict[str, GroupedAnswers]:
    return leaderboard.samples(_board, images)


@st.cache_resource(show_spinner=False)
def _comparisons() -> dict[tuple[str, ...], Comparison]:
    """Keep what was compared; `st.cache_data` cannot say whether it knows an answer."""
    return {}


def _comparison_key(board: Leaderboard, figure: str, images: Images) -> tuple[str, ...]:
    sources = (row.metrics.predictions_sha256 for row in board.rows if row.metrics)
    return board.protocol, figure, images, *sources


@st.cache_data(max_entries=16, show_spinner=False)
def _differences(
    predictions_sha256: tuple[str, ...], images: Images, _rows: tuple[Row, ...]
) -> tuple[NDArray[np.int64], int]:
    return count_differences(_rows, images)


@st.cache_resource(max_entries=64, show_spinner=False)
def _abstaining(
    predictions_sha256: str, images: Images, _row: Row
) -> tuple[NDArray[np.float64], tuple[Figure, ...]]:
    assert _row.metrics is not None
    predictions, drawn = _row.predictions(), _row.metrics.bootstrap
    stored = _row.metrics.images[images].risk_coverage
    if images == "distinct":
        predictions = predictions.distinct()
    sample = sample_of(predictions)
    weights = group_weights(sample.count, drawn.resamples, drawn.seed)
    risks = risk_figures(sample, weights, np.asarray(stored.coverage)) if stored else ()
    return np.sort(sample.probabilities.max(axis=1))[::-1], risks


@st.cache_data(max_entries=64, show_spinner=False)
def _curves(
    predictions_sha256: str, images: Images, _row: Row
) -> tuple[tuple[Curve, ...], tuple[Curve, ...]]:
    predictions = _row.predictions()
    if images == "distinct":
        predictions = predictions.distinct()
    return roc(predictions), precision_recall(predictions)
