"""Projector mode: larger type, higher contrast, a wider sheet; ``?projector=1`` in a link."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages._ui.base import state
from pages._ui.base.text import _

_KEY, _ON = "projector", 1
_CSS = Path(__file__).with_name("projector.css")


def on() -> bool:
    """Whether this session is in the mode; known once `switch` has run."""
    return bool(st.session_state.get(_KEY) == _ON)


def switch() -> None:
    """Offer the mode, on every page, and apply it."""
    state.linked(_KEY, [None, _ON], None)
    state.remember(_KEY, None)
    st.button(
        _("Leave projector mode") if on() else _("Projector mode"),
        key="projector-switch", icon=":material/slideshow:", type="tertiary", shortcut="p",
        on_click=_set, args=(None if on() else _ON,),
    )  # fmt: skip
    if on():
        st.html(_CSS)


def _set(value: int | None) -> None:
    st.session_state[_KEY] = value
