"""Model cards: what each network is, how it was made, how well it does and where it fails."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.architectures import ARCHITECTURES
from core.cards import read_card
from core.settings import Settings
from pages._ui import cache, card_faults, card_training, card_view, components, state
from pages._ui.board import SHIPPED
from pages._ui.text import _

components.page_header(
    _("Model cards"),
    _(
        "What each network is, how it was made, how well it does on patients that it has not seen, "
        "and where it fails. Every figure is read from the files that you can take home below; "
        "what is not stored is not shown."
    ),
)
st.html(Path(__file__).parent / "_ui" / "audit.css")
specs, broken = cache.models()
unusable = [model.name for model in broken]
names = list(dict.fromkeys([*specs, *unusable, *ARCHITECTURES]))


def chip(name: str) -> str:
    """Name a network, and what is missing of it."""
    if name in specs:
        return specs[name].manifest.title
    missing = _("unavailable") if name in unusable else _("not trained yet")
    return f"{card_view.title(name)} · {missing}"


state.linked("model", names, names[0])
st.pills(_("Network"), names, format_func=chip, key="model", required=True, wrap=True)
state.remember("model", names[0])
card = read_card(Settings().models_dir, st.session_state["model"])

card_view.head(card)
held_out = card.under(SHIPPED).metrics or card.under("official").metrics
if card.spec or held_out:
    card_view.headline(card)
    st.header(_("How well does it do?"), anchor=False)
    card_view.figures(card)
if held_out:
    st.header(_("Where is it weakest?"), anchor=False)
    card_faults.weaknesses(held_out)
    st.header(_("Does it know what it does not know?"), anchor=False)
    card_faults.confidence(held_out)
if card.spec or held_out:
    st.header(_("How was it made?"), anchor=False)
    card_training.training(card)
    card_view.use(card)
    st.header(_("Files and fingerprints"), anchor=False)
    card_view.fingerprints(card)
    card_view.downloads(card)
