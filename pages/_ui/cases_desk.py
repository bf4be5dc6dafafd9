"""What is asked of the cases: whose answers, which ones, of which scans, in which order."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from core.errors import N_
from core.evaluate.cases import ORDERS, PRESETS, SURE, Answers, Choice, Voice
from core.evaluate.slices import NO_FLAG, UNKNOWN
from core.labels import CLASS_NAMES
from pages._ui import state
from pages._ui.board import row_title
from pages._ui.text import PLANES, _, class_title, listed, percent

STYLE = Path(__file__).with_name("cases.css")
ON_A_LEAF = 24
COMMAND = "python -m core evaluate --model all --protocol unseen-patients --data DIR"
KEYS = ("model", "preset", "truth", "answer", "source", "plane", "flag", "order", "leaf")
TITLES = {
    "everything": N_("Everything"),
    "wrong": N_("Wrong"),
    "confident-wrong": N_("Sure and wrong"),
    "right-unsure": N_("Right but unsure"),
    "disagree": N_("Networks disagree"),
    "all-wrong": N_("Every network wrong"),
    "least-true": N_("Furthest from the truth first"),
    "most-sure": N_("Most sure first"),
    "least-sure": N_("Least sure first"),
    "figshare": N_("Cheng et al. (figshare)"),
    "br35h": N_("Br35H"),
    "sartaj-or-unknown": N_("SARTAJ or unknown"),
    UNKNOWN: N_("not known"),
    NO_FLAG: N_("nothing noticed"),
    "looks_like_ct": N_("looks like CT"),
    "visible_focal_lesion": N_("lesion seen, labelled no tumour"),
    "colour_overlay": N_("coloured overlay"),
    "bright_frame": N_("bright frame"),
    **PLANES,
}


def none_yet() -> None:
    """Say that no network has been evaluated, and what to type."""
    st.info(
        _("No network has been evaluated on unseen patients yet. This evaluates those trained:"),
        icon=":material/hourglass_empty:",
    )
    st.code(COMMAND, language=None, wrap_lines=True)


def words(key: str) -> str:
    """Name a preset, an order, a source, a plane or a flag as a person does."""
    return _(TITLES[key]) if key in TITLES else key.replace("_", " ")


def choose(answers: Answers) -> Choice:
    """Ask whose answers to show, and which of them."""
    voices = answers.of_kind("model", "ensemble")
    first = next(iter(voices))
    asked = st.query_params.get("model", first)
    if asked not in voices:
        st.info(
            _("There are no cases of {name} here; these are of {first}.").format(
                name=asked.replace("_", " "), first=row_title(voices[first].row)
            )
        )
    model = _one("model", _("Network"), list(voices), lambda key: row_title(voices[key].row))
    state.linked("preset", PRESETS, PRESETS[0])
    preset = st.pills(
        _("Show"), PRESETS, format_func=words, key="preset", required=True, wrap=True,
        on_change=first_leaf,
    )  # fmt: skip
    state.remember("preset", PRESETS[0])
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
    return Choice(model, preset, truth, answer, source, plane, flag)


def order() -> str:
    """Ask in which order the scans come."""
    return _one("order", _("Order"), ORDERS, words, label_visibility="collapsed", width=260)


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
    key: str, label: str, options: Sequence[str], title: Callable[[str], str], **more: str | int
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
