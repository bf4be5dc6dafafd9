"""The only caches of the app.

Nothing is keyed on an array: Streamlit hashes large arrays from a sample of their values,
and two scans could share a map. Keys are the sha256 of the file and of the weights.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st
from sqlalchemy import Engine

from core import classroom, inference
from core.corruptions import Change
from core.corruptions import altered as alter
from core.ensemble import EnsembleSpec, read_ensemble
from core.errors import DataError, ModelError
from core.evaluate import leaderboard
from core.evaluate.cases import Answers, gather
from core.evaluate.curves import Curve, precision_recall, roc
from core.evaluate.layout import ENSEMBLE, METRICS_NAME, evaluation_folder
from core.evaluate.leaderboard import Comparison, Leaderboard
from core.evaluate.resample import Sample
from core.evaluate.robustness_store import FIGURES_NAME as ROBUSTNESS_NAME
from core.evaluate.robustness_store import Robustness, read_robustness
from core.evaluate.rows import Row
from core.evaluate.saliency import SaliencyScores, read_saliency
from core.evaluate.saliency_store import FIGURES_NAME as SALIENCY_NAME
from core.evaluate.schema import Figure, Images, read_metrics
from core.explain import Explainer
from core.imaging import MRIImage
from core.inference import Classifier, Prediction
from core.registry import ModelSpec, Unavailable, discover
from core.settings import Settings

_ROOM = 256 * 2**20  # bytes of maps, and of tests of maps, that a server keeps
_ROOM_LOCK = threading.Lock()


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


@st.cache_resource(show_spinner=False)
def import_in_background() -> threading.Thread:
    """Begin to import TensorFlow, once a server."""
    return inference.import_in_background()


def models() -> tuple[dict[str, ModelSpec], tuple[Unavailable, ...]]:
    """Find the trained models on disk; each time anew, so that a new one appears by itself."""
    return discover(Settings().models_dir)


def ensemble() -> EnsembleSpec | None:
    """Find the stored ensemble, if its members are the models that are served."""
    try:
        return read_ensemble(Settings().models_dir, models()[0])
    except ModelError:
        return None


def held_out(reader: ModelSpec | EnsembleSpec) -> Figure | None:
    """Look up a stored accuracy on unseen patients, if it is of these very weights."""
    together = isinstance(reader, EnsembleSpec)
    members = reader.members if isinstance(reader, EnsembleSpec) else (reader,)
    name = ENSEMBLE if together else members[0].name
    folder = evaluation_folder(members[0].folder.parent, name, "unseen-patients")
    try:
        metrics = read_metrics(folder / METRICS_NAME)
    except DataError:
        return None
    of = metrics.provenance
    evaluated = of.members if together else {of.name: of.weights_sha256}
    if evaluated != {m.name: m.manifest.weights_sha256 for m in members}:
        return None
    return metrics.images["all"].figures["accuracy"]


def answers() -> Answers | None:
    """Read all stored answers to unseen patients; None where no network has been evaluated."""
    board = leaderboard.load_leaderboard(Settings().models_dir, "unseen-patients")
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


def predict(spec: ModelSpec, image: MRIImage) -> Prediction:
    """Classify a scan, once for each pair of file and weights."""
    weights = spec.manifest.weights_sha256
    return _predict(image.sha256, image.frame, spec.name, weights, spec, image)


def altered(image: MRIImage, change: Change) -> MRIImage:
    """Spoil a scan; what comes has a sha256 of its own, by which `predict` knows it."""
    return _altered(image.sha256, image.frame, change, image)


@st.cache_resource(max_entries=8, show_spinner=False)
def _altered(image_sha256: str, frame: int, change: Change, _image: MRIImage) -> MRIImage:
    return alter(_image, change)


def classifier(spec: ModelSpec) -> Classifier:
    """Load a model, once a server, for all sessions."""
    return _classifier(spec.name, spec.manifest.weights_sha256, spec)


@st.cache_resource(show_spinner=False)
def _classifier(name: str, weights_sha256: str, _spec: ModelSpec) -> Classifier:
    return Classifier(_spec)


def explainer(spec: ModelSpec) -> Explainer:
    """Everything that can be asked about a model's answers; once a server, as `classifier`."""
    return _explainer(spec.name, spec.manifest.weights_sha256, spec)


