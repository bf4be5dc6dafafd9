"""Several files at once: one row each, whatever happens to the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from pages._ui.base import uploads
from pages._ui.base.text import _, class_title, listed, ngettext
from pages._ui.base.uploads import Scan
from pages._ui.scan import batch_files, slices
from pages._ui.scan.batch_rows import KINDS, Reader, Row, make, title_of

_STOPPED = "_batch_stopped"
_TABLE = "batch-table"
_TALL = 72  # px of a row: a thumbnail in which a lesion can be seen, and three lines of a note


def table(scans: Sequence[Scan], reader: Reader | None) -> None:
    """Show the result or the reason for each file, and offer the whole to take home."""
    st.header(_("All files"), anchor=False)
    read = _read_all(scans, reader)
    rows = list(read.values())
    failed = sum(not scan.readable for scan in scans)
    n = len(scans) - failed
    st.caption(
        listed(
            (
                ngettext("{n} file read", "{n} files read", n).format(n=n),
                ngettext("{n} refused.", "{n} refused.", failed).format(n=failed),
            )
        )
    )
    wanted = _filter(rows)
    shown = {key: row for key, row in read.items() if row.kind in wanted}
    st.dataframe(
        _cells(shown, number(scans)),
        hide_index=True,
        row_height=_TALL,
        alt=_("The answer, or the reason why there is none, for each file"),
        column_config={
            "#": st.column_config.NumberColumn(width=40),
            _("Scan"): st.column_config.ImageColumn(width="small"),
            _("Probability"): st.column_config.TextColumn(alignment="right"),
            _("Note"): st.column_config.TextColumn(width="large"),
        },
        key=_TABLE,
        selection_mode="single-cell",
        on_select=partial(_open, frozenset(s.key for s in scans if s.readable), list(shown)),
    )
    st.caption(_("A click on a row shows its scan below."))
    batch_files.downloads(rows)


def _cells(rows: Mapping[str, Row], numbers: Mapping[str, int]) -> list[dict[str, str | int]]:
    """Fill the table, rows numbered; without slices, no column is kept for them."""
    cells: list[dict[str, str | int]] = [
        {"#": numbers[k], **row.cells()} for k, row in rows.items()
    ]
    if not any(row.place for row in rows.values()):
        for cell in cells:
            del cell[_("Slice")]
    return cells


def number(scans: Sequence[Scan]) -> dict[str, int]:
    """Give the scans of the desk their numbers by key, from 1, refused ones too."""
    return {scan.key: n for n, scan in enumerate(scans, 1)}


def _open(readable: frozenset[str], rows: Sequence[str]) -> None:
    """Show the scan of the row that was clicked, unless it was refused."""
    for row, _column in st.session_state[_TABLE].selection.cells:
        if rows[row] in readable:
            uploads.look_at(rows[row])


def choose(scans: Sequence[Scan]) -> Scan | None:
    """Ask which of the readable scans to show below, and which slice of it."""
    readable = [scan for scan in scans if scan.readable]
    if not readable:
        return None
    scan = uploads.looked_at(readable)
    if len(readable) > 1:
        numbers = number(scans)
        titles = {one.key: f"{numbers[one.key]}. {one.name}" for one in readable}
        st.session_state["shown"] = scan.key
        st.selectbox(
            _("Scan shown below"), list(titles), format_func=titles.__getitem__, key="shown",
            on_change=_look,
        )  # fmt: skip
    return slices.choose(scan)


def _look() -> None:
    """Note the choice before anything is drawn: a run may end before it comes to the widget."""
    uploads.look_at(st.session_state["shown"])


def _read_all(scans: Sequence[Scan], reader: Reader | None) -> dict[str, Row]:
    """Read what has not been read yet, with a bar and a way out; rows by the scan's key."""
    known: dict[tuple[str, ...], Row] = st.session_state.setdefault("_batch", {})
    keys = [_key(scan, reader) for scan in scans]
    for gone in set(known) - set(keys):
        del known[gone]
    left = [(key, scan) for key, scan in zip(keys, scans, strict=True) if key not in known]
    stopped = st.session_state.get(_STOPPED) == keys
    if left and not stopped:
        place = st.empty()
        with place.container(key="working-batch", gap="small"):
            bar = st.progress(0.0, _("Reading"))
            st.button(
                _("Stop"), key="stop-batch", icon=":material/stop_circle:",
                on_click=_stop, args=(keys,),
            )  # fmt: skip
        for key, scan in left:
            known[key] = make(scan, reader)
            done = sum(k in known for k in keys)
            bar.progress(done / len(keys), _("{n} of {all}").format(n=done, all=len(keys)))
        place.empty()
    elif left:
        with st.container(horizontal=True, vertical_alignment="center", key="stopped-batch"):
            st.caption(
                _("Stopped: {n} of {all} are read.").format(n=len(keys) - len(left), all=len(keys)),
                width="content",
            )
            st.button(
                _("Go on"), key="resume-batch", icon=":material/play_arrow:", on_click=_stop,
                args=(None,),
            )  # fmt: skip
    return {key[0]: known[key] for key in keys if key in known}


def _key(scan: Scan, reader: Reader | None) -> tuple[str, ...]:
    place = str(slices.frame_of(scan)) if scan.file else scan.sample.id if scan.sample else ""
    return scan.key, place, title_of(reader)


def _stop(keys: list[tuple[str, ...]] | None) -> None:
    st.session_state[_STOPPED] = keys


def _filter(rows: Sequence[Row]) -> set[str]:
    """Ask which rows to show; all unless told."""
    there = [kind for kind in KINDS if any(row.kind == kind for row in rows)]
    if len(there) < 2:
        return set(there)
    counts = {kind: sum(row.kind == kind for row in rows) for kind in there}

    def title(kind: str) -> str:
        words = {
            "not ruled out": _("tumour not ruled out"),
            "unsure": _("not confident"),
            "outside": _("no scan that is known"),
            "refused": _("refused"),
        }
        return f"{words.get(kind) or class_title(kind)} ({counts[kind]})"

    asked = st.pills(
        _("Show only"), there, selection_mode="multi", format_func=title, key="batch-filter"
    )
    return set(asked) or set(there)
