"""What was stored of the networks, by command: read once for each state of its file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

from core.errors import DataError
from core.evaluate.board import leaderboard
from core.evaluate.board.answers import Answers, gather
from core.evaluate.board.rows import Row
from core.evaluate.robustness.clever_hans import NAME as SHORTCUTS_NAME
from core.evaluate.robustness.clever_hans import CleverHans, read_shortcuts
from core.evaluate.robustness.gamma import FIGURES_NAME as GAMMA_NAME
from core.evaluate.robustness.gamma import Gamma, read_gamma
from core.evaluate.robustness.store import FIGURES_NAME as ROBUSTNESS_NAME
from core.evaluate.robustness.store import Robustness, read_robustness
from core.evaluate.saliency.read import SaliencyScores, read_saliency
from core.evaluate.saliency.second_opinion import NAME as OPINION_NAME
from core.evaluate.saliency.second_opinion import SecondOpinion, read_second_opinion
from core.evaluate.saliency.store import FIGURES_NAME as SALIENCY_NAME
from core.evaluate.stored.layout import unseen_folder
from core.portraits import FOLDER as PORTRAITS_FOLDER
from core.portraits import NAME as PORTRAITS_NAME
from core.portraits import Portraits, read_portraits
from core.protocols import UNSEEN
from core.registry import ModelSpec
from core.settings import Settings

T = TypeVar("T")


def answers() -> Answers | None:
    """Read all stored answers to unseen patients; None where no network has been evaluated."""
    board = leaderboard.load_leaderboard(Settings().models_dir, UNSEEN)
    rows = tuple(row for row in board.rows if row.metrics)
    if not any(row.kind == "model" for row in rows):
        return None
    return _answers(tuple(r.metrics.predictions_sha256 for r in rows if r.metrics), rows)


@st.cache_resource(max_entries=2, show_spinner=False)
def _answers(predictions_sha256: tuple[str, ...], _rows: tuple[Row, ...]) -> Answers:
    return gather(_rows)


def saliency(spec: ModelSpec) -> SaliencyScores | DataError:
    """Look up what is stored of a model's saliency methods, or why nothing is."""
    return _read(spec, unseen_folder(spec) / SALIENCY_NAME, read_saliency)


def second_opinion(spec: ModelSpec) -> SecondOpinion | DataError:
    """Look up how far an independent library agrees with our maps, or why that is not known."""
    return _read(spec, unseen_folder(spec) / OPINION_NAME, read_second_opinion)


def robustness(spec: ModelSpec) -> Robustness | DataError:
    """Look up what is stored of a model's robustness, or why nothing is."""
    return _read(spec, unseen_folder(spec) / ROBUSTNESS_NAME, read_robustness)


def gamma(spec: ModelSpec) -> Gamma | DataError:
    """Look up how many of a model's answers a gamma turns, or why that is not known."""
    return _read(spec, unseen_folder(spec) / GAMMA_NAME, read_gamma)


def shortcuts(spec: ModelSpec) -> CleverHans | DataError:
    """Look up what a model says of scans with a shortcut changed, or why that is not known."""
    return _read(spec, unseen_folder(spec) / SHORTCUTS_NAME, read_shortcuts)


def portraits(spec: ModelSpec) -> tuple[Portraits, dict[str, bytes]] | DataError:
    """Look up what excites each class most in a network, or why that is not known."""
    return _read(spec, spec.folder / PORTRAITS_FOLDER / PORTRAITS_NAME, read_portraits)


def _read(spec: ModelSpec, file: Path, read: Callable[[ModelSpec], T]) -> T | DataError:
    changed = file.stat().st_mtime_ns if file.exists() else 0
    weights = spec.manifest.weights_sha256
    found: T | DataError = _kept(str(file), weights, changed, read, spec)
    return found


@st.cache_resource(max_entries=64, show_spinner=False)
def _kept(
    file: str,
    weights_sha256: str,
    changed: int,
    _read: Callable[[ModelSpec], Any],
    _spec: ModelSpec,
) -> Any:
    try:
        return _read(_spec)
    except DataError as error:
        return error
