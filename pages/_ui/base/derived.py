"""What is worked out from stored answers, once for each set of them.

Keys are the sha256 of the files that the answers are stored in.
"""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.evaluate.board import leaderboard
from core.evaluate.board.differences import differences as count_differences
from core.evaluate.board.leaderboard import Comparison, Leaderboard
from core.evaluate.board.rows import Row
from core.evaluate.figures.bootstrap import GroupedAnswers, group_weights, sample_of
from core.evaluate.figures.curves import Curve, precision_recall, roc
from core.evaluate.figures.spread import risk_figures
from core.evaluate.stored.schema import Images
from core.figure import Figure


def compared(board: Leaderboard, figure: str, images: Images) -> Comparison | None:
    """Look up whether `comparison` has been made before; takes no time."""
    return _comparisons().get(_comparison_key(board, figure, images))


def comparison(board: Leaderboard, figure: str, images: Images) -> Comparison:
    """Compare every two rows, once for each set of stored predictions; takes seconds."""
    key = _comparison_key(board, figure, images)
    if key not in _comparisons():
        _comparisons()[key] = leaderboard.comparison(board, figure, images)
    return _comparisons()[key]


@st.cache_resource(show_spinner=False)
def _comparisons() -> dict[tuple[str, ...], Comparison]:
    """Keep what was compared; `st.cache_data` cannot say whether it knows an answer."""
    return {}


def _comparison_key(board: Leaderboard, figure: str, images: Images) -> tuple[str, ...]:
    sources = (row.metrics.predictions_sha256 for row in board.rows if row.metrics)
    return board.protocol, figure, images, *sources


def curves(row: Row, images: Images) -> tuple[tuple[Curve, ...], tuple[Curve, ...]]:
    """ROC and precision-recall curves of a row, once for each file of predictions."""
    assert row.metrics is not None
    return _curves(row.metrics.predictions_sha256, images, row)


@st.cache_data(max_entries=64, show_spinner=False)
def _curves(
    predictions_sha256: str, images: Images, _row: Row
) -> tuple[tuple[Curve, ...], tuple[Curve, ...]]:
    predictions = _row.predictions()
    if images == "distinct":
        predictions = predictions.distinct()
    return roc(predictions), precision_recall(predictions)


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


def differences(rows: tuple[Row, ...], images: Images) -> tuple[NDArray[np.int64], int]:
    """Count how often each two rows answer differently, once for each set of predictions."""
    sources = tuple(row.metrics.predictions_sha256 for row in rows if row.metrics)
    return _differences(sources, images, rows)


@st.cache_data(max_entries=16, show_spinner=False)
def _differences(
    predictions_sha256: tuple[str, ...], images: Images, _rows: tuple[Row, ...]
) -> tuple[NDArray[np.int64], int]:
    return count_differences(_rows, images)


def samples(board: Leaderboard, images: Images) -> dict[str, GroupedAnswers]:
    """Read the stored answers of every measured row, once for each set of predictions."""
    sources = tuple(row.metrics.predictions_sha256 for row in board.rows if row.metrics)
    return _samples(board.protocol, images, sources, board)


@st.cache_resource(max_entries=8, show_spinner=False)
def _samples(
    protocol: str, images: Images, predictions_sha256: tuple[str, ...], _board: Leaderboard
) -> dict[str, GroupedAnswers]:
    return leaderboard.samples(_board, images)
