"""The desk of the pages that read a scan: a file of one's own or a sample, and the network."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.evaluate.layout import ENSEMBLE
from core.gallery import samples
from core.imaging import ACCEPTED
from core.registry import ModelSpec
from core.shelf import find, keys
from pages._ui import components, state
from pages._ui.text import _, sample_title


def lay(specs: dict[str, ModelSpec], readers: Sequence[str] | None) -> str:
    """Ask for a scan and for the network that reads it.

    Parameters
    ----------
    specs : dict of str to ModelSpec
        The trained networks.
    readers : sequence of str or None
        Who may be chosen, the default first; None where a page asks them all.

    Returns
    -------
    str
        The chosen reader, or nothing where there is none.
    """
    with st.container(border=True, key="desk"):
        widths = [1.7, 1.1] if readers is None else [1.7, 1.1, 0.9]
        upload, shelf, *rack = st.columns(widths, gap="medium")
    with upload:
        st.file_uploader(
            _("Scans of your own: {formats}").format(formats=ACCEPTED),
            accept_multiple_files=True,
            key=state.uploader_key(),
            on_change=state.take_uploads,
            help=_("Several files are read one after the other. None is stored on the server."),
        )
    with shelf:
        state.linked("sample", [None, *keys()], None)
        st.selectbox(
            _("Or a sample"),
            [*samples(), *({st.session_state["sample"]} - {None, *samples()})],  # or the open case
            index=None,
            format_func=lambda key: sample_title(find(key)),
            placeholder=_("One of {n}").format(n=len(samples())),
            key="sample",
            on_change=state.drop_uploads,
        )
        state.remember("sample", None)
    if readers is None:
        return ""
    with rack[0]:
        return _network(specs, readers)


def _network(specs: dict[str, ModelSpec], readers: Sequence[str]) -> str:
    first = next(iter(readers), None)
    state.linked("model", readers, first)
    st.selectbox(
        _("Network"),
        readers,
        format_func=lambda name: _("Ensemble") if name == ENSEMBLE else specs[name].manifest.title,
        key="model",
        placeholder=_("none is trained yet"),
        disabled=not readers,
    )
    state.remember("model", first)
    return st.session_state["model"] or ""


def empty(page: str) -> None:
    """Say that nothing is on the desk, and offer samples that open on `page`."""
    st.caption(_("Nothing is on the desk yet: drop a file above, or take one of these samples."))
    components.gallery(list(samples().values())[::3], page)  # a few of each class
