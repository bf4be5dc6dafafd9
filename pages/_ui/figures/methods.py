"""All saliency methods on all networks: dots with intervals, controls as bands."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from core.evaluate.saliency.findings import SHARES, written
from core.evaluate.saliency.read import METRIC_TITLES
from core.explain.methods import METHODS
from pages._ui.base.text import _, listed, method_name
from pages._ui.figures.house import GREY, SYMBOLS, TONES, blank, interval, lines
from pages._ui.figures.kept import kept
from pages._ui.figures.saliency_rows import Column, measured

_AXIS = 110  # px that the axis and the legend take of the height
_DASHES = ("dot", "dash", "longdash", "dashdot")


@kept
def methods(
    columns: Sequence[Column], order: Sequence[str], metric: str, tumour: str | None
) -> go.Figure:
    """Draw a line a method and a dot a network, and across them the controls as bands.

    A band goes from the least to the greatest value of one control over the networks: a
    method has to leave it behind on every network.

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
    known = [n for n in order if any(_value(c, n, metric, tumour) is not None for c in columns)]
    controls = [name for name in known if METHODS[name].family == "control"]
    rows = [name for name in known if name not in controls]
    figure = blank(len(rows) * (26 + 10 * len(columns)) + _AXIS + 24)
    for k, name in enumerate(controls):
        every = [(c.title, measured(c, name, metric, tumour)) for c in columns]
        there = [(t, m) for t, m in every if m is not None and m.value is not None]
        values = [m.value for _t, m in there if m.value is not None]
        said = (f"{title}: {written(metric, m)}" for title, m in there)
        scans = _("{n} scans").format(n=listed(map(str, sorted({m.n for _t, m in there}))))
        title = method_name(name)
        words = lines(f"<b>{title}</b>", *said, scans)
        _band(figure, min(values), max(values), title, k, words)
    for i, column in enumerate(columns):
        found = [(name, measured(column, name, metric, tumour)) for name in rows]
        there = [(n, m) for n, m in found if m is not None and m.value is not None]
        aside = 0.08 + 0.6 * (i + 0.5) / len(columns)  # below the method's name and line
        tone = TONES[i % len(TONES)]
        figure.add_scatter(
            x=[m.value for _n, m in there],
            y=[rows.index(n) + aside for n, _m in there],
            mode="markers",
            name=column.title,
            error_x=interval(
                [m.value for _n, m in there],
                [m.ci_low for _n, m in there],
                [m.ci_high for _n, m in there],
            )
            | {"color": tone, "thickness": 1.8},
            marker={"symbol": SYMBOLS[i % len(SYMBOLS)], "size": 8, "color": tone},
            hoverinfo="text",
            hovertext=[
                lines(
                    f"<b>{method_name(n)}</b>",
                    column.title,
                    written(metric, m),
                    _("{n} scans").format(n=m.n),
                )
                for n, m in there
            ],
            customdata=[{"n": m.n, "model": column.name, "method": n} for n, m in there],
        )
    figure.update_xaxes(
        title_text=_(METRIC_TITLES[metric]), nticks=6,
        tickformat=".0%" if metric in SHARES else ".1f",
    )  # fmt: skip
    figure.update_layout(
        yaxis={
            "tickvals": list(range(len(rows))), "ticktext": [method_name(n) for n in rows],
            "range": [len(rows) - 0.2, -0.6], "fixedrange": True,
            "ticklabelposition": "inside top",  # or a narrow screen is half full of names
        }
    )  # fmt: skip
    return figure


def _band(figure: go.Figure, low: float, high: float, name: str, k: int, said: str) -> None:
    """Draw a control across all lines; its name stands in the legend, which switches it."""
    figure.add_scatter(
        x=[low, high, high, low, low] if high > low else [low, low],
        y=[0, 0, 1, 1, 0] if high > low else [0, 1],
        yaxis="y2",
        mode="lines",
        fill="toself" if high > low else "none",
        fillcolor="rgba(138,135,128,0.16)",
        line={"color": GREY, "width": 1.2, "dash": _DASHES[k % len(_DASHES)]},
        name=_("{method} (control)").format(method=name),
        hoverinfo="text",
        hoveron="fills",
        text=lines(f"<b>{name}</b>", said),
    )
    figure.update_layout(
        yaxis2={"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}
    )


def _value(column: Column, name: str, metric: str, tumour: str | None) -> float | None:
    found = measured(column, name, metric, tumour)
    return None if found is None else found.value
