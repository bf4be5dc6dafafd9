"""What one session remembers of its address and of its choices.

A widget forgets its value when its page is left. Choices that belong in a link therefore go
through `linked` and `remember`: their parameters are keys of the core (``glioma``,
``mobilenetv2``), the same in every language. (Streamlit's own ``bind="query-params"`` writes
the translated label of an option.) The scans on the desk are in `pages._ui.base.uploads`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.navigation.page import StreamlitPage

Value = str | float | None


def enter(page: str, pages: Mapping[str, StreamlitPage]) -> None:
    """Note that a page runs, of which there are; called by the router before each run.

    Parameters
    ----------
    page : str
        Its address.
    pages : mapping of str to StreamlitPage
        All pages of the router by address.
    """
    memory = st.session_state
    memory["_pages"] = pages
    memory["_chosen"] = memory.pop("_noted", False) or any(map(_moved, memory.get("_kept", ())))
    if memory.get("_page") != page:
        memory["_page"] = page
        memory["_visit"] = memory.get("_visit", 0) + 1


def _moved(key: str) -> bool:
    """Tell whether a widget has another value than the one that was kept of it."""
    kept = st.session_state.get(f"_{key}")
    return bool(st.session_state.get(key, kept) != kept)


def linked(key: str, options: Sequence[Value], default: Value) -> None:
    """Give a keyed widget the value that the address asks for; call it before the widget.

    On entering a page: the address, else what was chosen before. Later: the address only
    where it has changed (the back button, another link), else the widget's own value. A run
    that a choice asked for has an address that may be older than the last choice but one: the
    browser hears of each only when a run comes to `remember`. It is then told again.
    """
    offered = {str(option): option for option in options if option is not None}
    _follow(key, offered.get, lambda value: value in options, default)


def follow_default(key: str, default: Value | Sequence[str]) -> None:
    """Let a widget that stands at its default go on to another one; call it before `linked`.

    What a person chose stays: only a value that was the last default is given up.
    """
    memory = st.session_state
    before = memory.get(f"_{key}_default", default)
    if before != default and memory.get(f"_{key}") == before:
        for name in (key, f"_{key}"):
            memory.pop(name, None)
    memory[f"_{key}_default"] = default


def linked_several(key: str, options: Sequence[str], default: Sequence[str]) -> None:
    """Do the same for a widget of several values, which an address separates by commas."""

    def read(said: str) -> list[str] | None:
        return [option for option in options if option in said.split(",")] or None

    _follow(key, read, lambda value: set(value) <= set(options), list(default))


def _follow(
    key: str, read: Callable[[str], Any], fits: Callable[[Any], bool], default: Any
) -> None:
    said, memory = st.query_params.get(key), st.session_state
    asked = read(said or "")
    value = memory.get(f"_{key}", default)
    entering = memory.get(f"_{key}_visit") != memory.get("_visit")
    differs = said != memory.get(f"_{key}_asked")
    lags = not entering and differs and (memory.get("_chosen", False) or _moved(key))
    memory[f"_{key}_lags"] = lags
    told = said if asked is None and (entering or differs) and not lags else None
    if entering:
        value = value if asked is None else asked
    elif differs and not lags:
        value = default if asked is None else asked
    elif key in memory:
        value = memory[key]
    if not fits(value):
        told = told or (written(value) if value != default else None)
        value = default
    memory[key] = value
    if told or entering:
        memory[f"_{key}_refused"] = (told, value)
    memory[f"_{key}_visit"] = memory.get("_visit")


def refused(key: str) -> str | None:
    """Give what was asked for and is not offered; None once something else is chosen.

    Asked by the address, or chosen on another page. Whoever shows it shows it as text.
    """
    told, given = st.session_state.get(f"_{key}_refused", (None, None))
    return told if st.session_state.get(key) == given else None


def remember(key: str, default: Value | Sequence[str]) -> None:
    """Keep a widget's value for the session and in the address; call it after the widget."""
    memory = st.session_state
    value = memory[key]
    memory[f"_{key}"] = value
    memory["_kept"] = memory.get("_kept", frozenset()) | {key}
    plain = value in (None, default)
    if isinstance(value, list) and isinstance(default, Sequence):
        plain = set(value) in (set(), set(default))
    to = None if plain else written(value)
    if st.query_params.get(key) == to:
        if memory.get(f"_{key}_lags"):
            st.query_params.update()  # says it again: another address is on its way to the browser
    elif to is None:
        del st.query_params[key]
    else:
        st.query_params[key] = to
    memory[f"_{key}_asked"] = to


def written(value: Value | Sequence[str]) -> str:
    """Write a value, or several, as an address has it."""
    return ",".join(value) if isinstance(value, list) else str(value)


def follow_link(keys: Sequence[str]) -> None:
    """Let an address that names any of these choices mean those and no others.

    Called before `linked`: on entering a page by such an address, what was chosen before is
    forgotten, so that a link shows the same to everybody.
    """
    memory = st.session_state
    entering = memory.get(f"_{keys[0]}_visit") != memory.get("_visit")
    if entering and any(key in st.query_params for key in keys):
        for key in keys:
            memory.pop(f"_{key}", None)


def recall(key: str, default: Any) -> Any:
    """Look up a keyed widget's value, also where its page has been left or not drawn yet."""
    memory = st.session_state
    return memory[key] if key in memory else memory.get(f"_{key}", default)


def keep(key: str, value: Any) -> None:
    """Set a keyed widget's value for the session; before the widget, or in a callback."""
    st.session_state[key] = st.session_state[f"_{key}"] = value


def choose(key: str, value: Any) -> None:
    """Set a keyed widget's value as if a person had; in a callback."""
    keep(key, value)
    st.session_state["_noted"] = True


def note(key: str) -> None:
    """Keep what a widget was just set to; its callback.

    A run may be left for another page before it comes to the widget; callbacks run first.
    """
    choose(key, st.session_state[key])
