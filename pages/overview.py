"""Overview: what the app does, samples to start from, the models, and the limits."""

from __future__ import annotations

import streamlit as st

from core.architectures import ARCHITECTURES
from core.ensemble import held_out
from core.gallery import samples
from pages._ui.base import cache, components, tiles
from pages._ui.base.grid import grid
from pages._ui.base.text import _, ngettext
from pages._ui.scan import ways

components.page_header(
    _("What did the network see?"),
    _(
        "Glassbrain reads a brain MRI with trained networks and draws, on the scan itself, what "
        "each answer rests on. Pick a scan below, or bring your own. It shows what a network "
        "does; it does not tell what a patient has."
    ),
)
with st.container(key="start"):
    st.page_link(
        "pages/classify.py",
        label=_("Classify a scan of your own"),
        icon=":material/upload_file:",
    )

st.header(_("Read a sample"), anchor=False)
st.caption(
    ngettext(
        "{n} scan of a patient that no model here has seen in training, with the class that its "
        "source gives. One click opens it.",
        "{n} scans of patients that no model here has seen in training, with the class that their "
        "source gives. One click opens one.",
        len(samples()),
    ).format(n=len(samples()))
)
tiles.samples(samples().values(), ways.destination())
ways.leave(list(samples()))

specs, broken = cache.models()
reasons = {model.name: model.reason for model in broken}
names = list(dict.fromkeys([*specs, *reasons, *ARCHITECTURES]))  # what can be used comes first
st.header(_("The networks"), anchor=False)
st.caption(
    _("{ready} of {all} can be used now.").format(ready=len(specs), all=len(names))
    + " "
    + _("Accuracy is measured on patients kept apart from training, with its 95\u202f% interval.")
)
with grid(3, min_column_width=280):
    for name in names:
        spec = specs.get(name)
        accuracy = held_out(spec) if spec else None
        tiles.network(name, spec, reasons.get(name), accuracy)

st.header(_("What it does not do"), anchor=False)
with grid(4, min_column_width=220, gap="medium"):
    st.markdown(
        _(
            "**It does not diagnose.** The networks know four classes of one public collection. "
            "Another disease, in a scan that looks like theirs, is still given one of the four."
        )
    )
    st.markdown(
        _(
            "**It does not outline tumours.** A heat map marks where a network's evidence lies, in "
            "cells of many pixels; that may be next to the lesion, or elsewhere."
        )
    )
    st.markdown(
        _(
            "**It reads one slice.** No second sequence, no neighbouring slice, no history: far "
            "less than what a radiologist looks at."
        )
    )
    st.markdown(
        _(
            "**It does not keep your scan.** Files stay in memory while this tab is open. What "
            "they say of a patient is dropped on reading."
        )
    )
