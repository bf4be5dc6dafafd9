"""Compare: one scan, every network, side by side: their answers, their maps, their vote."""

from __future__ import annotations

import streamlit as st

from core.architectures import ARCHITECTURES
from core.errors import GlassbrainError
from pages._ui.base import cache, components, networks, tiles, uploads
from pages._ui.base.grid import grid
from pages._ui.base.text import _
from pages._ui.base.uploads import Scan
from pages._ui.compare import view
from pages._ui.scan import batch, cards, desk, looks, recognised, scorecard, takehome, ways

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
        try:
            predictions[name] = networks.predict(spec, image)
        except GlassbrainError as error:  # the others answer all the same
            components.show_error(error)
    bar.empty()
    if not predictions:
        return
    answers = cards.gather(specs, predictions, ensemble)
    with panel:
        answered = view.verdict(scan, answers)
        look = looks.controls(lesion, answers.leading) if answered else None
    if look is None:
        with light_box:
            looks.scan_view(image)
        return
    with light_box, grid(3, min_column_width=215, gap="medium"):
        with st.container(gap="xsmall"):
            st.markdown(_("**The scan**"))
            looks.scan_view(image, look.lesion)
            looks.ramp(look)
        for name, prediction in predictions.items():
            cards.card(image, specs[name], prediction, look)
    st.header(_("How sure is each of each class?"), anchor=False)
    view.probabilities(answers)
    st.caption(scorecard.of_all(specs.values()))
    st.header(_("Do they look at the same place?"), anchor=False)
    view.together(image, answers, look)
    takehome.comparison(scan, specs, predictions, answers.outcome, look)


specs, broken = cache.models()
st.html(view.STYLE)
desk.lay(specs, None)
scans = uploads.scans()
if not specs:
    components.no_model()
for one in scans:
    if one.error:
        components.show_error(one.error)
shown = batch.choose(scans)
if shown:
    ways.bar(shown)
    recognised.note(shown, specs.values())
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
            tiles.network(name, None, reasons.get(name), None)
