"""Headline decoder: how the paper's two figures are one experiment, and what may be said."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.evaluate.board import paper
from core.evaluate.board.both_tests import both_tests
from core.settings import Settings
from pages._ui.base import components
from pages._ui.base.text import _
from pages._ui.headline import claims, formula, tests
from pages._ui.headline.formula import printed

CSS = Path(__file__).parent / "_ui" / "headline" / "headline.css"
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
reported = formula.choose()
formula.parts(reported)
st.subheader(_("Pull at it"), anchor=False)
formula.play(reported)

st.header(_("One test, with and without the patients of training"), anchor=False)
st.markdown(tests.introduction())
found = both_tests(Settings().models_dir)
tests.chart(found)
tests.table(found)

st.header(_("What may be said"), anchor=False)
claims.steps(reported, found)
with st.expander(_("Which files these figures come from"), icon=":material/fingerprint:"):
    tests.stamps(found)
