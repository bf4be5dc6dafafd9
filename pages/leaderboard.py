"""Leaderboard: every network beside the controls it has to beat, with intervals and ties."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.evaluate.board.ranking import Ranking
from core.protocols import OFFICIAL
from pages._ui.base import components, derived
from pages._ui.base.text import _
from pages._ui.figures import elsewhere, gaps, wording
from pages._ui.leaderboard import (
    closer,
    experiments,
    files,
    order,
    ranking,
    reported,
    saliency,
    together,
)

CSS = Path(wording.__file__).with_name("board.css")


def show(choice: Ranking) -> None:
    """Lay out a board; what takes seconds comes last and fills the places left for it."""
    compared = derived.compared(choice.board, choice.figure, choice.images)
    table, waiting, ties = st.empty(), st.empty(), st.empty()
    with table.container():
        ranking.table(choice, compared)
    ties.caption(ranking.ties_note(compared))
    gaps.absences(choice)
    if choice.board.protocol == OFFICIAL:
        reported.note()

    st.header(_("How sure is this order?"), anchor=False)
    verdict, forest = st.empty(), st.empty()
    if compared:
        verdict.markdown(order.verdict(choice, compared))
    with forest.container():
        order.forest(choice, compared)
    with st.expander(_("Which files these figures come from"), icon=":material/fingerprint:"):
        wording.stamp("board", choice.measured)

    elsewhere.board(choice)
    experiments.table()

    st.header(_("One row, closer"), anchor=False)
    rows = closer.choose(choice)
    closer.show(rows, choice)

    st.header(_("All networks, side by side"), anchor=False)
    together.together(choice)

    st.header(_("Size and speed"), anchor=False)
    files.sizes(choice)

    st.header(_("Take it home"), anchor=False)
    downloads = st.empty()
    if compared is None:
        with waiting, st.spinner(_("Comparing every two rows; the first time takes seconds.")):
            compared = derived.comparison(choice.board, choice.figure, choice.images)
        with table.container():
            ranking.table(choice, compared)
        ties.caption(ranking.ties_note(compared))
        verdict.markdown(order.verdict(choice, compared))
        with forest.container():
            order.forest(choice, compared)
    with downloads.container():
        files.downloads(choice, compared, rows)


def answers() -> None:
    """Lay out the board of answers."""
    asked = wording.choose()
    st.caption(wording.protocol_note(asked))
    if asked.measured:
        show(asked)
    else:
        st.info(_("Nothing has been evaluated under this protocol yet."), icon=":material/rule:")
        gaps.absences(asked)


components.page_header(
    _("Leaderboard"),
    _(
        "How often each network is right on pictures kept apart from training, and how far the "
        "maps that explain it can be trusted, beside controls that understand nothing of a scan. "
        "It shows what was measured on one public collection; "
        "it does not show how a network would do in a clinic."
    ),
)
st.html(CSS)
if wording.about() == "maps":
    saliency.lay()
else:
    answers()
