"""Words of the cases: whose they are, what was asked of them, what was noticed."""

from __future__ import annotations

import streamlit as st

from core.errors import N_
from core.evaluate.figures.slices import NO_FLAG, UNKNOWN
from pages._ui.base import developers
from pages._ui.base.text import PLANES, _

COMMAND = "python -m core evaluate --model all --protocol unseen-patients --data DIR"


TITLES = {
    "everything": N_("Everything"),
    "wrong": N_("Wrong"),
    "confident-wrong": N_("Sure and wrong"),
    "right-unsure": N_("Right but unsure"),
    "disagree": N_("Networks disagree"),
    "all-wrong": N_("Every network wrong"),
    "least-true": N_("Furthest from the truth first"),
    "most-sure": N_("Most sure first"),
    "least-sure": N_("Least sure first"),
    "figshare": N_("Cheng et al. (figshare)"),
    "br35h": N_("Br35H"),
    "sartaj-or-unknown": N_("SARTAJ or unknown"),
    UNKNOWN: N_("not known"),
    NO_FLAG: N_("nothing noticed"),
    "looks_like_ct": N_("looks like CT"),
    "visible_focal_lesion": N_("lesion seen, labelled no tumour"),
    "colour_overlay": N_("coloured overlay"),
    "bright_frame": N_("bright frame"),
    **PLANES,
}


def none_yet() -> None:
    """Say that no network has been evaluated, and what to type."""
    st.info(
        _("No network has been evaluated on unseen patients yet."),
        icon=":material/hourglass_empty:",
    )
    developers.command(COMMAND)


def words(key: str) -> str:
    """Name a preset, an order, a source, a plane or a flag as a person does."""
    return _(TITLES[key]) if key in TITLES else key.replace("_", " ")
