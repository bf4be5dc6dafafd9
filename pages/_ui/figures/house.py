"""The look of every figure: one template a theme, one brass, one grey, shapes beside colours.

Builders in this folder take stored figures and return a `go.Figure`; they know nothing of
Streamlit and of the theme, which `show` gives a figure when it is drawn. The four colours of
the classes mean the classes and nothing else; what else has to be told apart is told by
shape, dash and words as well as by tone.
"""

from __future__ import annotations

import hashlib
import unicodedata
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
import plotly.io as pio
from numpy.typing import NDArray

from core.figure import Figure
from pages._ui.base.text import proportion

Theme = Literal["dark", "light"]

BRASS, GREY = "#a87f2a", "#8a8780"  # between the themes' own: seen on either ground
TONES = (BRASS, "#7c86a8", "#a06a8c", "#5f9795", "#9b7653", GREY)  # no class's colour
DASHES = ("solid", "9px,4px", "2px,3px", "12px,3px,2px,3px", "16px,5px", "5px,5px")
SYMBOLS = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
KIND_SYMBOLS = {
    "model": "circle",
    "ensemble": "diamond",
    "control": "square-open",
    "reported": "triangle-up-open",
}
HEAT = [[0.0, "rgba(168,127,42,0.04)"], [1.0, "rgba(168,127,42,0.55)"]]  # words stay legible
_CLICKED = {"clickmode": "event+select", "hovermode": "closest", "dragmode": "pan"}
_ROOM = 46  # letters; Chinese ones take the place of two
FONT = '"Source Sans", "Source Sans Pro", "Noto Sans SC", "Noto Sans CJK SC", sans-serif'

# ink: words, at least 5:1 on the ground; line: axes and grids; paper: under a hover's words;
# ground: the page's own (.streamlit/config.toml), on which a picture taken home is read as well
_INKS: Mapping[Theme, Mapping[str, str]] = {
    "dark": {
        "ink": "#a09d95",
        "text": "#e7e4dd",
        "line": "#2a3138",
        "paper": "#171c21",
        "ground": "#0c0f12",
    },
    "light": {
        "ink": "#5d6166",
        "text": "#22272b",
        "line": "#dcd5c7",
        "paper": "#f0ece3",
        "ground": "#faf8f4",
    },
}


def template(theme: Theme) -> go.layout.Template:
    """Make the house template of a theme: small, since it travels with every figure."""
    c = _INKS[theme]
    axis = {
        "automargin": True,
        "gridcolor": c["line"],
        "linecolor": c["line"],
        "zeroline": False,
        "ticks": "",
        "ticklabelstandoff": 5,  # or both zeros of a square lie on one another
        "title": {"standoff": 10, "font": {"size": 13}},
    }
    return go.layout.Template(
        data={"scatter": [{"textfont": {"color": c["text"]}}]},
        layout={
            "font": {"family": FONT, "size": 13, "color": c["ink"]},
            "paper_bgcolor": c["ground"],
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 8, "r": 24, "t": 12, "b": 8},
            "colorway": list(TONES),
            "xaxis": axis,
            "yaxis": axis,
            "hovermode": "closest",
            "hoverlabel": {
                "align": "left",
                "bgcolor": c["paper"],
                "bordercolor": c["line"],
                "font": {"family": FONT, "size": 13, "color": c["text"]},
                "namelength": -1,
            },
            "legend": {
                "orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom",
                "bgcolor": "rgba(0,0,0,0)", "itemwidth": 44, "traceorder": "normal",
            },
            "annotationdefaults": {
                "showarrow": False, "font": {"size": 13, "color": c["ink"]}, "bgcolor": c["ground"],
            },
            "shapedefaults": {"line": {"color": GREY, "width": 1.2, "dash": "4px,4px"}},
            "modebar": {
                "bgcolor": "rgba(0,0,0,0)", "color": c["ink"], "activecolor": c["text"],
            },
        }
    )  # fmt: skip


for _theme in _INKS:
    pio.templates[f"glassbrain-{_theme}"] = template(_theme)


def dressed(figure: go.Figure, theme: Theme, clicked: bool = False) -> go.Figure:
    """Write a theme's template into a copy of a figure; made once for each theme.

    Streamlit gives Plotly each figure two or three times, every time a new copy. Plotly takes
    the copy of a template, and anything that Streamlit itself sets where marks can be clicked,
    for a change and draws everything anew. A figure that has all this from the start, and
    `datarevision` to say that its data are the same, is drawn once.
    """
    made: dict[tuple[Theme, bool], go.Figure] = getattr(figure, "_dressed", {})
    if (theme, clicked) not in made:
        own, house = figure.to_plotly_json(), pio.templates[f"glassbrain-{theme}"].to_plotly_json()
        layout = _layout(own["layout"], house["layout"]) | (_CLICKED if clicked else {})
        kept = go.Figure({"data": _traces(own["data"], house["data"]), "layout": layout})
        kept.layout.template = None  # Plotly's own, which every new figure is given
        kept.layout.datarevision = hashlib.sha256(kept.to_json().encode()).hexdigest()[:16]
        made = figure._dressed = made | {(theme, clicked): kept}
    return made[theme, clicked]


