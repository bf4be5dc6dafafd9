"""What a change of the scan does to the answer: over strength, gamma and share of pixels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import plotly.graph_objects as go

from core.evaluate.saliency.faithfulness import Curves
from pages._ui.base.text import _, method_name, percent
from pages._ui.figures.house import (
    BRASS,
    DASHES,
    GREY,
    SYMBOLS,
    TONES,
    blank,
    interval,
    lines,
    shares,
)
from pages._ui.figures.kept import kept


@kept
def faithfulness(
    curves: Mapping[str, Curves], kind: Literal["deletion", "insertion"], answer: str
) -> go.Figure:
    """Draw how the probability of a class moves as a scan is changed.

    Parameters
    ----------
    curves : mapping of str to Curves
        By method; the tested map first, then the controls.
    kind : {"deletion", "insertion"}
    answer : str
        Title of the class.
    """
    title = (
        _("Share of the pixels that are blackened")
        if kind == "deletion"
        else _("Share of the pixels that are shown")
    )
    figure = blank(400)
    for i, (method, c) in enumerate(curves.items()):
        name = _("{method}, area {area}").format(
            method=method_name(method), area=f"{getattr(c, f'{kind}_auc'):.2f}"
        )
        figure.add_scatter(
            x=list(map(float, c.shares)),
            y=list(map(float, getattr(c, kind))),
            mode="lines",
            name=name,
            line={
                "color": GREY if i else BRASS, "width": 1.8 if i else 3,
                "dash": DASHES[i % len(DASHES)],
            },
            hovertemplate=f"<b>{name}</b><br>{title}: %{{x:.0%}}<br>{answer}: %{{y:.1%}}"
            "<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(shares(title))
    figure.update_yaxes(shares(_("Probability of {answer}").format(answer=answer)))
    return figure


@dataclass(frozen=True)
class Line:
    """One network over how much a scan is changed.

    Attributes
    ----------
    title : str
    x, y : tuple of float
        Strengths or gammas; shares, and none where the answer is withheld.
    notes : tuple of str
        Said on hover, one a point.
    low, high : tuple of float or None
        Intervals, where there are some.
    """

    title: str
    x: tuple[float, ...]
    y: tuple[float | None, ...]
    notes: tuple[str, ...]
    low: tuple[float | None, ...] | None = None
    high: tuple[float | None, ...] | None = None


@kept
def strengths(drawn: Sequence[Line], y: str, strength: float, apart: float = 0.0) -> go.Figure:
    """Draw a line for each network over a change's strength, and where we are.

    Parameters
    ----------
    drawn : sequence of Line
    y : str
        Title of the axis.
    strength : float
        Where the person stands.
    apart : float
        Share of the axis by which networks are moved aside, so that intervals are seen.
    """
    figure = blank(380)
    figure.add_vline(strength, line={"color": GREY, "width": 1.2, "dash": "4px,4px"})
    _networks(figure, drawn, y, lambda x: _("Strength: {value}").format(value=f"{x:.0%}"), apart)
    figure.update_xaxes(
        shares(_("Strength of the change"), range=[-0.03, 1.03], tickvals=None, nticks=6)
    )
    figure.update_yaxes(shares(y, range=[0, 1.02]))
    return figure


@kept
def gammas(drawn: Sequence[Line], y: str, apart: float = 0.0) -> go.Figure:
    """Draw a line for each network over the gamma by which levels are bent.

    Parameters
    ----------
    drawn : sequence of Line
        At 1 nothing is bent.
    y : str
        Title of the axis.
    apart : float
        As for `strengths`.
    """
    figure = blank(320)
    figure.add_vline(1, line={"color": GREY, "width": 1.2, "dash": "4px,4px"})
    _networks(figure, drawn, y, lambda x: _("Gamma: {value}").format(value=f"{x:.1f}"), apart)
    x = sorted({at for line in drawn for at in line.x})
    title = _("Gamma: below 1 the middle greys get brighter, above 1 darker")
    figure.update_xaxes(title_text=title, tickvals=x, tickformat=".1f", showgrid=False)
    figure.update_yaxes(shares(y, range=None, rangemode="tozero", tickvals=None, nticks=6))
    return figure


def _networks(
    figure: go.Figure, drawn: Sequence[Line], y: str, where: Callable[[float], str], apart: float
) -> None:
    for i, line in enumerate(drawn):
        tone = TONES[i % len(TONES)]
        aside = (i - (len(drawn) - 1) / 2) * apart
        bars = {}
        if line.low and line.high:
            bars["error_y"] = interval(list(line.y), list(line.low), list(line.high)) | {
                "color": tone, "thickness": 1.5
            }  # fmt: skip
        figure.add_scatter(
            x=[x + aside for x in line.x],
            y=list(line.y),
            mode="lines+markers",
            name=line.title,
            line={"color": tone, "width": 2, "dash": DASHES[i % len(DASHES)]},
            marker={"symbol": SYMBOLS[i % len(SYMBOLS)], "size": 8, "color": tone},
            hoverinfo="text",
            hovertext=[
                lines(
                    f"<b>{line.title}</b>",
                    where(at),
                    y if value is None else f"{y}: {percent(value)}",
                    note,
                )
                for at, value, note in zip(line.x, line.y, line.notes, strict=True)
            ],
            **bars,
        )
