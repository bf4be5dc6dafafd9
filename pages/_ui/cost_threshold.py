"""Tumour or no tumour: cost and net benefit against the threshold."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from core.evaluate import net_benefit as core
from core.evaluate.net_benefit import THRESHOLDS, Sweep
from pages._ui import board, state
from pages._ui.board_charts import BRASS, GREY, ink
from pages._ui.cost_desk import Question
from pages._ui.cost_words import number
from pages._ui.text import _, plain

_HEIGHT = 460
_LINES = (BRASS, [1, 0], 2.8), (GREY, [8, 3], 2)  # colour, dash, width
_REFERENCES = (GREY, [2, 3], 1.6), (GREY, [1, 0], 1)


def choose(asked: Question) -> dict[str, Sweep]:
    """Ask for one row and another beside it; returns the curves of both."""
    titles = {row.name: board.row_title(row) for row in asked.rows}
    kinds = {row.name: row.kind for row in asked.rows}
    first = next((n for n in titles if kinds[n] != "control"), next(iter(titles)))
    control = next((n for n in titles if kinds[n] == "control"), first)
    one, two = st.columns(2, gap="medium")
    for place, key, label, default in (
        (one, "curve", _("Row"), first),
        (two, "against", _("Beside it"), control),
    ):
        with place:
            state.linked(key, list(titles), default)
            st.selectbox(label, list(titles), format_func=titles.__getitem__, key=key)
            state.remember(key, default)
    names = dict.fromkeys((st.session_state["curve"], st.session_state["against"]))
    return {
        name: core.sweep(
            asked.samples[name], asked.tumour_scores(name), asked.weights, asked.prevalence
        )
        for name in names
    }


def cost(asked: Question, rows: dict[str, Sweep]) -> None:
    """Draw what misses and false alarms cost at each threshold."""
    st.markdown(_("**What do misses and false alarms cost at each threshold?**"))
    costs = asked.costs
    lines = {_title(asked, name): swept.cost(costs) for name, swept in rows.items()}
    first, *_others = rows.values()
    tumours = float(first.tumours[0, 0])
    every, none = costs.false_alarm * (100 - tumours), costs.missed * tumours
    top = 1.15 * min(every, none) or 1.15 * max(every, none) or 1
    references = {
        _("every scan called a tumour"): np.full(len(THRESHOLDS), every),
        _("no scan called a tumour"): np.full(len(THRESHOLDS), none),
    }
    _draw(
        lines, references, _("Cost per 100 scans"), (0, top), costs.threshold,
        _("Cost of missed tumours and false alarms against the threshold"),
    )  # fmt: skip
    at = costs.threshold
    if at is None:
        st.caption(_("Misses and false alarms are free, so no threshold is better than another."))
        return
    name, curve = next(iter(lines.items()))
    here = _index(at)
    low, high = core.band(curve)
    st.caption(
        _(
            "At these prices a tumour is worth calling from a probability of {at} on (false alarm "
            "÷ (false alarm + miss)), if the probabilities are right. There, {name} costs {cost} "
            "({low} – {high}). Which type it is plays no part here."
        ).format(
            at=board.share(at),
            name=plain(name),
            cost=number(curve[0, here]),
            low=number(low[here]),
            high=number(high[here]),
        )
    )


def net_benefit(asked: Question, rows: dict[str, Sweep]) -> None:
    """Draw the decision curve beside calling all and calling none."""
    st.markdown(_("**Does asking the network help more than treating all scans alike?**"))
    lines = {_title(asked, name): swept.net_benefit for name, swept in rows.items()}
    first = next(iter(rows.values()))
    tumours = float(first.tumours[0, 0])
    references = {
        _("every scan called a tumour"): first.call_all,
        _("no scan called a tumour"): np.zeros(len(THRESHOLDS)),
    }
    _draw(
        lines, references, _("Net benefit per 100 scans"),
        (-0.15 * tumours, 1.08 * tumours), asked.costs.threshold,
        _("Net benefit against the threshold, beside calling every scan or none a tumour"),
    )  # fmt: skip
    low, _high = core.band(next(iter(lines.values())))
    best = np.maximum(first.call_all, 0)
    better = THRESHOLDS[low > best]
    name = plain(next(iter(lines)))
    if len(better):
        words = _(
            "{name} is clearly better than both, its whole interval above them, at thresholds "
            "from {low} to {high}."
        ).format(name=name, low=board.share(better[0]), high=board.share(better[-1]))
    else:
        words = _("At no threshold is {name} clearly better than both.").format(name=name)
    st.caption(
        f"{words} "
        + _(
            "Net benefit counts the tumours found and takes off the false alarms, each at the "
            "worth that the threshold gives it: at 10\u202f%, nine false alarms weigh as much as "
            "one tumour."
        )
    )


def _draw(
    lines: dict[str, NDArray[np.float64]],
    references: dict[str, NDArray[np.float64]],
    title: str,
    ends: tuple[float, float],
    threshold: float | None,
    alt_text: str,
) -> None:
    """Draw curves, the first with its band, over references; nothing by colour alone."""
    names = [*lines, *references]
    looks = [*_LINES[: len(lines)], *_REFERENCES]
    colours, dashes, widths = map(list, zip(*looks, strict=True))
    curves = {name: curve[0] for name, curve in lines.items()} | references
    rows = pd.concat(
        pd.DataFrame({"x": THRESHOLDS, "y": curve, "name": name}) for name, curve in curves.items()
    )
    key = alt.Legend(title=None, orient="bottom", columns=1, labelLimit=0, symbolSize=300)
    x = alt.X(
        "x:Q",
        title=_("Threshold: called a tumour from this probability on"),
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1]),
    )
    y = alt.Y("y:Q", title=title, scale=alt.Scale(domain=ends, nice=False))
    drawn = (
        alt.Chart(rows)
        .mark_line(clip=True)
        .encode(
            x=x,
            y=y,
            color=alt.Color("name:N", scale=alt.Scale(domain=names, range=colours), legend=key),
            strokeDash=alt.StrokeDash(
                "name:N", scale=alt.Scale(domain=names, range=dashes), legend=key
            ),
            strokeWidth=alt.StrokeWidth(
                "name:N", scale=alt.Scale(domain=names, range=widths), legend=None
            ),
            tooltip=[
                alt.Tooltip("name:N", title=" "),
                alt.Tooltip("x:Q", title=_("Threshold"), format=".0%"),
                alt.Tooltip("y:Q", title=" ", format=".1f"),
            ],
        )
    )
    low, high = core.band(next(iter(lines.values())))
    around = (
        alt.Chart(pd.DataFrame({"x": THRESHOLDS, "low": low, "high": high}))
        .mark_area(clip=True, color=BRASS, opacity=0.22)
        .encode(x=x, y=alt.Y("low:Q"), y2="high:Q")
    )
    layers = [around, drawn]
    if threshold is not None:
        at = alt.Chart(pd.DataFrame({"x": [threshold], "name": [_("your prices")]}))
        layers += [
            at.mark_rule(color=GREY, strokeDash=[4, 4]).encode(x="x:Q"),
            at.mark_text(align="left", dx=5, fontSize=13, color=ink()).encode(
                x="x:Q", y=alt.value(10), text="name"
            ),
        ]
    st.altair_chart(alt.layer(*layers).properties(height=_HEIGHT), alt=alt_text)


def _index(threshold: float) -> int:
    return int(np.abs(THRESHOLDS - threshold).argmin())


def _title(asked: Question, name: str) -> str:
    return board.row_title(asked.board.row(name))
