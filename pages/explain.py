"""Explain: one scan, one network, many maps of its answer, and how far each can be trusted."""

from __future__ import annotations

import streamlit as st

from pages._ui import (
    batch,
    cache,
    components,
    desk,
    explain_desk,
    explain_grid,
    explain_trials,
    looks,
    reading,
    scorecard,
    state,
    takehome,
    ways,
)
from pages._ui.state import Scan
from pages._ui.text import _

PAGE = "pages/explain.py"

components.page_header(
    _("Explain an answer"),
    _(
        "One scan, one network, and what each saliency method says that its answer rests on, "
        "beside controls that know nothing of the network. Where methods disagree, at most one "
        "of them is right; none of them outlines a tumour."
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
            prediction = cache.predict(spec, image)
            cache.explainer(spec)
        unseen = spec.manifest.training.protocol == "unseen-patients"
        threshold = spec.manifest.abstain_threshold
        reading.answer(scan, spec.manifest.title, prediction, threshold, unseen)
        question = explain_desk.question(spec, prediction)
        look = looks.style(lesion, question.target)
        scorecard.missing(spec)
    with light_box:
        methods = explain_desk.methods()
        drawn = explain_grid.lay(scan, spec, question, look, methods)
        takehome.link(("sample", "model", "target", "versus", "layer", "methods"))
    explain_trials.trials(image, spec, question, look, drawn)


specs, _broken = cache.models()
chosen = desk.lay(specs, list(specs))
scans = state.scans()
if not specs:
    components.no_model()
for one in scans:
    if one.error:
        components.show_error(one.error)
shown = batch.choose(scans)
if shown:
    ways.bar(shown)
if shown and chosen:
    bench(shown, chosen)
elif shown and shown.image:
    looks.scan_view(shown.image)
elif not scans:
    desk.empty(PAGE)
