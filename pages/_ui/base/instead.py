"""Which network was asked for, why it is not there, and which one answers instead."""

from __future__ import annotations

import streamlit as st

from core.architectures import ARCHITECTURES
from core.ensemble import read_ensemble
from core.errors import ModelError
from core.evaluate.stored.layout import ENSEMBLE
from core.settings import Settings
from pages._ui.base import cache, state
from pages._ui.base.text import _, plain, sentence


def say(answering: str, key: str = "model") -> None:
    """Say so where an address, or another page, asked for a network that is not offered here.

    Parameters
    ----------
    answering : str
        The network that answers, as a person reads it.
    key : str
        Of the widget, which `state.linked` has settled.
    """
    asked = state.refused(key)
    if asked is None or not answering:
        return
    said = _("{asked} was asked for. {why} {answering} answers instead.")
    st.info(
        said.format(asked=_name(asked), why=_why(asked), answering=plain(answering)),
        icon=":material/swap_horiz:",
    )


def _name(asked: str) -> str:
    if asked == ENSEMBLE:
        return _("The ensemble")
    return plain(ARCHITECTURES[asked].title if asked in ARCHITECTURES else asked)


def _why(asked: str) -> str:
    specs, broken = cache.models()
    reasons = {model.name: sentence(model.reason) for model in broken}
    if asked in reasons:
        return reasons[asked]
    if asked == ENSEMBLE:
        try:
            read_ensemble(Settings().models_dir, specs)
        except ModelError as error:
            return sentence(error)
        return _("This page asks one network at a time.")
    if asked in ARCHITECTURES and asked not in specs:
        return _("It is not trained yet.")
    return _("It is not among those that can be asked here.")
