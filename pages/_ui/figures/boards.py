"""Networks beside one another: two tests, three measures of worth, a class of students."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from core.evaluate.board.paper import N_TEST, Reported, weighted_accuracy
from core.figure import Figure
from pages._ui.base.text import _, ngettext, proportion
from pages._ui.figures.house import (
    BRASS,
    GREY,
    SYMBOLS,
    TONES,
    blank,
    crowded,
    interval,
    lines,
    shares,
)
from pages._ui.figures.kept import kept

_STEP = 58  # px a line


@dataclass(frozen=True)
class Twice:
    """One row under both protocols.

    Attributes
    ----------
    title : str
    note : str
        What is lost, in words.
    official, unseen : Figure
    said : (str, str)
        Both figures in words, and on what they were measured.
    reported : float or None
        The paper's test accuracy.
    n : (int or None, int or None)
        Images behind both figures.
    """

    title: str
    note: str
    official: Figure
    unseen: Figure
    said: tuple[str, str]
    reported: float | None = None
    n: tuple[int | None, int | None] = (None, None)


@kept
def twice(rows: Sequence[Twice]) -> go.Figure:
    """Draw both accuracies of each row with their intervals, and the paper's where it has one."""
    stacked = crowded((r.title, r.note) for r in rows)
    figure = blank((_STEP + 14 * stacked) * len(rows) + 150)
    parts = (
        (_("official test"), GREY, "square-open", 0.08, [r.official for r in rows], 0),
        (_("unseen patients"), BRASS, "circle-open", 0.26, [r.unseen for r in rows], 1),
    )
    for name, colour, symbol, offset, figures, which in parts:
        there = [(i, f) for i, f in enumerate(figures) if f.value is not None]
        figure.add_scatter(
            x=[f.value for _i, f in there],
            y=[i + offset for i, _f in there],
            mode="markers",
            name=name,
            error_x=interval(
                [f.value for _i, f in there],
                [f.ci_low for _i, f in there],
                [f.ci_high for _i, f in there],
            )
            | {"color": colour},
            marker={"symbol": symbol, "size": 10, "color": colour, "line": {"width": 2}},
            hoverinfo="text",
            hovertext=[
                lines(f"<b>{rows[i].title}</b>", name, rows[i].said[which]) for i, _f in there
            ],
            customdata=[{"n": rows[i].n[which]} for i, _f in there],
        )
    told = [(i, r) for i, r in enumerate(rows) if r.reported is not None]
    if told:
        name = _("the paper's test, reported")
        figure.add_scatter(
            x=[r.reported for _i, r in told],
            y=[i + 0.08 for i, _r in told],
            mode="markers",
            name=name,
            marker={"symbol": "triangle-up-open", "size": 10, "color": GREY, "line": {"width": 2}},
            hoverinfo="text",
            hovertext=[
                lines(f"<b>{r.title}</b>", name, proportion(r.reported or 0, 2), _reported())
                for _i, r in told
            ],
            meta={"n": N_TEST},
        )
    for i, row in enumerate(rows):
        above = {"y": i, "yanchor": "bottom", "xref": "paper", "yshift": 4}
        label = f"{row.title}<br>{row.note}" if stacked else row.title
        figure.add_annotation(text=label, x=0, xanchor="left", align="left", **above)
        if not stacked:
            figure.add_annotation(text=row.note, x=1, xanchor="right", **above)
    figure.update_xaxes(shares(_("Accuracy"), range=[0, 1.005], tickvals=None, nticks=6))
    figure.update_yaxes(
        range=[len(rows) - 0.35, -0.7 if stacked else -0.55], visible=False, fixedrange=True,
        title_text=_("Row"), tickvals=list(range(len(rows))), ticktext=[r.title for r in rows],
    )  # fmt: skip
    return figure