def _traces(traces: Sequence[dict[str, Any]], house: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [_listed(_over(house.get(t["type"], [{}])[0], t)) for t in traces]


def _listed(value: Any) -> Any:
    """Write packed arrays as lists, at any depth: Plotly takes a second array for another one."""
    if isinstance(value, list):
        return [_listed(v) for v in value]
    if not isinstance(value, dict):
        return value
    if "bdata" not in value:
        return {k: _listed(v) for k, v in value.items()}
    shape = [int(n) for n in value.get("shape", "-1").split(",")]
    numbers = np.frombuffer(b64decode(value["bdata"]), value["dtype"]).reshape(shape)
    return (_six_digits(numbers) if numbers.dtype.kind == "f" else numbers).tolist()


_six_digits = np.frompyfunc(lambda number: float(f"{number:.6g}"), 1, 1)


def _layout(own: Mapping[str, Any], house: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a layout over the template's; what the template says of each axis or note, over each."""
    each = {"annotations": house["annotationdefaults"], "shapes": house["shapedefaults"]}
    whole = {k: v for k, v in house.items() if not k.endswith("defaults")}
    found = _over(whole, {k: v for k, v in own.items() if k != "template"})
    for name, value in own.items():
        if name in each:
            found[name] = [_over(each[name], one) for one in value]
        elif name[:5] in ("xaxis", "yaxis"):
            found[name] = _over(house[name[:5]], value)
    return found


def _over(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Merge: what `over` says holds, at any depth, and `under` where it says nothing."""
    deep = {k: _over(under[k], v) for k, v in over.items()
            if isinstance(v, dict) and isinstance(under.get(k), dict)}  # fmt: skip
    return {**under, **over, **deep}


def blank(height: int, **layout: Any) -> go.Figure:
    """Begin a figure of a height in px, bare of any other template."""
    return go.Figure(layout={"height": height, "template": go.layout.Template(), **layout})


def shares(title: str, **more: Any) -> dict[str, Any]:
    """Describe an axis of shares from 0 to all."""
    ticks = {"tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]}
    return {"title": {"text": title}, "range": [0, 1], **ticks, **more}


def interval(
    value: Sequence[float | None], low: Sequence[float | None], high: Sequence[float | None]
) -> dict[str, Any]:
    """Describe error bars from values and the ends of their intervals; None has none."""

    def gap(a: float | None, b: float | None) -> float | None:
        return None if a is None or b is None else b - a

    return {
        "type": "data",
        "symmetric": False,
        "array": [gap(v, h) for v, h in zip(value, high, strict=True)],
        "arrayminus": [gap(v, w) for v, w in zip(low, value, strict=True)],
        "thickness": 2.5,
        "width": 0,
    }


def with_ends(figure: Figure) -> str:
    """Write a share with its interval in brackets, where it has one."""
    if figure.value is None:
        return "–"
    if figure.ci_low is None or figure.ci_high is None:
        return proportion(figure.value)
    ends = f"{proportion(figure.ci_low)} – {proportion(figure.ci_high)}"
    return f"{proportion(figure.value)} ({ends})"


def crowded(pairs: Iterable[tuple[str, str]]) -> bool:
    """Whether any two notes, one left and one right, lack the room of a narrow screen's line."""
    return any(_width(left) + _width(right) > _ROOM for left, right in pairs)


def _width(words: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)


def lines(*parts: str) -> str:
    """Write what a hover says, a line a part; empty ones are left out."""
    return "<br>".join(filter(None, parts))


def thinned(
    x: NDArray[np.floating], y: NDArray[np.floating], *others: NDArray[np.floating]
) -> tuple[NDArray[np.float32], ...]:
    """Drop points of a curve that no screen can tell from the one before.

    A point stays where it is 1/400 of the axis or more from the last that stayed, on either
    axis; the first and the last stay. Those that stay are not moved.

    Parameters
    ----------
    x, y : ndarray, shape (N,)
        Shares, 0 to 1.
    *others : ndarray, shape (N,)
        Thinned alike.
    """
    kept = [0] if len(x) else []
    for i in range(1, len(x)):
        if i == len(x) - 1 or max(abs(x[i] - x[kept[-1]]), abs(y[i] - y[kept[-1]])) >= 0.0025:
            kept.append(i)
    return tuple(np.asarray(a, np.float32)[kept] for a in (x, y, *others))
