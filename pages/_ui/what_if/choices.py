"""What is asked in the what-if lab: which change, how much of it, where."""

from __future__ import annotations

import streamlit as st

from core.corruptions import CORRUPTIONS, Change, Corruption, Region
from core.imaging import MRIImage
from pages._ui.base import pointer, state
from pages._ui.base.text import _

FIRST = next(iter(CORRUPTIONS))
MIDDLE = 40  # per cent
STEPS = tuple(range(0, 101, 5))
SEEDS = tuple(range(100))


def question(image: MRIImage) -> Change:
    """Ask for the change and its strength; both go into the address.

    A box that a person has drawn on the scan is covered whole: there is no strength to choose,
    and nothing random for a seed to decide.
    """
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
    if kind.boxed and (drawn := pointer.chosen("box", _box_key(image))):
        x0, y0, x1, y1 = drawn
        st.markdown(_("**The box that you drew is covered whole**"))
        return Change(kind.name, 1.0, box=Region(x0, y0, x1 - x0, y1 - y0))
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


def draw_box(image: MRIImage) -> None:
    """Let a person draw the box on the scan; where nobody does, the seed places it."""
    drawn = pointer.box(
        image.shown, _("The scan; draw the box that is to be covered"), _box_key(image)
    )
    if drawn is None:
        st.caption(_("Until a box is drawn, the seed chooses one of half the frame's sides."))


def _box_key(image: MRIImage) -> str:
    return f"box-{image.sha256[:16]}-{image.frame}"


def _seed() -> int:
    state.linked("seed", SEEDS, 0)
    st.number_input(
        _("Seed"), 0, SEEDS[-1], key="seed",
        help=_("What is random in the change. The same seed does the same to this scan."),
    )  # fmt: skip
    state.remember("seed", 0)
    return int(st.session_state["seed"])
