"""Curves and counts of the four classes, in the colours that mean them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd
import plotly.graph_objects as go

from core.audit.facts import LEAKS
from core.audit.stored import Quantiles
from core.evaluate.figures.curves import Curve
from core.labels import CLASSES
from pages._ui.base.text import _, class_title, ngettext, percent, proportion
from pages._ui.figures.house import BRASS, DASHES, GREY, blank, lines, shares, thinned
from pages._ui.figures.kept import kept

_ROWS = 23  # 1311 = 57 x 23: the official test images fill the field exactly
_SHADES = {"exact": 1.0, "near": 0.62, "patient": 0.3, "free": 0.0}
_QUANTILES = (10, 25, 50, 75, 90)


@kept
def class_curves(
    curves: Iterable[Curve],
    legend: Mapping[str, str],
    sizes: Mapping[str, int],
    x: str,
    y: str,
    *,
    steps: bool,
) -> go.Figure:
    """Draw a line for each class in a unit square; a hover gives the threshold and n.

    Parameters
    ----------
    curves : iterable of Curve
    legend : mapping of str to str
        Class name -> what the legend and a hover say of it.
    sizes : mapping of str to int
        Images of each class.
    x, y : str
        Titles of the axes.
    steps : bool
        Whether to join points in steps (precision-recall) or straight (ROC).
    """
    by_name = {c.class_name: c for c in curves}
    figure = blank(470)
    if not steps:
        figure.add_shape(type="line", x0=0, y0=0, x1=1, y1=1)
    for known, dash in zip(CLASSES, DASHES, strict=False):
        if (curve := by_name.get(known.name)) is None or known.name not in legend:
            continue
        n = sizes[known.name]
        at_x, at_y, threshold = thinned(curve.x, curve.y, curve.threshold)
        figure.add_scatter(
            x=at_x,
            y=at_y,
            mode="lines",
            name=legend[known.name],
            line={
                "color": known.colour, "width": 2, "dash": dash,
                "shape": "vh" if steps else "linear",
            },
            customdata=threshold,
            meta={"n": sum(sizes.values()), "carried": _("Threshold")},
            hovertemplate=lines(
                f"<b>{legend[known.name]}</b>",
                f"{x}: %{{x:.1%}}",
                f"{y}: %{{y:.1%}}",
                _("Threshold: {value}").format(value="%{customdata:.1%}"),
                ngettext(
                    "{n} image of this class, {others} of the others",
                    "{n} images of this class, {others} of the others",
                    n,
                ).format(n=f"{n:,}", others=f"{sum(sizes.values()) - n:,}"),
            )
            + "<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(shares(x))
    figure.update_yaxes(shares(y))
    return figure


@kept
def class_bars(counts: pd.Series, top: int, title: str) -> go.Figure:
    """Draw one number for each class, on an axis that ends at `top`.

    Parameters
    ----------
    counts : Series of int
        Index: names of classes.
    top : int
        The same for charts that stand side by side.
    title : str
        What is counted.
    """
    titles = [class_title(c.name) for c in CLASSES]
    values = [int(counts[c.name]) for c in CLASSES]
    all_ = max(sum(values), 1)
    figure = blank(34 * len(CLASSES) + 8, showlegend=False, bargap=0.5)
    figure.add_bar(
        x=values,
        y=titles,
        orientation="h",
        marker={"color": [c.colour for c in CLASSES], "cornerradius": 2},
        text=[f"{n:,}" for n in values],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="text",
        hovertext=[
            lines(
                f"<b>{name}</b>",
                f"{title}: {n:,}",
                _("{share} of these {n}").format(share=proportion(n / all_), n=f"{all_:,}"),
            )
            for name, n in zip(titles, values, strict=True)
        ],
        name=title,
    )
    figure.update_xaxes(range=[0, top * 1.2], visible=False, fixedrange=True)
    figure.update_yaxes(autorange="reversed", fixedrange=True, showgrid=False)
    return figure


@kept
def waffle(counts: pd.Series, words: Mapping[str, str]) -> go.Figure:
    """Draw a cell for each official test image, in the order of `LEAKS`.

    Parameters
    ----------
    counts : Series of int
        Index: `LEAKS`.
    words : mapping of str to str
        What each kind means.
    """
    figure = blank(_ROWS * 11 + 30, showlegend=False)
    start, all_ = 0, int(counts.sum())
    for kind in LEAKS:
        n = int(counts[kind])
        if not n:
            continue
        places = range(start, start + n)
        free = kind == "free"
        figure.add_scatter(
            x=[i // _ROWS for i in places],
            y=[i % _ROWS for i in places],
            mode="markers",
            name=words[kind],
            marker={
                "symbol": "square-open" if free else "square", "size": 8,
                "color": GREY if free else BRASS, "opacity": 1 if free else _SHADES[kind],
            },
            hoverinfo="text",
            hovertext=lines(
                _("{n} of {of} images, {share}").format(
                    n=f"{n:,}", of=f"{all_:,}", share=proportion(n / all_)
                ),
                words[kind],
            ),
        )  # fmt: skip
        figure.add_annotation(
            text=f"<b>{n:,}</b>", x=(start + n - 1) // _ROWS if free else start // _ROWS, y=-0.8,
            xanchor="right" if free else "left", yanchor="bottom",
        )  # fmt: skip
        start += n
    columns = -(-start // _ROWS)
    figure.update_xaxes(range=[-0.8, columns - 0.2], visible=False, fixedrange=True)
    figure.update_yaxes(range=[_ROWS - 0.3, -2.6], visible=False, fixedrange=True)
    return figure


@kept
def spread(classes: Mapping[str, Quantiles], title: str) -> go.Figure:
    """Draw 10th to 90th percentile, the middle half and the median of each class."""
    figure = blank(50 * len(CLASSES) + 50, showlegend=False)
    for c in CLASSES:
        q = classes[c.name].model_dump()
        name = class_title(c.name)
        figure.add_scatter(
            x=[q["p10"], q["p90"]], y=[name] * 2, mode="lines", hoverinfo="skip",
            line={"color": c.colour, "width": 2},
        )  # fmt: skip
        figure.add_scatter(
            x=[q["p25"], q["p75"]], y=[name] * 2, mode="lines", hoverinfo="skip",
            line={"color": c.colour, "width": 16}, opacity=0.75,
        )  # fmt: skip
        figure.add_scatter(
            x=[q[f"p{n}"] for n in _QUANTILES],
            y=[name] * len(_QUANTILES),
            mode="markers",
            name=name,
            marker={
                "symbol": "line-ns", "size": [9, 9, 14, 9, 9],
                "line": {"width": [0, 0, 3, 0, 0], "color": c.colour}, "color": c.colour,
            },
            hoverinfo="text",
            meta={"n": q["n"]},
            hovertext=[
                lines(f"<b>{name}</b>", _("{n}th percentile: {value}").format(
                    n=n, value=f"{q[f'p{n}']:.3f}"), _("{n} images").format(n=f"{q['n']:,}"))
                for n in _QUANTILES
            ],
        )  # fmt: skip
    figure.update_xaxes(title_text=title)
    figure.update_yaxes(autorange="reversed", fixedrange=True, showgrid=False)
    return figure


@kept
def probabilities(voices: Mapping[str, Iterable[float]]) -> go.Figure:
    """Draw each network's probabilities for one scan as dots on parallel lines.

    Parameters
    ----------
    voices : mapping of str to iterable of float
        Network -> four probabilities in the order of the classes.
    """
    names = list(voices)
    table = [list(map(float, of)) for of in voices.values()]
    figure = blank(36 * len(names) + 92)
    symbols = ("circle", "square", "triangle-up", "diamond")
    for k, c in enumerate(CLASSES):
        title = class_title(c.name)
        figure.add_scatter(
            x=[row[k] for row in table],
            y=names,
            mode="markers",
            name=title,
            marker={"symbol": symbols[k], "size": 11, "color": c.colour, "opacity": 0.9},
            hoverinfo="text",
            hovertext=[
                lines(f"<b>{name}</b>", f"{title}: {percent(row[k])}")
                for name, row in zip(names, table, strict=True)
            ],
        )
    figure.update_xaxes(shares(_("Probability"), range=[-0.02, 1.02]))
    figure.update_yaxes(autorange="reversed", fixedrange=True)
    return figure
