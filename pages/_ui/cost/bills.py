"""What each row costs: in a table, as a chart, as a file."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.errors import N_
from core.evaluate.board import cost
from core.evaluate.board.cost import Bill
from core.evaluate.board.priced import Decision, PricedBoard
from core.report import to_csv
from pages._ui.base.text import _
from pages._ui.cost import sentences
from pages._ui.figures import phone, wording
from pages._ui.figures.forest import Mark
from pages._ui.figures.forest import forest as drawn
from pages._ui.figures.house import KIND_SYMBOLS
from pages._ui.figures.phone import Entry
from pages._ui.figures.show import show

OTHERWISE = {"answer": N_("Cost as answered"), "least": N_("Cost by price")}


def table(asked: PricedBoard) -> None:
    """Show every row with its cost, what it is made of, and its place if mistakes were alike."""
    first = next(iter(asked.bills.values()))
    other: Decision = "least" if asked.decision == "answer" else "answer"
    elsewhere = asked.decided[other]
    rows = []
    for place, (name, bill) in enumerate(asked.bills.items(), 1):
        gap = bill.above(first)
        rows.append(
            {
                "#": place,
                _("Name"): wording.row_title(asked.board.row(name)),
                _("Kind"): _(wording.KINDS[asked.board.row(name).kind]),
                _("Cost per 100"): bill.cost.value,
                _("95 % interval"): sentences.span(bill.cost),
                _("Above the first"): sentences.with_span(gap) if place > 1 else None,
                _("Missed"): bill.outcome("missed").value,
                _("False alarms"): bill.outcome("false_alarm").value,
                _("Wrong type"): bill.outcome("wrong_type").value,
                _("Referred"): bill.outcome("referral").value,
                _(OTHERWISE[other]): elsewhere[name].cost.value,
                _("# by count"): asked.alike.index(name) + 1,
            }
        )
    alt = _("Cost per 100 scans of every row, least first, and the outcomes it is made of")
    phone.figures([_entry(asked, *row) for row in enumerate(asked.bills.items(), 1)], alt)
    frame = pd.DataFrame(rows)
    if asked.costs.referral is None:
        frame = frame.drop(columns=_("Referred"))
    config = st.column_config
    tenths = {
        name: config.NumberColumn(format="%.1f", width=92)
        for name in (_("Cost per 100"), _("Missed"), _("False alarms"), _("Wrong type"),
                     _("Referred"))
    }  # fmt: skip
    st.dataframe(
        frame,
        hide_index=True,
        height="content",
        row_height=42,
        placeholder="–",
        alt=alt,
        column_config={
            **tenths,
            "#": config.NumberColumn(width=40),
            _("Name"): config.TextColumn(width=252),
            _("95 % interval"): config.TextColumn(width=112),
            _("Above the first"): config.TextColumn(
                width=154,
                help=_(
                    "Difference in cost, worked out before rounding, on the same resamples of "
                    "patients."
                ),
            ),
            _(OTHERWISE[other]): config.NumberColumn(
                format="%.1f", width=148, help=_("Cost per 100 scans under the other decision.")
            ),
            _("# by count"): config.NumberColumn(
                width=72, help=_("Place by the number of mistakes, whatever they cost.")
            ),
        },
    )


def _entry(asked: PricedBoard, place: int, of: tuple[str, Bill]) -> Entry:
    """Say in few words what the table says of a row."""
    row = asked.board.row(of[0])
    detail = " · ".join((sentences.span(of[1].cost), _(wording.KINDS[row.kind])))
    return Entry(place, wording.row_title(row), sentences.number(of[1].cost.value), detail)


def forest(asked: PricedBoard) -> None:
    """Draw each row's cost, with a line for the cheapest answer that ignores the scan."""
    _action, blind = cost.without_looking(sentences.shares(asked), asked.costs)
    marks = []
    for name, bill in asked.bills.items():
        row = asked.board.row(name)
        marks.append(
            Mark(
                f"{wording.row_title(row)} · {_(wording.KINDS[row.kind]).lower()}",
                sentences.with_span(bill.cost),
                bill.cost,
                KIND_SYMBOLS[row.kind],
                wording.measured_on(row, asked.images),
                wording.images_of(row, asked.images),
            )
        )
    reach = [m.figure.ci_high or m.figure.value or 0 for m in marks]
    end = max([1.1 * blind, *(r for r in reach if r <= 2 * blind)]) or 1
    title = _("Cost per 100 scans, less is better")
    show(
        drawn(marks, title, form=",.0f", reach=(0, end), line=blind),
        _("Cost of every row with its 95 % interval, least first; the table above has the "
          "same values"),
        "costs",
    )  # fmt: skip
    words = _("Dashed: {cost}, the cheapest that can be done without looking at the scans.")
    said = [words.format(cost=sentences.number(blind))]
    if any(r > end for r in reach):
        said.append(_("What reaches the right edge goes beyond it; the numbers are exact."))
    st.caption(" ".join(said))


def download(asked: PricedBoard) -> None:
    """Offer every row under each decision as a table."""
    st.download_button(
        _("Costs as CSV"), lambda: to_csv(asked.records()), "glassbrain-costs.csv", "text/csv",
        "download-costs", on_click="ignore", icon=":material/table_view:",
    )  # fmt: skip