def saliency(spec: ModelSpec) -> SaliencyScores | DataError:
    """Look up what is stored of a model's saliency methods, or why nothing is."""
    return _figures(spec, SALIENCY_NAME, read_saliency)


def robustness(spec: ModelSpec) -> Robustness | DataError:
    """Look up what is stored of a model's robustness, or why nothing is."""
    return _figures(spec, ROBUSTNESS_NAME, read_robustness)


def _figures(spec: ModelSpec, name: str, read: Callable[[ModelSpec], Any]) -> Any:
    file = evaluation_folder(spec.folder.parent, spec.name, "unseen-patients") / name
    changed = file.stat().st_mtime_ns if file.exists() else 0
    return _read_figures(name, spec.name, spec.manifest.weights_sha256, changed, read, spec)


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


@st.cache_resource(show_spinner=False)
def _explainer(name: str, weights_sha256: str, _spec: ModelSpec) -> Explainer:
    return Explainer(classifier(_spec))


def known(asked: Asked) -> Any:
    """Look up a map, or a test of one, that was made before; None if not; takes no time."""
    value, _size = _drawn().get(asked, (None, 0))
    return value


def made(asked: Asked, size: int, make: Callable[[], Any]) -> Any:
    """Make a map, or a test of one, unless it is known; the oldest make room for the new.

    `make` may show progress and be interrupted: `st.cache_data` allows neither, since it
    replays on each hit what was shown in between. `size` is about what it takes, in bytes.
    """
    value = known(asked)
    if value is None:
        value = make()
        drawn = _drawn()
        with _ROOM_LOCK:
            drawn[asked] = value, size
            while sum(size for _value, size in drawn.values()) > _ROOM and len(drawn) > 1:
                del drawn[next(iter(drawn))]
    return value


@st.cache_resource(show_spinner=False)
def _drawn() -> dict[Asked, tuple[Any, int]]:
    return {}


@st.cache_data(max_entries=1024, show_spinner=False)
def _predict(
    image_sha256: str,
    frame: int,
    name: str,
    weights_sha256: str,
    _spec: ModelSpec,
    _image: MRIImage,
) -> Prediction:
    return classifier(_spec).predict(_image)


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


def samples(board: Leaderboard, images: Images) -> dict[str, Sample]:
    """Read the stored answers of every measured row, once for each set of predictions."""
    sources = tuple(row.metrics.predictions_sha256 for row in board.rows if row.metrics)
    return _samples(board.protocol, images, sources, board)


@st.cache_resource(max_entries=8, show_spinner=False)
def _samples(
    protocol: str, images: Images, predictions_sha256: tuple[str, ...], _board: Leaderboard
) -> dict[str, Sample]:
    return leaderboard.samples(_board, images)


@st.cache_resource(show_spinner=False)
def _comparisons() -> dict[tuple[str, ...], Comparison]:
    """Keep what was compared; `st.cache_data` cannot say whether it knows an answer."""
    return {}


def _comparison_key(board: Leaderboard, figure: str, images: Images) -> tuple[str, ...]:
    sources = (row.metrics.predictions_sha256 for row in board.rows if row.metrics)
    return board.protocol, figure, images, *sources


@st.cache_data(max_entries=64, show_spinner=False)
def _curves(
    predictions_sha256: str, images: Images, _row: Row
) -> tuple[tuple[Curve, ...], tuple[Curve, ...]]:
    predictions = _row.predictions()
    if images == "distinct":
        predictions = predictions.distinct()
    return roc(predictions), precision_recall(predictions)
