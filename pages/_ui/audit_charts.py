"""Charts of the dataset's audit, in colours that are seen on both themes.

The colours of the classes mean the classes. What training holds of a test image is told by
place and number as well as by shade.
"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from core.audit.facts import LEAKS
from core.audit.stored import Quantiles
from core.labels import CLASSES
from pages._ui.board_charts import BRASS, GREY, Mark, forest, ink
from pages._ui.text import class_title

_ROWS = 23  # 1311 = 57 x 23: the official test images fill the field exactly
_SHADES = {"exact": 1.0, "near": 0.62, "patient": 0.3, "free": 0.0}
_TITLES = alt.Axis(title=None, labelLimit=160, ticks=False, domain=False, labelPadding=8)


def class_bars(counts: pd.Series, top: int) -> alt.LayerChart:
    """Draw one number for each class, on an axis that ends at `top`.

    Parameters
    ----------
    counts : Series of int
        Index: names of classes.
    top : int
        The same for charts that stand side by side.
    """
    rows = pd.DataFrame(
        {
            "class": class_title(c.name),
            "n": int(counts[c.name]),
            "words": f"{counts[c.name]:,}",
            "colour": c.colour,
        }
        for c in CLASSES
    )
    base = alt.Chart(rows).encode(
        y=alt.Y("class:N", sort=None, axis=_TITLES),
        x=alt.X("n:Q", axis=None, scale=alt.Scale(domain=[0, top * 1.18])),
        tooltip=[alt.Tooltip("class:N", title=" "), alt.Tooltip("n:Q", title=" ", format=",")],
    )
    bars = base.mark_bar(cornerRadiusEnd=2, height=16).encode(
        color=alt.Color("colour:N", scale=None)
    )
    words = base.mark_text(align="left", dx=6, color=ink(), fontSize=13).encode(text="words:N")
    return alt.layer(bars, words).properties(height={"step": 30})


def waffle(counts: pd.Series) -> alt.LayerChart:
    """Draw a cell for each official test image, in the order of `LEAKS`.

    Parameters
    ----------
    counts : Series of int
        Index: `LEAKS`.
    """
    kinds = [kind for kind in LEAKS for _ in range(int(counts[kind]))]
    cells = pd.DataFrame(
        {"x": i // _ROWS, "y": i % _ROWS, "shade": _SHADES[kind], "edge": float(kind == "free")}
        for i, kind in enumerate(kinds)
    )
    x = alt.X("x:O", axis=None, scale=alt.Scale(paddingInner=0.22, paddingOuter=0))
    y = alt.Y("y:O", axis=None, scale=alt.Scale(paddingInner=0.22, paddingOuter=0))
    squares = (
        alt.Chart(cells)
        .mark_rect(color=BRASS, stroke=GREY, tooltip=None)
        .encode(
            x=x,
            y=y,
            fillOpacity=alt.FillOpacity("shade:Q", scale=None),
            strokeOpacity=alt.StrokeOpacity("edge:Q", scale=None),
        )
    )
    first = {kind: kinds.index(kind) // _ROWS for kind in LEAKS if counts[kind]}
    heads = pd.DataFrame(
        {"x": column, "n": f"{counts[kind]:,}", "last": kind == "free"}
        for kind, column in first.items()
    )
    place = alt.Chart(heads).encode(y=alt.value(0), text="n:N")
    look = {"color": ink(), "dy": -8, "fontSize": 14, "fontWeight": 600, "baseline": "bottom"}
    words = place.transform_filter("!datum.last").mark_text(align="left", **look)
    last = place.transform_filter("datum.last").mark_text(align="right", **look)
    words = words.encode(x=alt.X("x:O", axis=None, bandPosition=0))
    last = last.encode(x=alt.X("x:O", axis=None, bandPosition=1))
    return alt.layer(squares, words, last).properties(height=_ROWS * 11)


def accuracies(marks: Sequence[Mark]) -> alt.LayerChart:
    """Draw accuracies with their intervals on an axis from 0 to 1."""
    chart = forest(marks, "accuracy") + _reach()
    return chart.properties(height={"step": 46})


def areas(marks: Sequence[Mark]) -> alt.LayerChart:
    """Draw areas under the ROC curve, with a line where nothing is told."""
    half = alt.Chart(pd.DataFrame({"x": [0.5]})).mark_rule(color=GREY, strokeDash=[4, 4])
    chart = forest(marks, "macro_roc_auc") + _reach() + half.encode(x="x:Q")
    return chart.properties(height={"step": 38})


def _reach() -> alt.Chart:
    """Make an axis reach from 0 to 1."""
    return alt.Chart(pd.DataFrame({"x": [0, 1]})).mark_rule(opacity=0).encode(x="x:Q")


def spread(classes: dict[str, Quantiles], title: str) -> alt.LayerChart:
    """Draw 10th to 90th percentile, the middle half and the median of each class."""
    rows = pd.DataFrame(
        {"class": class_title(c.name), "colour": c.colour, **classes[c.name].model_dump()}
        for c in CLASSES
    )
    base = alt.Chart(rows).encode(
        y=alt.Y("class:N", sort=None, axis=_TITLES),
        color=alt.Color("colour:N", scale=None),
        tooltip=[
            alt.Tooltip("class:N", title=" "),
            *(alt.Tooltip(f"p{q}:Q", format=".3f") for q in (10, 25, 50, 75, 90)),
        ],
    )
    x = alt.X("p10:Q", title=title)
    whiskers = base.mark_rule(strokeWidth=2).encode(x=x, x2="p90:Q")
    boxes = base.mark_bar(height=18, opacity=0.75, cornerRadius=2).encode(x="p25:Q", x2="p75:Q")
    medians = base.mark_tick(thickness=3, size=26, opacity=1).encode(x="p50:Q")
    return alt.layer(whiskers, boxes, medians).properties(height={"step": 46})
