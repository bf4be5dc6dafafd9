"""Projector mode: larger type, higher contrast, a wider sheet; ``?projector=1`` in a link."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages._ui import state
from pages._ui.text import _

_KEY, _ON = "projector", 1
_CSS = Path(__file__).with_name("projector.css")


def switch() -> None:
    """Offer the mode, on every page, and apply it."""
    state.linked(_KEY, [None, _ON], None)
    state.remember(_KEY, None)
    on = st.session_state[_KEY] == _ON
    st.button(
        _("Leave projector mode") if on else _("Projector mode"),
        key="projector-switch", icon=":material/slideshow:", type="tertiary", shortcut="p",
        on_click=_set, args=(None if on else _ON,),
    )  # fmt: skip
    if on:
        st.html(_CSS)


def _set(value: int | None) -> None:
    st.session_state[_KEY] = value
