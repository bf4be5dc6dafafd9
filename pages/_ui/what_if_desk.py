"""What is asked in the what-if lab: which change, how much of it, where."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.corruptions import CORRUPTIONS, Box, Change, Corruption
from core.imaging import MRIImage
from pages._ui import pointer, state
from pages._ui.text import _

FIRST = next(iter(CORRUPTIONS))
MIDDLE = 40  # per cent
STEPS = tuple(range(0, 101, 5))
SEEDS = tuple(range(100))


def question() -> Change:
    """Ask for the change and its strength; both go into the address."""
    state.linked("corruption", list(CORRUPTIONS), FIRST)
    st.selectbox(
        _("Change"),
        list(CORRUPTIONS),
        format_func=lambda name: _(CORRUPTIONS[name].title),
        key="corruption",
    )
    state.remember("corruption", FIRST)
    kind = CORRUPTIONS[st.session_state["corruption"]]
    st.caption(_(kind.summary))
    state.linked("strength", STEPS, MIDDLE)
    st.slider(_("Strength"), 0, 100, step=STEPS[1], format="%d %%", key="strength")
    state.remember("strength", MIDDLE)
    strength = st.session_state["strength"] / 100
    st.markdown(f"**{amount(kind, strength)}**")
    return Change(kind.name, strength, _seed() if kind.seeded else 0)


def amount(kind: Corruption, strength: float) -> str:
    """Say how much of a change there is, in its unit."""
    if strength == 0:
        return _("The scan as it came")
    return _(kind.amount).format(amount=kind.written(strength))


def placed(change: Change, image: MRIImage) -> Change:
    """Let a person draw the box on the scan; where nobody does, the seed places it."""
    drawn = pointer.box(
        image.pixels,
        _("The scan; draw the box that is to be covered"),
        f"box-{image.sha256[:16]}-{image.frame}",
    )
    if drawn is None:
        st.caption(_("Until a box is drawn, the seed chooses one of half the frame's sides."))
        return change
    x0, y0, x1, y1 = drawn
    return replace(change, box=Box(x0, y0, x1 - x0, y1 - y0))


def _seed() -> int:
    state.linked("seed", SEEDS, 0)
    st.number_input(
        _("Seed"), 0, SEEDS[-1], key="seed",
        help=_("What is random in the change. The same seed does the same to this scan."),
    )  # fmt: skip
    state.remember("seed", 0)
    return int(st.session_state["seed"])
