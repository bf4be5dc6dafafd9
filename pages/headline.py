"""Headline decoder: how the paper's two figures are one experiment, and what may be said."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.evaluate import paper
from pages._ui import components, headline_claims, headline_formula, headline_tests
from pages._ui.headline_formula import printed
from pages._ui.text import _

CSS = Path(__file__).parent / "_ui" / "headline.css"
top = max(paper.REPORTED, key=lambda r: r.weighted_accuracy)

components.page_header(
    _("How {headline} and {test} are the same experiment").format(
        headline=printed(top.weighted_accuracy), test=printed(top.accuracy)
    ),
    _(
        "A paper's headline figure taken apart, then its test, then what is left to say. The "
        "paper's figures are copied from it and marked as reported; all others are stored here "
        "or computed from them. None of this shows how a network would do in a clinic."
    ),
)
st.html(CSS)

st.header(_("One formula"), anchor=False)
reported = headline_formula.choose()
headline_formula.parts(reported)
st.subheader(_("Pull at it"), anchor=False)
headline_formula.play(reported)

st.header(_("One test, with and without the patients of training"), anchor=False)
st.markdown(headline_tests.introduction())
found = headline_tests.gather()
headline_tests.chart(found)
headline_tests.table(found)

st.header(_("What may be said"), anchor=False)
headline_claims.steps(reported, found)
with st.expander(_("Which files these figures come from"), icon=":material/fingerprint:"):
    headline_tests.stamps(found)
