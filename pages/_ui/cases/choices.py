"""What is asked of the cases: whose answers, which ones, of which scans, in which order."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import streamlit as st

from core.evaluate.board.answers import (
    ORDERS,
    PRESETS,
    SURE,
    Answers,
    Choice,
    Order,
    Preset,
    Voice,
)
from core.evaluate.figures.calibration import BINS
from core.labels import CLASS_NAMES
from pages._ui.base import state
from pages._ui.base.text import _, class_title, listed, percent, plain, proportion
from pages._ui.figures.trust import bin_ends
from pages._ui.figures.wording import row_title
from pages._ui.scan.case_words import words

STYLE = Path(__file__).with_name("cases.css")
ON_A_LEAF = 24
KEYS = (
    "model", "preset", "truth", "answer", "source", "plane", "flag", "stated", "order", "leaf",
)  # fmt: skip


def choose(answers: Answers) -> Choice:
    """Ask whose answers to show, and which of them."""
    voices = answers.of_kind("model", "ensemble")
    model = _one("model", _("Network"), list(voices), lambda key: row_title(voices[key].row))
    if (asked := state.refused("model")) is not None:
        st.info(
            _("There are no cases of {name} here; these are of {first}.").format(
                name=plain(asked.replace("_", " ")), first=plain(row_title(voices[model].row))
            )
        )
    state.linked("preset", PRESETS, PRESETS[0])
    st.pills(
        _("Show"), PRESETS, format_func=words, key="preset", required=True, wrap=True,
        on_change=first_leaf,
    )  # fmt: skip
    state.remember("preset", PRESETS[0])
    preset: Preset = st.session_state["preset"]
    st.caption(_meaning(preset, answers, voices[model]))
    left, right = st.columns(2)
    with left:
        truth = _any("truth", _("True class"), CLASS_NAMES, class_title)
    with right:
        answer = _any("answer", _("Answer"), CLASS_NAMES, class_title)
    with st.expander(_("Source, plane, peculiarities"), key="more"):
        source = _any("source", _("Source"), answers.values("source"), words)
        plane = _any("plane", _("Plane"), answers.values("plane"), words)
        flag = _any("flag", _("The audit noticed"), answers.values("flag"), words)
        stated = _any("stated", _("Stated probability"), list(map(str, range(BINS))), _bin)
    place = None if stated is None else int(stated)
    return Choice(model, preset, truth, answer, source, plane, flag, place)


def order() -> Order:
    """Ask in which order the scans come."""
    said = _one("order", _("Order"), ORDERS, words, label_visibility="collapsed", width=260)
    return cast(Order, said)


def leaf(scans: int) -> slice:
    """Ask which leaf of the scans to show; nothing to ask where there is one."""
    count = max(1, math.ceil(scans / ON_A_LEAF))
    state.linked("leaf", range(1, count + 1), 1)
    if count > 1:
        st.pagination(count, key="leaf")
    state.remember("leaf", 1)
    at = int(st.session_state["leaf"])
    return slice((at - 1) * ON_A_LEAF, at * ON_A_LEAF)


def first_leaf() -> None:
    """Begin at the first leaf again; whatever is asked anew."""
    st.session_state["leaf"] = 1


def narrow(truth: str | None, answer: str | None) -> None:
    """Ask for one cell of the matrix, or for all of them."""
    st.session_state["truth"], st.session_state["answer"] = truth, answer
    first_leaf()


def _one(
    key: str, label: str, options: Sequence[str], title: Callable[[str], str], **more: Any
) -> str:
    state.linked(key, options, options[0])
    st.selectbox(label, options, format_func=title, key=key, on_change=first_leaf, **more)
    state.remember(key, options[0])
    return str(st.session_state[key])


def _any(key: str, label: str, options: Sequence[str], title: Callable[[str], str]) -> str | None:
    state.linked(key, [None, *options], None)
    value = st.selectbox(
        label, options, index=None, format_func=title, key=key, placeholder=_("Any"),
        on_change=first_leaf,
    )  # fmt: skip
    state.remember(key, None)
    return value


def _bin(name: str) -> str:
    """Write the ends of a bin of the reliability diagram."""
    low, high = bin_ends(int(name))
    return _("{low} to {high}").format(low=proportion(low), high=proportion(high))


def _meaning(preset: str, answers: Answers, voice: Voice) -> str:
    """Say in a sentence what a preset leaves."""
    networks = answers.of_kind("model").values()
    names = listed(row_title(v.row) for v in networks)
    model, limit = row_title(voice.row), percent(voice.threshold)
    given = voice.row.metrics.provenance.abstain_threshold if voice.row.metrics else None
    sure = (
        _("Sure is {limit} and more, its threshold for answering at all.")
        if given is not None
        else _("Sure is {limit} and more.")
    ).format(limit=percent(SURE) if given is None else limit)
    if preset in ("disagree", "all-wrong") and len(networks) < 2:
        return _("Only one network has been evaluated: {names}.").format(names=names)
    return {
        "everything": _("All that {model} was tested on."),
        "wrong": _("Where {model} gives another class than the source."),
        "confident-wrong": _("Where {model} is wrong and sure of it.") + " " + sure,
        "right-unsure": _("Where {model} is right, but not sure.") + " " + sure,
        "disagree": _("Where the networks do not all give one class: {names}."),
        "all-wrong": _("Where no network gives the class of the source: {names}."),
    }[preset].format(model=model, names=names)
