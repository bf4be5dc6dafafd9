"""Leaderboard: every network beside the controls it has to beat, with intervals and ties."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages._ui import (
    board,
    board_closer,
    board_files,
    board_order,
    board_table,
    cache,
    components,
    saliency_board,
)
from pages._ui.board import Choice
from pages._ui.text import _

CSS = Path(board.__file__).with_name("board.css")


def show(choice: Choice) -> None:
    """Lay out a board; what takes seconds comes last and fills the places left for it."""
    compared = cache.compared(choice.board, choice.figure, choice.images)
    table, waiting, ties = st.empty(), st.empty(), st.empty()
    with table:
        board_table.table(choice, compared)
    ties.caption(board_table.ties_note(compared))
    board_table.absences(choice)
    if choice.board.protocol == "official":
        board_table.paper_note()

    st.header(_("How sure is this order?"), anchor=False)
    verdict, forest = st.empty(), st.empty()
    if compared:
        verdict.markdown(board_order.verdict(choice, compared))
    with forest:
        board_order.forest(choice, compared)
    with st.expander(_("Which files these figures come from"), icon=":material/fingerprint:"):
        board.stamp("board", choice.measured)

    st.header(_("One row, closer"), anchor=False)
    rows = board_closer.choose(choice)
    board_closer.show(rows, choice)

    st.header(_("Size and speed"), anchor=False)
    board_files.sizes(choice)

    st.header(_("Take it home"), anchor=False)
    downloads = st.empty()
    if compared is None:
        with waiting, st.spinner(_("Comparing every two rows; the first time takes seconds.")):
            compared = cache.comparison(choice.board, choice.figure, choice.images)
        with table:
            board_table.table(choice, compared)
        ties.caption(board_table.ties_note(compared))
        verdict.markdown(board_order.verdict(choice, compared))
        with forest:
            board_order.forest(choice, compared)
    with downloads.container():
        board_files.downloads(choice, compared, rows)


def answers() -> None:
    """Lay out the board of answers."""
    asked = board.choose()
    st.caption(board.protocol_note(asked))
    if asked.measured:
        show(asked)
    else:
        st.info(_("Nothing has been evaluated under this protocol yet."), icon=":material/rule:")
        board_table.absences(asked)


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
if board.about() == "maps":
    saliency_board.lay()
else:
    answers()
