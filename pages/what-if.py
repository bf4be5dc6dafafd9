"""What if: one thing about a scan is changed, and every network answers anew."""

from __future__ import annotations

import streamlit as st

from core.corruptions import CORRUPTIONS
from pages._ui import (
    batch,
    before_after,
    cache,
    compare_view,
    components,
    desk,
    looks,
    state,
    what_if_curves,
    what_if_desk,
)
from pages._ui.before_after import Pair
from pages._ui.grid import grid
from pages._ui.state import Scan
from pages._ui.text import _

PAGE = "pages/what-if.py"

components.page_header(
    _("What if the scan were different?"),
    _(
        "Change one thing about a scan and watch every network answer anew. What moves an answer "
        "is what the network goes by; that it holds does not make it right, and the changes are "
        "simulations, not other scans."
    ),
)


def bench(scan: Scan) -> None:
    """Lay out the question on the left, the scan and the networks on the right, curves below."""
    image = scan.image
    assert image is not None
    panel, light_box = st.columns([1, 2.9], gap="medium")
    lesion = None if scan.sample is None else scan.sample.lesion
    with panel:
        change = what_if_desk.question()
    kind = CORRUPTIONS[change.corruption]
    with light_box, grid(2, min_column_width=300, gap="medium"):
        if kind.boxed:
            with st.container(gap="xsmall"):
                change = what_if_desk.placed(change, image)
        else:
            looks.scan_view(image, lesion if st.session_state.get("outline") else None)
        pair = Pair(image, cache.altered(image, change))
        before_after.changed_scan(pair, what_if_desk.amount(kind, change.strength))
    if not specs:
        return
    with light_box:
        answers = before_after.ask(specs, pair)
    before = {name: first for name, (first, _after) in answers.items()}
    leading = compare_view.gather(specs, before, cache.ensemble()).leading
    with panel:
        look = looks.controls(lesion, leading)
        before_after.count(answers)
    with light_box:
        before_after.cards(specs, pair, answers, look)
    left, right = st.columns(2, gap="large")
    with left:
        what_if_curves.live(specs, image, change, look.target)
    with right:
        what_if_curves.stored(specs, change)


specs, _broken = cache.models()
desk.lay(specs, None)
scans = state.scans()
if not specs:
    components.no_model()
for one in scans:
    if one.error:
        components.show_error(one.error)
shown = batch.choose(scans)
if shown:
    bench(shown)
elif not scans:
    desk.empty(PAGE)
