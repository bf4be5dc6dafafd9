"""A figure as the table of what it draws: for readers, for screen readers, for a CSV."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from math import floor
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from pages._ui.base.text import _

if TYPE_CHECKING:
    import pandas as pd


def table(figure: go.Figure) -> pd.DataFrame:
    """List every mark of a figure that says something: which series, where, its interval, n.

    What each mark carries is a column where ``meta`` of its trace names one (``carried``);
    ``n`` there is that of every mark.

    Returns
    -------
    DataFrame
        A row a mark. Columns are named as the axes are; those that are empty are left out.
    """
    import pandas as pd

    found = pd.DataFrame(
        row
        for trace in figure.data
        if trace.hoverinfo != "skip"
        for row in (_band if trace.hoveron == "fills" else _rows)(figure, trace)
    )
    many = found.get(_("Series"), pd.Series(dtype=object)).nunique() > 1
    return found.dropna(axis=1, how="all") if many else found.dropna(axis=1, how="all").drop(
        columns=_("Series"), errors="ignore"
    )  # fmt: skip


def leads(carried: object) -> dict[str, Any]:
    """Read where a mark leads: what it carries but for its count."""
    return {k: v for k, v in carried.items() if k != "n"} if isinstance(carried, dict) else {}


def ways(figure: go.Figure) -> Iterator[tuple[str, dict[str, Any]]]:
    """List what a click on each mark of a figure says and where it leads; not to nothing."""
    for trace in figure.data:
        more = _values(trace.customdata)
        told = [trace.hovertext] * len(more) if isinstance(trace.hovertext, str) else (
            _values(trace.hovertext)
        )  # fmt: skip
        for words, carried in zip(told, more, strict=False):
            found = leads(carried)
            if found and carried.get("n") != 0:
                yield re.sub("<[^>]+>", "", words.replace("<br>", " · ")), found


def _rows(figure: go.Figure, trace: Any) -> Iterator[dict[str, Any]]:
    x_axis, y_axis = _axis(figure, trace, "x"), _axis(figure, trace, "y")
    xs, ys, n = _values(trace.x), _values(trace.y), len(_values(trace.x))
    names = dict(zip(_values(y_axis.tickvals), _values(y_axis.ticktext), strict=False))
    xname = x_axis.title.text or (trace.name if trace.type == "bar" else None) or _("Across")
    yname = y_axis.title.text or _("Row")
    more, meta = _values(trace.customdata), trace.meta or {}
    lows, highs = _ends(trace, xs, ys, n)
    for i in range(n):
        if xs[i] is None and ys[i] is None:
            continue
        y = names.get(floor(ys[i]), ys[i]) if names and isinstance(ys[i], int | float) else ys[i]
        told = more[i] if i < len(more) and isinstance(more[i], dict) else {}
        yield {
            _("Series"): trace.name,
            yname: _short(y),
            xname: _short(xs[i]),
            _("from"): _short(lows[i]),
            _("to"): _short(highs[i]),
            **({str(meta["carried"]): _short(more[i])} if "carried" in meta else {}),
            "n": told.get("n", meta.get("n")),
        }


def _band(figure: go.Figure, trace: Any) -> Iterator[dict[str, Any]]:
    """Write a band as one row: its ends."""
    found = _values(trace.x)
    name = _axis(figure, trace, "x").title.text or _("Across")
    yield {_("Series"): trace.name, name: None, _("from"): _short(min(found)),
           _("to"): _short(max(found))}  # fmt: skip


def _axis(figure: go.Figure, trace: Any, which: str) -> Any:
    """Find the axis of a trace; of small multiples, the one that carries the title."""
    axis = figure.layout[f"{which}axis{(getattr(trace, f'{which}axis') or which)[1:]}"]
    every = figure.select_xaxes() if which == "x" else figure.select_yaxes()
    titled = [a for a in every if a.title.text]
    return titled[0] if axis.title.text is None and titled else axis


def _ends(
    trace: Any, xs: list[Any], ys: list[Any], n: int
) -> tuple[list[float | None], list[float | None]]:
    for values, bars in (
        (xs, getattr(trace, "error_x", None)),
        (ys, getattr(trace, "error_y", None)),
    ):
        if bars is not None and bars.array is not None:
            plus, minus = _values(bars.array), _values(bars.arrayminus)
            return (
                [None if m is None else v - m for v, m in zip(values, minus, strict=True)],
                [None if p is None else v + p for v, p in zip(values, plus, strict=True)],
            )
    return [None] * n, [None] * n


def _values(found: Iterable[Any] | None) -> list[Any]:
    if found is None:
        return []
    return [v.item() if isinstance(v, np.generic) else v for v in found]


def _short(value: Any) -> Any:
    return float(f"{value:.5g}") if isinstance(value, float) else value
