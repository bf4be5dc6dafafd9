"""Classify: a scan, or several, in; the class, its probabilities and its heat map out."""

from __future__ import annotations

import streamlit as st

from core.cases import Case
from core.ensemble import EnsembleSpec
from core.evaluate.layout import ENSEMBLE
from core.gallery import samples
from core.imaging import ACCEPTED
from core.shelf import find, keys
from pages._ui import batch, cache, cases_note, components, reading, state, vote
from pages._ui.text import _, sample_title

components.page_header(
    _("Classify a scan"),
    _(
        "One slice of a brain MRI in; the network's class, how sure it is, and the places that its "
        "answer rests on out. The map shows the network's evidence, not the outline of a tumour."
    ),
)
specs, _broken = cache.models()
first = next(iter(specs), None)
ensemble = cache.ensemble()
with st.container(border=True, key="desk"):
    upload, shelf, rack = st.columns([1.7, 1.1, 0.9], gap="medium")
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
with rack:
    readers = [*specs, *([ENSEMBLE] if ensemble else [])]
    state.linked("model", readers, first)
    st.selectbox(
        _("Network"),
        readers,
        format_func=lambda name: specs[name].manifest.title if name in specs else _("Ensemble"),
        key="model",
        placeholder=_("none is trained yet"),
        disabled=not specs,
    )
    state.remember("model", first)

chosen = st.session_state["model"] or ""
reader = ensemble if chosen == ENSEMBLE else specs.get(chosen)
scans = state.scans()
if reader is None:
    components.no_model()
if len(scans) > 1:
    batch.table(scans, reader)
elif scans and scans[0].error:
    components.show_error(scans[0].error)
shown = batch.choose(scans)
case = shown.sample if shown and isinstance(shown.sample, Case) else None
if case:
    cases_note.way_back(case)
if shown and isinstance(reader, EnsembleSpec):
    vote.read(shown, reader)
elif shown and reader:
    reading.reading(shown, reader)
elif shown and shown.image:
    reading.scan_view(shown.image)
elif not scans:
    st.caption(_("Nothing is on the desk yet: drop a file above, or take one of these samples."))
    components.gallery(list(samples().values())[::3])  # a few of each class
if case:
    cases_note.note(case, cache.answers())
