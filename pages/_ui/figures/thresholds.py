"""What calling a tumour from each probability on is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.evaluate.board.net_benefit import THRESHOLDS
from pages._ui.base.text import _, proportion
from pages._ui.figures.house import BRASS, GREY, blank, interval, lines, shares
from pages._ui.figures.kept import kept

_LINES = (BRASS, "solid", 2.8), (GREY, "8px,3px", 2.0)  # colour, dash, width
_REFERENCES = (GREY, "2px,3px", 1.6), (GREY, "solid", 1.0)


@dataclass(frozen=True)
class Swept:
    """A curve over every threshold.

    Attributes
    ----------
    values, low, high : ndarray, shape (T,)
        At `THRESHOLDS`, with the ends of the interval.
    of : str
        On what it was measured, in words.
    n : int or None
        How many images that is.
    """

    values: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    of: str
    n: int | None


@kept
def thresholds(
    curves: Mapping[str, Swept],
    references: Mapping[str, NDArray[np.float64]],
    title: str,
    ends: tuple[float, float],
    threshold: float | None,
    point: float | None = None,
) -> go.Figure:
    """Draw curves over every threshold, the first with its interval, beside references.

    Parameters
    ----------
    curves : mapping of str to Swept
    references : mapping of str to ndarray, shape (T,)
        Values at `THRESHOLDS` of what needs no network.
    title : str
        Of the vertical axis.
    ends : tuple of (float, float)
        Between which that axis goes.
    threshold : float, optional
        Where the person's prices stand.
    point : float, optional
        From where on the first row does not rule a tumour out.
    """
    figure = blank(480)
    first = next(iter(curves.values()))
    for values, fill in ((first.low, None), (first.high, "tonexty")):
        figure.add_scatter(
            x=THRESHOLDS, y=values, mode="lines", line={"width": 0}, fill=fill, showlegend=False,
            fillcolor="rgba(168,127,42,0.22)", hoverinfo="skip",
        )  # fmt: skip
    for (name, swept), (colour, dash, width) in zip(curves.items(), _LINES, strict=False):
        figure.add_scatter(
            x=THRESHOLDS,
            y=swept.values,
            mode="lines",
            name=name,
            line={"color": colour, "dash": dash, "width": width},
            error_y=interval(*(a.round(4).tolist() for a in (swept.values, swept.low, swept.high)))
            | {"visible": False},  # for the table
            meta={"n": swept.n},
            hoverinfo="text",
            hovertext=[
                lines(
                    f"<b>{name}</b>",
                    _("Threshold: {value}").format(value=proportion(t, 0)),
                    f"{title}: {value:.1f} ({low:.1f} – {high:.1f})",
                    swept.of,
                )
                for t, value, low, high in zip(
                    THRESHOLDS, swept.values, swept.low, swept.high, strict=True
                )
            ],
        )
    for (name, values), (colour, dash, width) in zip(references.items(), _REFERENCES, strict=True):
        figure.add_scatter(
            x=THRESHOLDS,
            y=values,
            mode="lines",
            name=name,
            line={"color": colour, "dash": dash, "width": width},
            hovertemplate=lines(
                f"<b>{name}</b>",
                _("Threshold: {value}").format(value="%{x:.0%}"),
                f"{title}: %{{y:.1f}}",
            )
            + "<extra></extra>",
        )
    for name, at, colour, dash in (
        (_("your prices"), threshold, GREY, "4px,4px"),
        (_("not ruled out from here on"), point, BRASS, "2px,4px"),
    ):
        if at is not None:
            figure.add_scatter(
                x=[at, at], y=ends, mode="lines", name=name, hoverinfo="skip",
                line={"color": colour, "width": 1.2, "dash": dash},
            )  # fmt: skip
    figure.update_xaxes(shares(_("Threshold: called a tumour from this probability on")))
    figure.update_yaxes(title_text=title, range=ends)
    return figure
