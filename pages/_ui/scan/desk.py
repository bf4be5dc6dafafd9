"""The desk of the pages that read a scan: a file of one's own or a sample, and the network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.evaluate.stored.layout import ENSEMBLE
from core.gallery import samples
from core.imaging import ACCEPTED
from core.registry import ModelSpec
from core.shipped import find, keys
from pages._ui.base import instead, projector, state, tiles, uploads
from pages._ui.base.text import _, ngettext, plain, sample_title

_TALL = 5  # scans from which on their list scrolls
_LISTED = 40  # scans that are listed


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
    state.linked("sample", [None, *keys()], None)
    with _table():
        widths = [1.7, 1.1] if readers is None else [1.7, 1.1, 0.9]
        upload, ready, *rack = st.columns(widths, gap="medium")
    with upload:
        st.file_uploader(
            _("Scans of your own: {formats}").format(formats=ACCEPTED),
            accept_multiple_files=True,
            key=uploads.uploader_key(),
            on_change=uploads.take,
            help=_(
                "A series of DICOM files, loose or in a ZIP, becomes one scan. What a file says "
                "of a patient is dropped on reading, and nothing is stored on the server. "
                "Further files are added."
            ),
        )
        with st.popover(_("A whole folder"), icon=":material/folder_open:"):
            st.file_uploader(
                _("A folder of scans, or of one series"),
                accept_multiple_files="directory",
                key=uploads.uploader_key("folder"),
                on_change=uploads.take,
                args=("folder",),
            )
        _contents()
    with ready:
        st.selectbox(
            _("Or a sample"),
            [*samples(), *({st.session_state["sample"]} - {None, *samples()})],  # or the open case
            index=None,
            format_func=_sample,
            placeholder=_("One of {n}").format(n=len(samples())),
            key="sample",
            on_change=state.note,
            args=("sample",),
        )
        if (missing := state.refused("sample")) is not None:
            st.caption(_("No scan here is called {name}.").format(name=plain(missing)))
        state.remember("sample", None)
    if readers is None:
        return ""
    with rack[0]:
        chosen = _network(specs, readers)
    instead.say(_title(chosen, specs))
    return chosen


def _sample(key: str) -> str:
    shown = find(key)
    return sample_title(shown) if shown else key


def _table() -> DeltaGenerator:
    """Lay the table; on a projector it folds away as soon as a scan lies on it."""
    if not projector.on():
        return st.container(border=True, key="desk")
    lies = bool(uploads.uploads() or st.session_state["sample"])
    with st.container(key="desk"):
        return st.expander(_("Scan and network"), expanded=not lies, icon=":material/radiology:")


def _contents() -> None:
    """List what a person brought, each with a button that removes it."""
    brought = uploads.uploads()
    if not brought:
        return
    high: Literal["content"] | int = 190 if len(brought) > _TALL else "content"
    with st.container(key="brought", gap="xsmall", height=high):
        for scan in brought[:_LISTED]:
            _row(scan)
        if len(brought) > _LISTED:
            st.caption(_("and {n} more").format(n=len(brought) - _LISTED))
    with st.container(horizontal=True, gap="small", key="brought-all"):
        if st.session_state.get("sample"):
            st.button(
                _("Read these again"), key="read-brought", on_click=_sample_away, type="tertiary",
                icon=":material/undo:",
            )  # fmt: skip
        if len(brought) > 1:
            st.button(
                _("Remove all"), key="remove-all", on_click=uploads.clear, type="tertiary",
                icon=":material/delete_sweep:",
            )  # fmt: skip
    left_out = sum(scan.file.left_out for scan in brought if scan.file)
    if left_out:
        st.caption(
            ngettext(
                "{n} file of an archive is no scan and was left out.",
                "{n} files of archives are no scans and were left out.",
                left_out,
            ).format(n=left_out)
        )


def _row(scan: uploads.Scan) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        name = plain(scan.name)
        slices = ngettext("{n} slice", "{n} slices", scan.slices).format(n=scan.slices)
        note = _("refused") if scan.error else slices if scan.slices > 1 else ""
        st.caption(f"{name} · {note}" if note else name, width="stretch")
        st.button(
            _("Remove {name}").format(name=name), key=f"remove-{scan.key}",
            on_click=uploads.remove, args=(scan.key,), type="tertiary", icon=":material/close:",
        )  # fmt: skip


def _sample_away() -> None:
    state.choose("sample", None)


def _network(specs: dict[str, ModelSpec], readers: Sequence[str]) -> str:
    first: str | None = next(iter(readers), None)
    state.linked("model", readers, first)
    st.selectbox(
        _("Network"),
        readers,
        format_func=lambda name: _title(name, specs),
        key="model",
        placeholder=_("none is trained yet"),
        disabled=not readers,
        on_change=state.note,
        args=("model",),
    )
    state.remember("model", first)
    return st.session_state["model"] or ""


def _title(name: str, specs: dict[str, ModelSpec]) -> str:
    if name == ENSEMBLE:
        return _("Ensemble")
    return specs[name].manifest.title if name else ""


def empty(page: str) -> None:
    """Say that nothing is on the desk, and offer samples that open on `page`."""
    st.caption(_("Nothing is on the desk yet: drop a file above, or take one of these samples."))
    tiles.samples(list(samples().values())[::3], page)  # a few of each class
