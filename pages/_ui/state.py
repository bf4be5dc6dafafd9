"""What one session remembers: the scans on the desk, and what its address says.

A widget forgets its value when its page is left. Scans are therefore decoded at upload and
kept here, and choices that belong in a link go through `linked` and `remember`: their
parameters are keys of the core (``glioma``, ``mobilenetv2``), the same in every language.
(Streamlit's own ``bind="query-params"`` writes the translated label of an option.)
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from core import shelf
from core.errors import GlassbrainError, ImageError
from core.imaging import MRIImage, read_image
from core.shelf import Shipped

log = logging.getLogger(__name__)

Value = str | int | None


@dataclass(frozen=True)
class Scan:
    """A file on the desk: decoded, or with the reason why not.

    Attributes
    ----------
    name : str
        What the person calls the file; shown on screen, never logged or cached.
    sample : Sample or Case, optional
        What is known of a scan that ships with the app.
    """

    name: str
    image: MRIImage | None = None
    error: GlassbrainError | None = None
    sample: Shipped | None = None


def enter(page: str, pages: Mapping[str, StreamlitPage]) -> None:
    """Note that a page runs, of which there are; called by the router before each run.

    Parameters
    ----------
    page : str
        Its address.
    pages : mapping of str to StreamlitPage
        All pages of the router by address.
    """
    st.session_state["_pages"] = pages
    if st.session_state.get("_page") != page:
        st.session_state["_page"] = page
        st.session_state["_visit"] = st.session_state.get("_visit", 0) + 1


def linked(key: str, options: Sequence[Value], default: Value) -> None:
    """Give a keyed widget the value that the address asks for; call it before the widget.

    On entering a page: the address, else what was chosen before. Later: the address only
    where it has changed (the back button, another link), else the widget's own value.
    """
    offered = {str(option): option for option in options if option is not None}
    _follow(key, offered.get, lambda value: value in options, default)


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
    if memory.get(f"_{key}_visit") != memory.get("_visit"):
        value = value if asked is None else asked
    elif said != memory.get(f"_{key}_asked"):
        value = default if asked is None else asked
    elif key in memory:
        value = memory[key]
    memory[key] = value if fits(value) else default
    memory[f"_{key}_visit"] = memory.get("_visit")


def remember(key: str, default: Value | Sequence[str]) -> None:
    """Keep a widget's value for the session and in the address; call it after the widget."""
    value = st.session_state[key]
    st.session_state[f"_{key}"] = value
    several = isinstance(value, list)
    if value in (None, default) or (several and set(value) in (set(), set(default))):
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != written(value):
        st.query_params[key] = written(value)
    st.session_state[f"_{key}_asked"] = st.query_params.get(key)


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


def uploader_key() -> str:
    """Key of the upload widget; a new one empties it."""
    return f"upload-{st.session_state.get('_uploads_dropped', 0)}"


def take_uploads() -> None:
    """Decode what was uploaded and lay it on the desk in place of a sample."""
    st.session_state["_uploads"] = tuple(
        _scan(file.getvalue(), file.name) for file in st.session_state[uploader_key()]
    )
    if st.session_state["_uploads"]:
        st.session_state["sample"] = None


def drop_uploads() -> None:
    """Clear the desk of uploads."""
    st.session_state["_uploads"] = ()
    st.session_state["_uploads_dropped"] = st.session_state.get("_uploads_dropped", 0) + 1


def scans() -> tuple[Scan, ...]:
    """List the scans on the desk: the chosen sample, else what was uploaded."""
    sample = shelf.find(st.session_state.get("sample"))
    if sample is None:
        return tuple(st.session_state.get("_uploads", ()))
    kept = st.session_state.get("_sample_scan")
    if kept is None or kept.sample.id != sample.id:
        kept = _scan(shelf.read_bytes(sample), sample.id, sample)
        st.session_state["_sample_scan"] = kept
    return (kept,)


def _scan(data: bytes, name: str, sample: Shipped | None = None) -> Scan:
    try:
        return Scan(name, image=read_image(data, name), sample=sample)
    except ImageError as error:
        return Scan(name, error=error)
    except Exception as error:  # one bad file never stops the others
        log.error("Reading a file failed unexpectedly: %s", type(error).__name__)
        return Scan(name, error=ImageError("{name} cannot be read.", name=name))
