"""Explain: one scan, one network, many maps of its answer, and how far each can be trusted."""

from __future__ import annotations

import streamlit as st

from pages._ui.base import cache, components, networks, uploads
from pages._ui.base.text import _
from pages._ui.base.uploads import Scan
from pages._ui.explain import choices, maps_grid, trials
from pages._ui.scan import (
    batch,
    desk,
    exports,
    looks,
    reading,
    recognised,
    scorecard,
    takehome,
    ways,
)

PAGE = "pages/explain.py"

components.page_header(
    _("Explain an answer"),
    _(
        "One scan, one network, and what each saliency method says that its answer rests on, "
        "beside controls that know nothing of the network. Methods ask different questions: "
        "two that disagree may both be right, two that agree may both be wrong; none of them "
        "outlines a tumour."
    ),
)


def bench(scan: Scan, name: str) -> None:
    """Lay out the answer and the questions on the left, the maps on the right, tests below."""
    spec, image = specs[name], scan.image
    assert image is not None
    panel, light_box = st.columns([1, 2.9], gap="medium")
    lesion = None if scan.sample is None else scan.sample.lesion
    wait = _("Reading with {model}; the first time, the network is loaded, which takes seconds.")
    with panel:
        with st.spinner(wait.format(model=spec.manifest.title)):
            prediction = networks.predict(spec, image)
        unseen = spec.samples_are_unseen
        answered = reading.answer(scan, spec.manifest.title, prediction, unseen)
    if not answered:
        with light_box:
            looks.scan_view(image)
        return
    with panel:
        question = choices.question(spec, prediction)
        look = looks.style(lesion, question.target)
        scorecard.missing(spec)
    with light_box:
        methods = choices.methods(spec)
        drawn = maps_grid.lay(scan, spec, question, look, methods)
        exports.maps(image, spec, prediction, look, drawn)
        takehome.link(("sample", "model", "target", "versus", "layer", "methods"))
    trials.trials(image, spec, question, look, drawn)


specs, _broken = cache.models()
chosen = desk.lay(specs, list(specs))
scans = uploads.scans()
if not specs:
    components.no_model()
for one in scans:
    if one.error:
        components.show_error(one.error)
shown = batch.choose(scans)
if shown:
    ways.bar(shown)
    recognised.note(shown, [specs[chosen]] if chosen else [])
if shown and chosen:
    bench(shown, chosen)
elif shown and shown.image:
    looks.scan_view(shown.image)
elif not scans:
    desk.empty(PAGE)
