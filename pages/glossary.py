"""Glossary: the words of the field, each in a sentence or two."""

from __future__ import annotations

import streamlit as st

from pages._ui.base import components
from pages._ui.base.glossary import PARTS
from pages._ui.base.grid import grid
from pages._ui.base.text import _

components.page_header(
    _("Glossary"),
    _(
        "What the words on these pages mean, each in a sentence or two. It tells what a figure "
        "says; whether it is good enough for a purpose no glossary can tell."
    ),
)
for heading, terms in PARTS.items():
    st.header(_(heading), anchor=False)
    with grid(2, min_column_width=330, gap="large"):
        for key, term in terms.items():
            with st.container(gap="xsmall", key=f"term-{key}"):
                st.markdown(f"**{_(term.title)}**")
                st.markdown(_(term.meaning))
