"""How sure the order is: what the comparison says in words, and the intervals as a chart."""

from __future__ import annotations

import streamlit as st

from core.evaluate.leaderboard import Comparison
from pages._ui import board
from pages._ui import board_charts as charts
from pages._ui.board import Choice
from pages._ui.text import _, listed, plain


def verdict(choice: Choice, compared: Comparison) -> str:
    """Say who is first, who cannot be told from it, and how far a network is above memory."""
    ranked = [r for r in choice.ranked if r.position]
    if not ranked:
        return _("No row has this figure.")
    first = ranked[0]
    said = [
        _("**{name}** is first: {value}.").format(
            name=plain(board.row_title(first.row)),
            value=board.with_span(choice.figure, first.figure),
        )
    ]
    tied = [r.row for r in ranked[1:] if r.row.name in compared.tied_with_best]
    if tied:
        names = listed(plain(board.row_title(row)) for row in tied)
        said.append(_("These images cannot tell it from: {names}.").format(names=names))
    elif len(ranked) > 1:
        said.append(_("These images tell it from every other row."))
    return " ".join([*said, _above_controls(choice, compared)])


def forest(choice: Choice, compared: Comparison | None) -> None:
    """Draw every row's value and interval, best first, with the letters of ties."""
    marks = []
    for r in choice.ranked:
        letters = compared.letters.get(r.row.name, "") if compared and r.position else ""
        parts = [letters, board.row_title(r.row), _(board.KINDS[r.row.kind]).lower()]
        marks.append(
            charts.Mark(
                " · ".join(filter(None, parts)),
                board.with_span(choice.figure, r.figure),
                r.figure,
                charts.SHAPES[r.row.kind],
                filled=r.row.kind in ("model", "ensemble"),
            )
        )
    st.altair_chart(
        charts.forest(marks, choice.figure),
        alt=_("{figure} of every row with its 95 % interval, best first; the table above has the "
              "same values").format(figure=board.title(choice.figure)),
    )  # fmt: skip


def _above_controls(choice: Choice, compared: Comparison) -> str:
    """Set the best network against the best control."""
    kinds = {row.name: row for row in choice.measured}
    order = [kinds[name] for name in compared.order]
    network = next((row for row in order if row.kind in ("model", "ensemble")), None)
    control = next((row for row in order if row.kind == "control"), None)
    for pair in compared.pairs:
        if network and control and {pair.a, pair.b} == {network.name, control.name}:
            low, high, gap = (pair.ci_low, pair.ci_high, pair.difference)
            if pair.a == control.name:
                low, high, gap = -high, -low, -gap
            scale, digits = (1, 3) if choice.figure in board.UNITLESS else (100, 1)
            unit = "" if scale == 1 else _(" percentage points")
            return _(
                "From the best control, {control}, to the best network: {gap}{unit} (95 % "
                "interval {low} to {high})."
            ).format(
                control=plain(board.row_title(control)),
                gap=board.signed(gap * scale, digits),
                unit=unit,
                low=board.signed(low * scale, digits),
                high=board.signed(high * scale, digits),
            )
    return ""
