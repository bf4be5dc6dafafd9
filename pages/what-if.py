"""What if: one thing about a scan is changed, and every network answers anew."""

from __future__ import annotations

import streamlit as st

from core.corruptions import CORRUPTIONS
from pages._ui.base import cache, components, uploads
from pages._ui.base.grid import grid
from pages._ui.base.text import _
from pages._ui.base.uploads import Scan
from pages._ui.scan import (
    batch,
    before_after,
    cards,
    desk,
    exports,
    gate,
    looks,
    recognised,
    scorecard,
    ways,
)
from pages._ui.scan.before_after import BeforeAfter
from pages._ui.what_if import choices, curves, levels

PAGE = "pages/what-if.py"

components.page_header(
    _("What if the scan were different?"),
    _(
        "Change one thing about a scan and watch every network answer anew. What moves an answer "
        "mattered to it on this scan; an answer that holds is not thereby right, and the changes "
        "are simulations, not other scans."
    ),
)


def bench(scan: Scan) -> None:
    """Lay out the question on the left, the scan and the networks on the right, curves below."""
    image = scan.image
    assert image is not None
    panel, light_box = st.columns([1, 2.9], gap="medium")
    lesion = None if scan.sample is None else scan.sample.lesion
    with panel:
        change = choices.question(image)
    kind = CORRUPTIONS[change.corruption]
    with light_box, grid(2, min_column_width=300, gap="medium"):
        if kind.boxed:
            with st.container(gap="xsmall"):
                choices.draw_box(image)
        else:
            looks.scan_view(image, lesion if st.session_state.get("outline") else None)
        pair = BeforeAfter(image, cache.altered(image, change))
        before_after.changed_scan(pair, choices.amount(kind, change.strength))
    if not specs:
        return
    with light_box:
        answers = before_after.ask(specs, pair)
    if not answers:
        return
    before = {name: first for name, (first, _after) in answers.items()}
    leading = cards.gather(specs, before, cache.ensemble()).leading
    with panel:
        before_after.count(answers)
        stopped = any(gate.withheld(first) for first in before.values())
        look = None if stopped else looks.controls(lesion, leading)
    if look is None:
        return
    with light_box:
        before_after.cards(specs, pair, answers, look)
        amount = f"{_(kind.title)}: {choices.amount(kind, change.strength)}"
        exports.change(pair, change, amount, specs, answers)
    st.caption(scorecard.of_all(specs.values()))
    left, right = st.columns(2, gap="large")
    with left:
        there = {name: spec for name, spec in specs.items() if name in answers}
        curves.live(there, image, change, look.target)
    with right:
        curves.stored(specs, change)
    levels.levels(specs)


specs, _broken = cache.models()
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
    bench(shown)
elif not scans:
    desk.empty(PAGE)
