"""One chart of all saliency methods on all networks."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from core.evaluate.saliency import METRIC_TITLES
from core.evaluate.saliency_findings import SHARES, written
from core.explain.methods import METHODS
from pages._ui.board_charts import BRASS, GREY
from pages._ui.saliency_rows import Column, measured
from pages._ui.text import _, method_name

_SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"]
_AXIS = 96  # px that the axis and the legend take of the height


def methods(
    columns: Sequence[Column], order: Sequence[str], metric: str, tumour: str | None
) -> alt.LayerChart:
    """Draw a line a method and a mark a network: value and 95 % interval; controls in grey.

    Parameters
    ----------
    columns : sequence of Column
    order : sequence of str
        Methods from top to bottom.
    metric : str
        Key of `METRIC_TITLES`.
    tumour : str or None
        A class, or all scans.
    """
    rows = pd.DataFrame(
        {
            "method": _label(name),
            "network": column.title,
            "value": found.value,
            "low": found.ci_low,
            "high": found.ci_high,
            "words": written(metric, found),
            "scans": found.n,
            "colour": GREY if METHODS[name].family == "control" else BRASS,
        }
        for name in order
        for column in columns
        if (found := measured(column, name, metric, tumour)) is not None
    )
    networks = [column.title for column in columns]
    shapes = [_SHAPES[i % len(_SHAPES)] for i in range(len(networks))]
    base = alt.Chart(rows).encode(
        y=alt.Y(
            "method:N", sort=[_label(n) for n in order], title=None,
            axis=alt.Axis(labelLimit=190, grid=True, ticks=False, domain=False),
        ),
        yOffset=alt.YOffset("network:N", sort=networks),
        color=alt.Color("colour:N", scale=None),
    )  # fmt: skip
    axis = alt.Axis(format=".0%" if metric in SHARES else ".1f", tickCount=5)
    intervals = base.mark_rule(strokeWidth=3, strokeCap="round", opacity=0.5).encode(
        x=alt.X("low:Q", title=_(METRIC_TITLES[metric]), axis=axis), x2="high:Q"
    )
    key = alt.Legend(title=None, orient="top", labelLimit=0, symbolFillColor=GREY)
    marks = base.mark_point(filled=True, size=55, opacity=1).encode(
        x="value:Q",
        shape=alt.Shape("network:N", scale=alt.Scale(domain=networks, range=shapes), legend=key),
        tooltip=[
            alt.Tooltip("method:N", title=" "),
            alt.Tooltip("network:N", title=_("Network")),
            alt.Tooltip("words:N", title=_("Value (95 % interval)")),
            alt.Tooltip("scans:Q", title=_("Scans")),
        ],
    )
    height = rows["method"].nunique() * (9 + 10 * len(networks)) + _AXIS
    return alt.layer(intervals, marks).properties(height=height)


def _label(name: str) -> str:
    title = method_name(name)
    if METHODS[name].family == "control":
        return _("{method} (control)").format(method=title)
    return title
