"""The leaderboard's charts: Vega-Lite, in colours that are seen on both themes.

Lines and marks are in one brass and one grey that stand between the themes' own; words in
`ink`; the colours of the classes mean
the classes. Nothing is told by colour alone: shapes, dashes and words say it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd
import streamlit as st

from core.evaluate.curves import Curve
from core.evaluate.schema import Calibration, Figure, Reliability, RiskCoverage
from core.labels import CLASSES
from pages._ui import board
from pages._ui.text import _

BRASS, GREY = "#a87f2a", "#8a8780"
SHAPES = {"model": "circle", "ensemble": "diamond", "control": "square", "reported": "triangle-up"}
_AXIS = 56  # px that an axis and its title take of a chart's height
_DASHES = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3])  # one a class, in the order of core.labels


@dataclass(frozen=True)
class Mark:
    """One line of a forest plot.

    Attributes
    ----------
    label : str
        Stands above the line, on the left.
    note : str
        On the right: the value, in words.
    figure : Figure
    shape : str
        Of Vega's symbols.
    filled : bool
    """

    label: str
    note: str
    figure: Figure
    shape: str = "circle"
    filled: bool = True


def ink() -> str:
    """Colour of words on a chart: at least 5:1 on the ground of the theme in use."""
    return "#5d6166" if st.context.theme.type == "light" else "#a09d95"


def forest(
    marks: Sequence[Mark],
    figure: str,
    *,
    step: int = 46,
    title: str = "",
    scale: alt.Scale | None = None,
) -> alt.LayerChart:
    """Draw a value and its 95 % interval on each line; `title` for what is no share."""
    rows = pd.DataFrame(
        {
            "line": i,
            "label": m.label,
            "note": m.note,
            "value": m.figure.value,
            "low": m.figure.ci_low,
            "high": m.figure.ci_high,
            "shape": m.shape,
            "fill": BRASS if m.filled else "transparent",
        }
        for i, m in enumerate(marks)
        if m.figure.value is not None
    )
    y = alt.Y("line:O", axis=None)
    form = ",.0f" if title else "" if figure in board.UNITLESS else ".0%"
    axis = alt.Axis(format=form, tickCount=6)
    x = alt.X(
        "low:Q",
        title=title or board.title(figure),
        scale=scale or alt.Scale(zero=False),
        axis=axis,
    )
    base = alt.Chart(rows)
    rules = base.mark_rule(strokeWidth=3, strokeCap="round", color=BRASS, opacity=0.55).encode(
        y=y,
        x=x,
        x2="high:Q",
    )
    points = base.mark_point(size=95, strokeWidth=2, opacity=1, color=BRASS).encode(
        y=y,
        x="value:Q",
        shape=alt.Shape("shape:N", scale=None),
        fill=alt.Fill("fill:N", scale=None),
        tooltip=[alt.Tooltip("label:N", title=" "), alt.Tooltip("note:N", title=" ")],
    )
    room = alt.ExprRef("max(90, width - 150)")  # what the note leaves on a narrow screen
    words = {"baseline": "bottom", "dy": -9, "fontSize": 13, "color": ink()}
    left = base.mark_text(align="left", limit=room, **words).encode(
        y=y, x=alt.value(0), text="label"
    )
    right = base.mark_text(align="right", **words).encode(y=y, x=alt.value("width"), text="note")
    return alt.layer(rules, points, left, right).properties(height=step * len(rows) + _AXIS)


def class_curves(
    curves: Iterable[Curve], legend: Mapping[str, str], x: str, y: str, *, steps: bool
) -> alt.LayerChart:
    """Draw a line for each class in a unit square.

    Parameters
    ----------
    curves : iterable of Curve
    legend : mapping of str to str
        Class name -> what the legend says of it.
    x, y : str
        Titles of the axes.
    steps : bool
        Whether to join points in steps (precision-recall) or straight (ROC).
    """
    rows = pd.concat(
        pd.DataFrame({"x": c.x, "y": c.y, "name": legend[c.class_name], "at": range(len(c.x))})
        for c in curves
    )
    known = [c for c in CLASSES if c.name in legend]
    names = [legend[c.name] for c in known]
    dashes = [dash for c, dash in zip(CLASSES, _DASHES, strict=True) if c in known]
    key = alt.Legend(title=None, orient="bottom", columns=1, labelLimit=0, symbolSize=300)
    lines = (
        alt.Chart(rows)
        .mark_line(strokeWidth=2, interpolate="step-before" if steps else "linear")
        .encode(
            x=_unit("x:Q", x),
            y=_unit("y:Q", y),
            order="at:Q",
            color=alt.Color(
                "name:N", scale=alt.Scale(domain=names, range=[c.colour for c in known]), legend=key
            ),
            strokeDash=alt.StrokeDash(
                "name:N", scale=alt.Scale(domain=names, range=dashes), legend=key
            ),
        )
    )
    layers = [lines] if steps else [_diagonal(), lines]
    return alt.layer(*layers).properties(height=460)


def reliability(calibration: Calibration) -> alt.LayerChart:
    """Set accuracy against stated confidence, before and after the temperature."""
    stages = {_("before (T = 1)"): calibration.before, _("after temperature"): calibration.after}
    rows = pd.DataFrame(row for name, stage in stages.items() for row in _bins(name, stage))
    names = list(stages)
    key = alt.Legend(title=None, orient="bottom", labelLimit=0)
    base = alt.Chart(rows)
    color = alt.Color("stage:N", scale=alt.Scale(domain=names, range=[GREY, BRASS]), legend=key)
    rules = base.mark_rule(strokeWidth=2, opacity=0.55).encode(
        x="x:Q", y="low:Q", y2="high:Q", color=color
    )
    points = base.mark_point(filled=True, opacity=0.95).encode(
        x=_unit("x:Q", _("Stated probability of the answer")),
        y=_unit("y:Q", _("Share that is right")),
        color=color,
        shape=alt.Shape(
            "stage:N", scale=alt.Scale(domain=names, range=["square", "circle"]), legend=key
        ),
        size=alt.Size("n:Q", scale=alt.Scale(range=[25, 300]), legend=None),
        tooltip=[
            alt.Tooltip("stage:N", title=" "),
            alt.Tooltip("n:Q", title=_("Images")),
            alt.Tooltip("x:Q", title=_("Stated"), format=".1%"),
            alt.Tooltip("y:Q", title=_("Right"), format=".1%"),
        ],
    )
    return alt.layer(_diagonal(), rules, points).properties(height=420)


def risk(curve: RiskCoverage, coverage: float | None, error: float | None) -> alt.LayerChart:
    """Draw the error rate among the most confident share, and where the threshold stands."""
    rows = pd.DataFrame({"x": curve.coverage, "y": curve.risk})
    line = (
        alt.Chart(rows)
        .mark_line(strokeWidth=2.5, color=BRASS)
        .encode(
            x=_unit("x:Q", _("Share of images that get an answer")),
            y=alt.Y("y:Q", title=_("Share of answers that are wrong"), axis=alt.Axis(format=".0%")),
        )
    )
    if coverage is None or error is None:
        return alt.layer(line).properties(height=360)
    name = _("the threshold")
    at = alt.Chart(pd.DataFrame({"x": [coverage], "y": [error], "name": [name]}))
    mark = at.mark_point(
        size=140, shape="diamond", filled=True, opacity=1, color=GREY, strokeWidth=2
    ).encode(x="x:Q", y="y:Q")
    guide = at.mark_rule(strokeDash=[4, 4], color=GREY).encode(x="x:Q")
    word = at.mark_text(align="right", dx=-10, dy=-8, color=ink(), fontSize=13).encode(
        x="x:Q", y="y:Q", text="name"
    )
    return alt.layer(guide, line, mark, word).properties(height=360)


def _bins(name: str, stage: Reliability) -> Iterable[dict[str, object]]:
    for b in stage.bins:
        if b.n:
            a = b.accuracy
            yield {"stage": name, "n": b.n, "x": b.confidence, "y": a.value,
                   "low": a.ci_low, "high": a.ci_high}  # fmt: skip


def _unit(field: str, title: str) -> alt.X | alt.Y:
    channel = alt.X if field.startswith("x") else alt.Y
    return channel(
        field,
        title=title,
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1]),
    )


def _diagonal() -> alt.Chart:
    ends = pd.DataFrame({"x": [0, 1], "y": [0, 1]})
    return (
        alt.Chart(ends)
        .mark_line(strokeDash=[4, 4], strokeWidth=1, color=GREY)
        .encode(x="x:Q", y="y:Q")
    )
