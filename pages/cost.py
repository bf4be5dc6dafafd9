"""Cost: the networks ranked by what their mistakes cost, at prices that the person sets."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages._ui import (
    board,
    board_table,
    components,
    cost_desk,
    cost_table,
    cost_threshold,
    cost_words,
)
from pages._ui.text import _

CSS = Path(board.__file__).with_name("board.css")

components.page_header(
    _("What do the mistakes cost?"),
    _(
        "Every network, the ensemble and the controls, ranked by the cost of their mistakes on "
        "unseen patients, at prices that you set. No price here is a recommendation, and the "
        "share of tumours is this collection's, not a clinic's, until you set another."
    ),
)
st.html(CSS)
asked = cost_desk.choose()
if not asked.samples:
    st.info(_("Nothing has been evaluated on unseen patients yet."), icon=":material/rule:")
else:
    st.caption(cost_words.prevalence_note(asked))
    st.markdown(cost_words.verdict(asked))
    cost_table.table(asked)
    st.caption(cost_words.ties_note(asked))
    st.caption(cost_words.obeying(asked))

    st.header(_("How sure is this order?"), anchor=False)
    cost_table.forest(asked)

    st.header(_("From which probability of a tumour on should one act?"), anchor=False)
    rows = cost_threshold.choose(asked)
    left, right = st.columns(2, gap="large")
    with left:
        cost_threshold.cost(asked, rows)
    with right:
        cost_threshold.net_benefit(asked, rows)

    with st.expander(_("How this is worked out"), icon=":material/calculate:"):
        st.markdown(cost_words.method())
    with st.expander(_("Which files these figures come from"), icon=":material/fingerprint:"):
        board.stamp("cost", asked.rows)
    cost_table.download(asked)
board_table.absences(board.Choice(asked.board, "accuracy", asked.images))
