"""One row of the board, or two side by side, seen closer."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.evaluate.leaderboard import rank
from core.evaluate.rows import Row
from pages._ui import board, board_matrix, components, state
from pages._ui.board import Choice
from pages._ui.board_views import SLICES, VIEWS, Draw
from pages._ui.text import _, plain


def choose(choice: Choice) -> list[Row]:
    """Ask which row to look at, and which beside it."""
    titles = {row.name: board.row_title(row) for row in choice.measured}
    order = [r.row for r in rank(choice.board, "accuracy") if r.row.metrics]
    networks = [row for row in order if row.kind in ("model", "ensemble")]
    best = (networks or order)[0].name
    one, two = st.columns(2, gap="medium")
    with one:
        state.linked("model", list(titles), best)
        st.selectbox(_("Row"), list(titles), format_func=titles.__getitem__, key="model")
        state.remember("model", best)
    with two:
        state.linked("beside", [None, *titles], None)
        st.selectbox(
            _("Beside it"),
            list(titles),
            index=None,
            format_func=titles.__getitem__,
            placeholder=_("nothing"),
            key="beside",
        )
        state.remember("beside", None)
    names = dict.fromkeys((st.session_state["model"], st.session_state["beside"]))
    return [choice.board.row(name) for name in names if name]


def show(rows: Sequence[Row], choice: Choice) -> None:
    """Show the confusion matrices, then whatever else is asked of the rows."""
    st.subheader(_("What is taken for what?"), anchor=False)
    _side_by_side("matrix", board_matrix.matrix, rows, choice)
    view = board.switch("view", _("Look at"), tuple(VIEWS), lambda key: _(VIEWS[key][0]))
    _name, question, draw = VIEWS[view]
    st.subheader(_(question), anchor=False)
    if view == "slices":
        board.switch(
            "slices",
            _("Sliced by"),
            tuple(SLICES),
            lambda key: _(SLICES[key]),
        )
    _side_by_side(view, draw, rows, choice)


def _side_by_side(key: str, draw: Draw, rows: Sequence[Row], choice: Choice) -> None:
    """Draw each row in a column, with its provenance."""
    for place, row in zip(st.columns(len(rows), gap="medium"), rows, strict=True):
        with place, components.guarded():
            if len(rows) > 1 and draw is not board_matrix.matrix:  # which names itself
                st.markdown(f"**{plain(board.row_title(row))}**")
            draw(row, choice)
            board.stamp(key, [row])
