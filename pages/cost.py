"""Cost: the networks ranked by what their mistakes cost, at prices that the person sets."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.evaluate.board.ranking import Ranking
from pages._ui.base import components
from pages._ui.base.text import _
from pages._ui.cost import bills, pricing, sentences, threshold
from pages._ui.figures import gaps, wording

CSS = Path(wording.__file__).with_name("board.css")

components.page_header(
    _("What do the mistakes cost?"),
    _(
        "Every network, the ensemble and the controls, ranked by the cost of their mistakes on "
        "unseen patients, at prices that you set. No price here is a recommendation, and the "
        "share of tumours is this collection's, not a clinic's, until you set another."
    ),
)
st.html(CSS)
asked = pricing.choose()
if not asked.samples:
    st.info(_("Nothing has been evaluated on unseen patients yet."), icon=":material/rule:")
else:
    st.caption(sentences.prevalence_note(asked))
    st.markdown(sentences.verdict(asked))
    bills.table(asked)
    st.caption(sentences.ties_note(asked))
    st.caption(sentences.obeying(asked))

    st.header(_("How sure is this order?"), anchor=False)
    bills.forest(asked)

    st.header(_("From which probability of a tumour on should one act?"), anchor=False)
    rows = threshold.choose(asked)
    left, right = st.columns(2, gap="large")
    with left:
        threshold.cost(asked, rows)
    with right:
        threshold.net_benefit(asked, rows)

    with st.expander(_("How this is worked out"), icon=":material/calculate:"):
        st.markdown(sentences.method())
    with st.expander(_("Which files these figures come from"), icon=":material/fingerprint:"):
        wording.stamp("cost", asked.rows)
    bills.download(asked)
gaps.absences(Ranking(asked.board, "accuracy", asked.images))
