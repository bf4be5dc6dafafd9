"""One row of the board, or two side by side, seen closer."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.evaluate.board.leaderboard import rank
from core.evaluate.board.ranking import Ranking
from core.evaluate.board.rows import Row
from pages._ui.base import components, state
from pages._ui.base.text import _, plain
from pages._ui.figures import wording
from pages._ui.leaderboard import matrix
from pages._ui.leaderboard.views import SLICES, VIEWS, Draw


def choose(choice: Ranking) -> list[Row]:
    """Ask which row to look at, and which beside it."""
    titles = {row.name: wording.row_title(row) for row in choice.measured}
    order = [r.row for r in rank(choice.board, "accuracy") if r.row.metrics]
    networks = [row for row in order if row.kind in ("model", "ensemble")]
    best = (networks or order)[0].name
    one, two = st.columns(2, gap="medium")
    with one:
        state.linked("model", list(titles), best)
        st.selectbox(_("Row"), list(titles), format_func=titles.__getitem__, key="model")
        if (asked := state.refused("model")) is not None:
            st.caption(_("No row here is called {name}.").format(name=plain(asked)))
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


def show(rows: Sequence[Row], choice: Ranking) -> None:
    """Show the confusion matrices, then whatever else is asked of the rows."""
    st.subheader(_("What is taken for what?"), anchor=False)
    _side_by_side("matrix", matrix.matrix, rows, choice)
    view = wording.switch("view", _("Look at"), tuple(VIEWS), lambda key: _(VIEWS[key][0]))
    _name, question, draw = VIEWS[view]
    st.subheader(_(question), anchor=False)
    if view == "slices":
        wording.switch(
            "slices",
            _("Sliced by"),
            tuple(SLICES),
            lambda key: _(SLICES[key]),
        )
    _side_by_side(view, draw, rows, choice)


def _side_by_side(key: str, draw: Draw, rows: Sequence[Row], choice: Ranking) -> None:
    """Draw each row in a column, with its provenance."""
    for place, row in zip(st.columns(len(rows), gap="medium"), rows, strict=True):
        with place, components.guarded():
            if len(rows) > 1 and draw is not matrix.matrix:  # which names itself
                st.markdown(f"**{plain(wording.row_title(row))}**")
            draw(row, choice)
            with st.expander(
                _("Which files these figures come from"), key=f"files-{key}-{row.name}"
            ):
                wording.stamp(key, [row])
