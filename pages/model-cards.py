"""Model cards: what each network is, how it was made, how well it does and where it fails."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.architectures import ARCHITECTURES
from core.cards import read_card
from core.protocols import OFFICIAL, UNSEEN
from core.settings import Settings
from pages._ui.base import cache, components, state
from pages._ui.base.text import _, plain
from pages._ui.figures import elsewhere
from pages._ui.model_cards import faults, gate, training, view
from pages._ui.scan import portraits

components.page_header(
    _("Model cards"),
    _(
        "What each network is, how it was made, how well it does on patients that it has not seen, "
        "and where it fails. Every figure is read from the files that you can take home below; "
        "what is not stored is not shown."
    ),
)
st.html(Path(__file__).parent / "_ui" / "figures" / "audit.css")
specs, broken = cache.models()
unusable = [model.name for model in broken]
names = list(dict.fromkeys([*specs, *unusable, *ARCHITECTURES]))


def chip(name: str) -> str:
    """Name a network, and what is missing of it."""
    if name in specs:
        return specs[name].manifest.title
    missing = _("unavailable") if name in unusable else _("not trained yet")
    return f"{view.title(name)} · {missing}"


state.linked("model", names, names[0])
st.pills(_("Network"), names, format_func=chip, key="model", required=True, wrap=True)
if (asked := state.refused("model")) is not None:
    st.info(_("There is no network called {name}.").format(name=plain(asked)))
state.remember("model", names[0])
card = read_card(Settings().models_dir, st.session_state["model"])

view.head(card)
held_out = card.under(UNSEEN).metrics or card.under(OFFICIAL).metrics
if card.spec or held_out:
    view.headline(card)
    st.header(_("How well does it do?"), anchor=False)
    view.figures(card)
unseen = card.under(UNSEEN).metrics
if unseen:
    st.header(_("Tumour or no tumour, here and elsewhere?"), anchor=False)
    elsewhere.card(unseen)
if held_out:
    st.header(_("Where is it weakest?"), anchor=False)
    faults.weaknesses(held_out)
    st.header(_("Does it know what it does not know?"), anchor=False)
    faults.confidence(held_out)
if card.spec or held_out:
    if card.spec:
        st.header(_("What excites it most?"), anchor=False)
        portraits.portraits(card.spec)
    st.header(_("How was it made?"), anchor=False)
    training.training(card)
    training.all_runs(names)
    view.use(card)
    st.header(_("Files and fingerprints"), anchor=False)
    view.fingerprints(card)
    view.downloads(card)
st.header(_("What is let through to the networks?"), anchor=False)
gate.board()
