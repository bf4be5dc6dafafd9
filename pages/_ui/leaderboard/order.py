"""How sure the order is: what the comparison says in words, and the intervals as a chart."""

from __future__ import annotations

import streamlit as st

from core.evaluate.board.leaderboard import Comparison
from core.evaluate.board.ranking import Ranking
from pages._ui.base.text import _, listed, plain
from pages._ui.figures import wording
from pages._ui.figures.forest import Mark
from pages._ui.figures.forest import forest as drawn
from pages._ui.figures.house import KIND_SYMBOLS
from pages._ui.figures.show import clicked

CARDS = "pages/model-cards.py"


def verdict(choice: Ranking, compared: Comparison) -> str:
    """Say who is first, who cannot be told from it, and how far a network is above memory."""
    ranked = [r for r in choice.ranked if r.position]
    if not ranked:
        return _("No row has this figure.")
    first = ranked[0]
    said = [
        _("**{name}** is first: {value}.").format(
            name=plain(wording.row_title(first.row)),
            value=wording.with_span(choice.figure, first.figure),
        )
    ]
    tied = [r.row for r in ranked[1:] if r.row.name in compared.tied_with_best]
    if tied:
        names = listed(plain(wording.row_title(row)) for row in tied)
        said.append(_("These images cannot tell it from: {names}.").format(names=names))
    elif len(ranked) > 1:
        said.append(_("These images tell it from every other row."))
    return " ".join([*said, _above_controls(choice, compared)])


def forest(choice: Ranking, compared: Comparison | None) -> None:
    """Draw every row's value and interval, best first, with the letters of ties."""
    marks = []
    for r in choice.ranked:
        letters = compared.letters.get(r.row.name, "") if compared and r.position else ""
        parts = [letters, wording.row_title(r.row), _(wording.KINDS[r.row.kind]).lower()]
        marks.append(
            Mark(
                " · ".join(filter(None, parts)),
                wording.with_span(choice.figure, r.figure),
                r.figure,
                KIND_SYMBOLS[r.row.kind],
                wording.measured_on(r.row, choice.images),
                wording.images_of(r.row, choice.images),
                {"model": r.row.name} if r.row.kind == "model" else {},
            )
        )
    clicked(
        drawn(marks, wording.title(choice.figure), form=wording.axis_form(choice.figure)),
        _("{figure} of every row with its 95 % interval, best first; the table above has the "
          "same values").format(figure=wording.title(choice.figure)),
        f"order-{choice.board.protocol}-{choice.figure}-{'ties' if compared else 'waiting'}",
        CARDS,
    )  # fmt: skip
    networks = [r.row for r in choice.ranked if r.row.kind == "model"]
    with st.container(horizontal=True, gap="small", key=f"board-cards-{compared is not None}"):
        st.caption(_("Model cards:"), width="content")
        for row in networks:
            st.page_link(CARDS, label=wording.row_title(row), query_params={"model": row.name})


def _above_controls(choice: Ranking, compared: Comparison) -> str:
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
            scale, digits = (1, 3) if choice.figure in wording.UNITLESS else (100, 1)
            unit = "" if scale == 1 else _(" percentage points")
            return _(
                "From the best control, {control}, to the best network: {gap}{unit} (95 % "
                "interval {low} to {high}), worked out before rounding."
            ).format(
                control=plain(wording.row_title(control)),
                gap=wording.signed(gap * scale, digits),
                unit=unit,
                low=wording.signed(low * scale, digits),
                high=wording.signed(high * scale, digits),
            )
    return ""
