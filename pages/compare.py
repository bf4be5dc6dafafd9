"""Compare: one scan, every network, side by side: their answers, their maps, their vote."""

from __future__ import annotations

import streamlit as st

from core.architectures import ARCHITECTURES
from pages._ui import batch, cache, compare_view, components, desk, looks, state, takehome, ways
from pages._ui.grid import grid
from pages._ui.state import Scan
from pages._ui.text import _

PAGE = "pages/compare.py"

components.page_header(
    _("Compare the networks"),
    _(
        "One scan read by every trained network: what each answers, how sure it is, and where "
        "its evidence lies. Agreement is not proof: the networks learned from the same scans."
    ),
)


def bench(scan: Scan) -> None:
    """Lay out the vote and the questions on the left, the networks on the right."""
    image = scan.image
    assert image is not None
    ensemble = cache.ensemble()
    panel, light_box = st.columns([1, 2.9], gap="medium")
    lesion = None if scan.sample is None else scan.sample.lesion
    with light_box:
        bar = st.empty()
    predictions = {}
    for n, (name, spec) in enumerate(specs.items()):
        bar.progress(n / len(specs), _("Reading with {model}").format(model=spec.manifest.title))
        predictions[name] = cache.predict(spec, image)
    bar.empty()
    answers = compare_view.gather(specs, predictions, ensemble)
    with panel:
        threshold = ensemble.abstain_threshold if ensemble else None
        compare_view.verdict(scan, answers, threshold)
        look = looks.controls(lesion, answers.leading)
    with light_box, grid(3, min_column_width=215, gap="medium"):
        with st.container(gap="xsmall"):
            st.markdown(_("**The scan**"))
            looks.scan_view(image, look.lesion)
            looks.ramp(look)
        for name, prediction in predictions.items():
            compare_view.card(image, specs[name], prediction, look)
    st.header(_("Do they look at the same place?"), anchor=False)
    compare_view.together(image, answers, look)
    takehome.comparison(scan, specs, predictions, answers.outcome, threshold, look)


specs, broken = cache.models()
st.html(compare_view.STYLE)
desk.lay(specs, None)
scans = state.scans()
if not specs:
    components.no_model()
for one in scans:
    if one.error:
        components.show_error(one.error)
shown = batch.choose(scans)
if shown:
    ways.bar(shown)
if shown and specs:
    bench(shown)
elif shown and shown.image:
    looks.scan_view(shown.image)
elif not scans:
    desk.empty(PAGE)
reasons = {model.name: model.reason for model in broken}
absent = [name for name in {**reasons, **ARCHITECTURES} if name not in specs]
if absent:
    st.header(_("Not among them"), anchor=False)
    with grid(3, min_column_width=280):
        for name in absent:
            components.model_tile(name, None, reasons.get(name), None)