@kept
def reach(train: float, size: int, reported: Reported, longest: int) -> go.Figure:
    """Draw the headline over the number of training images, above the test's own line."""
    sizes = [longest * i / 100 for i in range(101)]
    headline = [weighted_accuracy(train, reported.accuracy, int(n)) for n in sizes]
    low, high = sorted((train, reported.accuracy))
    margin = max(0.15 * (high - low), 0.005)
    figure = blank(330)
    for name, values, colour, dash, of in (
        (_("headline"), headline, BRASS, "solid", _("{n} training images").format(n="%{x:,.0f}")),
        (_("test accuracy"), [reported.accuracy] * len(sizes), GREY, "8px,4px", _reported()),
    ):
        figure.add_scatter(
            x=sizes,
            y=values,
            mode="lines",
            name=name,
            line={"color": colour, "width": 2.5, "dash": dash},
            hovertemplate=lines(f"<b>{name}</b>: %{{y:.2%}}", of) + "<extra></extra>",
        )
    here = weighted_accuracy(train, reported.accuracy, size)
    figure.add_scatter(
        x=[size], y=[here], mode="markers+text", name=_("here"),
        text=[proportion(here, 2)], textposition="bottom right",
        marker={"size": 12, "color": BRASS}, hoverinfo="text", cliponaxis=False,
        hovertext=lines(
            f"<b>{_('headline')}</b>: {proportion(here, 2)}",
            _("{n} training images").format(n=f"{size:,}"),
        ),
    )  # fmt: skip
    figure.update_xaxes(title_text=_("Training images counted"), tickformat=",.0f", nticks=6)
    figure.update_yaxes(
        title_text=_("Share that is right"), tickformat=".1%", nticks=6,
        range=[low - margin, min(high + margin, 1.005)],
    )  # fmt: skip
    return figure


@kept
def counts(right: Mapping[str, int], of: int) -> go.Figure:
    """Draw how many scans each reader had right; the first is the class."""
    names = list(right)
    figure = blank(40 * len(names) + 64, showlegend=False, bargap=0.5)
    said = [_("{k} of {n}").format(k=k, n=of) for k in right.values()]
    figure.add_bar(
        x=list(right.values()), y=names, orientation="h", text=said, textposition="outside",
        marker={"color": [BRASS, *[GREY] * (len(names) - 1)], "cornerradius": 2},
        hoverinfo="text", hovertext=[f"{n}: {s}" for n, s in zip(names, said, strict=True)],
        name=_("Scans right"), cliponaxis=False, meta={"n": of},
    )  # fmt: skip
    figure.update_xaxes(title_text=_("Scans right"), range=[0, of * 1.15], dtick=max(1, of // 6))
    figure.update_yaxes(autorange="reversed", fixedrange=True, showgrid=False)
    return figure


def _reported() -> str:
    return ngettext(
        "reported without an interval, on {n} test image",
        "reported without an interval, on {n} test images",
        N_TEST,
    ).format(n=f"{N_TEST:,}")


@dataclass(frozen=True)
class Worth:
    """What a network is worth and what it costs to run.

    Attributes
    ----------
    name, title : str
    accuracy : Figure
    said : str
        The accuracy in words.
    of : str
        On what it was measured, in words.
    n : int
        How many images that is.
    milliseconds, megabytes : float
    """

    name: str
    title: str
    accuracy: Figure
    said: str
    of: str
    n: int
    milliseconds: float
    megabytes: float


@kept
def worth(found: Sequence[Worth]) -> go.Figure:
    """Draw accuracy against the time of an answer; the larger a mark, the larger its file."""
    figure = blank(420)
    largest = max([w.megabytes for w in found], default=1)
    for i, w in enumerate(found):
        a, tone = w.accuracy, TONES[i % len(TONES)]
        figure.add_scatter(
            x=[w.milliseconds],
            y=[a.value],
            mode="markers",
            name=w.title,
            error_y=interval([a.value], [a.ci_low], [a.ci_high]) | {"color": tone},
            marker={
                "symbol": SYMBOLS[i % len(SYMBOLS)], "color": tone,
                "size": 9 + 19 * (w.megabytes / largest) ** 0.5,
            },
            hoverinfo="text",
            hovertext=lines(
                f"<b>{w.title}</b>", _("Right: {value}").format(value=w.said), w.of,
                _("{ms} ms an image with four maps").format(ms=f"{w.milliseconds:.0f}"),
                _("{mb} MB file").format(mb=f"{w.megabytes:.1f}"),
            ),
            customdata=[{"model": w.name, "n": w.n}],
        )  # fmt: skip
    figure.update_layout(legend={"itemsizing": "constant"})
    figure.update_xaxes(title_text=_("Milliseconds an image with four maps"), rangemode="tozero")
    figure.update_yaxes(title_text=_("Accuracy"), tickformat=".0%", nticks=6)
    return figure
