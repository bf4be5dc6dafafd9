"""Values with their 95 % intervals, one a line: the plot of boards, slices and controls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go

from core.figure import Figure
from pages._ui.base.text import _
from pages._ui.figures.house import BRASS, GREY, blank, crowded, interval, lines
from pages._ui.figures.kept import kept

_AXIS = 58  # px that an axis and its title take of a chart's height


@dataclass(frozen=True)
class Mark:
    """One line of a forest plot.

    Attributes
    ----------
    label : str
        Stands above the line, on the left.
    note : str
        The value and its interval, in words.
    figure : Figure
    symbol : str
        Of Plotly's symbols; an open one for what is no network.
    of : str
        On what it was measured, in words, said on hover.
    n : int, optional
        How many images that is.
    leads : dict
        What a click means to the page: a network's name, say.
    """

    label: str
    note: str
    figure: Figure
    symbol: str = "circle"
    of: str = ""
    n: int | None = None
    leads: dict[str, Any] = field(default_factory=dict)


@kept
def forest(
    marks: Sequence[Mark],
    title: str,
    *,
    form: str = ".0%",
    reach: tuple[float, float] | None = None,
    line: float | None = None,
) -> go.Figure:
    """Draw a value and its interval on each line, from the top.

    Parameters
    ----------
    marks : sequence of Mark
        Those without a value are left out.
    title : str
        Of the axis.
    form : str
        How its numbers are written (d3-format).
    reach : (float, float), optional
        Ends of the axis; what lies beyond is drawn at the edge.
    line : float, optional
        Where to draw a dashed line to compare with.
    """
    shown = [m for m in marks if m.figure.value is not None]
    stacked = crowded((m.label, m.note) for m in shown)
    step = 62 if stacked else 48
    low, high = reach or (float("-inf"), float("inf"))

    def held(x: float | None) -> float | None:
        return None if x is None else min(max(x, low), high)

    values = [held(m.figure.value) for m in shown]
    lower = [held(m.figure.ci_low) for m in shown]
    upper = [held(m.figure.ci_high) for m in shown]
    figure = blank(step * len(shown) + _AXIS, showlegend=False)
    figure.add_scatter(
        x=values,
        y=list(range(len(shown))),
        mode="markers",
        error_x=interval(values, lower, upper) | {"color": "rgba(168,127,42,0.55)"},
        marker={
            "symbol": [m.symbol for m in shown], "size": 11, "color": BRASS,
            "line": {"width": 0},
        },
        hoverinfo="text",
        hovertext=[lines(f"<b>{m.label}</b>", m.note, m.of) for m in shown],
        customdata=[m.leads | {"n": m.n} for m in shown],
        name=title,
        cliponaxis=False,
    )  # fmt: skip
    for i, m in enumerate(shown):
        above = {"y": i, "yanchor": "bottom", "xref": "paper", "yshift": 7, "showarrow": False}
        label = f"{m.label}<br>{m.note}" if stacked else m.label
        figure.add_annotation(text=label, x=0, xanchor="left", align="left", **above)
        if not stacked:
            figure.add_annotation(text=m.note, x=1, xanchor="right", **above)
    if line is not None:
        figure.add_vline(line, layer="below", line={"color": GREY, "width": 1.5, "dash": "4px,4px"})
    figure.update_xaxes(title_text=title, tickformat=form, nticks=6, range=reach)
    figure.update_yaxes(
        range=[len(shown) - 0.7, -0.95 if stacked else -0.85], visible=False, fixedrange=True,
        tickvals=list(range(len(shown))), ticktext=[m.label for m in shown], title_text=_("Row"),
    )  # fmt: skip
    return figure
