"""What each row costs: in a table, as a chart, as a file."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from core.errors import N_
from core.evaluate import cost
from core.evaluate.cost import OUTCOMES
from core.report import to_csv
from pages._ui import board, cost_words
from pages._ui import board_charts as charts
from pages._ui.cost_desk import DECISIONS, Question
from pages._ui.text import _

OTHERWISE = {"answer": N_("Cost as answered"), "least": N_("Cost by price")}


def table(asked: Question) -> None:
    """Show every row with its cost, what it is made of, and its place if mistakes were alike."""
    first = next(iter(asked.bills.values()))
    other = "answer" if asked.decision == "least" else "least"
    elsewhere = asked.decided[other]
    rows = []
    for place, (name, bill) in enumerate(asked.bills.items(), 1):
        gap = bill.above(first)
        rows.append(
            {
                "#": place,
                _("Name"): board.row_title(asked.board.row(name)),
                _("Kind"): _(board.KINDS[asked.board.row(name).kind]),
                _("Cost per 100"): bill.cost.value,
                _("95 % interval"): cost_words.span(bill.cost),
                _("Above the first"): cost_words.with_span(gap) if place > 1 else None,
                _("Missed"): bill.outcome("missed").value,
                _("False alarms"): bill.outcome("false_alarm").value,
                _("Wrong type"): bill.outcome("wrong_type").value,
                _("Referred"): bill.outcome("referral").value,
                _(OTHERWISE[other]): elsewhere[name].cost.value,
                _("# by count"): asked.alike.index(name) + 1,
            }
        )
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
        alt=_("Cost per 100 scans of every row, least first, and the outcomes it is made of"),
        column_config={
            **tenths,
            "#": config.NumberColumn(width=40),
            _("Name"): config.TextColumn(width=236),
            _("95 % interval"): config.TextColumn(width=112),
            _("Above the first"): config.TextColumn(
                width=170, help=_("Difference in cost, on the same resamples of patients.")
            ),
            _(OTHERWISE[other]): config.NumberColumn(
                format="%.1f", width=148, help=_("Cost per 100 scans under the other decision.")
            ),
            _("# by count"): config.NumberColumn(
                width=72, help=_("Place by the number of mistakes, whatever they cost.")
            ),
        },
    )


def forest(asked: Question) -> None:
    """Draw each row's cost, with a line for the cheapest answer that ignores the scan."""
    _action, blind = cost.without_looking(cost_words.shares(asked), asked.costs)
    marks = []
    for name, bill in asked.bills.items():
        row = asked.board.row(name)
        marks.append(
            charts.Mark(
                f"{board.row_title(row)} · {_(board.KINDS[row.kind]).lower()}",
                cost_words.with_span(bill.cost),
                bill.cost,
                charts.SHAPES[row.kind],
                filled=row.kind in ("model", "ensemble"),
            )
        )
    reach = [m.figure.ci_high or m.figure.value or 0 for m in marks]
    end = max([1.1 * blind, *(r for r in reach if r <= 2 * blind)]) or 1
    chart = charts.forest(
        marks,
        "cost",
        title=_("Cost per 100 scans, less is better"),
        scale=alt.Scale(domain=[0, end], clamp=True, nice=False),
    )
    line = (
        alt.Chart(pd.DataFrame({"x": [blind]}))
        .mark_rule(strokeDash=[4, 4], strokeWidth=1.5, color=charts.GREY)
        .encode(x="x:Q")
    )
    st.altair_chart(
        alt.layer(line, chart).properties(height=46 * len(marks) + 56),
        alt=_("Cost of every row with its 95 % interval, least first; the table above has the "
              "same values"),
    )  # fmt: skip
    words = _("Dashed: {cost}, the cheapest that can be done without looking at the scans.")
    said = [words.format(cost=cost_words.number(blind))]
    if any(r > end for r in reach):
        said.append(_("What reaches the right edge goes beyond it; the numbers are exact."))
    st.caption(" ".join(said))


def download(asked: Question) -> None:
    """Offer every row under both decisions as a table."""
    st.download_button(
        _("Costs as CSV"), lambda: to_csv(records(asked)), "glassbrain-costs.csv", "text/csv",
        "download-costs", on_click="ignore", icon=":material/table_view:",
    )  # fmt: skip


def records(asked: Question) -> list[dict[str, Any]]:
    """Make one record for each row and decision: the question, the costs, where it is from."""
    found = []
    for decision in DECISIONS:
        for place, (name, bill) in enumerate(asked.decided[decision].items(), 1):
            row = asked.board.row(name)
            found.append(
                {
                    "protocol": asked.board.protocol,
                    "images": asked.images,
                    "decision": decision if row.kind != "control" else "answer",
                    "ranked_under": decision,
                    "rank": place,
                    "name": name,
                    "kind": row.kind,
                    "price": vars(asked.costs),
                    "tumours_per_100": asked.prevalence and 100 * asked.prevalence,
                    "cost_per_100": bill.cost.model_dump(),
                    **{f"{o}_per_100": bill.outcome(o).model_dump() for o in OUTCOMES},
                    "predictions_sha256": row.metrics and row.metrics.predictions_sha256,
                    "split_sha256": row.metrics and row.metrics.provenance.split_sha256,
                }
            )
    return found
