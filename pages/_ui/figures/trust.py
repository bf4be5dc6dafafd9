"""How far stated probabilities may be trusted: reliability, and errors against coverage."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from core.evaluate.figures.calibration import BINS
from core.evaluate.stored.schema import Abstention, Calibration, RiskCoverage
from core.figure import Figure
from pages._ui.base.text import _, ngettext, proportion
from pages._ui.figures.house import BRASS, GREY, blank, interval, lines, shares, with_ends
from pages._ui.figures.kept import kept

_FEW = 0.2  # of the images
_STAGES = ((GREY, "square"), (BRASS, "circle"))


@kept
def reliability(calibration: Calibration) -> go.Figure:
    """Set accuracy against stated confidence, before and after the temperature.

    A click on a mark of the stage that is served leads to ``bin``, its number of `BINS`.
    """
    figure = blank(440)
    figure.add_shape(type="line", x0=0, y0=0, x1=1, y1=1)
    stages = (
        (_("before (T = 1)"), calibration.before),
        (_("after temperature"), calibration.after),
    )
    most = max([b.n for _name, stage in stages for b in stage.bins], default=1)
    for (name, stage), (colour, symbol) in zip(stages, _STAGES, strict=True):
        served = stage is calibration.after
        bins = [(i, b) for i, b in enumerate(stage.bins) if b.n and b.accuracy.value is not None]
        right = [b.accuracy for _i, b in bins]
        figure.add_scatter(
            x=[b.confidence for _i, b in bins],
            y=[a.value for a in right],
            mode="markers",
            name=name,
            error_y=interval(
                [a.value for a in right], [a.ci_low for a in right], [a.ci_high for a in right]
            )
            | {"color": colour, "thickness": 1.5},
            marker={
                "symbol": symbol, "color": colour, "opacity": 0.95, "line": {"width": 0},
                "size": [6 + 14 * (b.n / most) ** 0.5 for _i, b in bins],
            },
            hoverinfo="text",
            hovertext=[
                lines(
                    f"<b>{name}</b>",
                    _("Stated: {value}").format(value=proportion(b.confidence or 0)),
                    _("Right: {value}").format(value=with_ends(b.accuracy)),
                    ngettext("{n} image", "{n} images", b.n).format(n=f"{b.n:,}"),
                )
                for _i, b in bins
            ],
            cliponaxis=False,
            customdata=[{"bin": i, "n": b.n} if served else {"n": b.n} for i, b in bins],
        )  # fmt: skip
    figure.update_xaxes(shares(_("Stated probability of the answer")))
    figure.update_yaxes(shares(_("Share that is right"), range=[0, 1.02]))
    return figure


def bin_ends(i: int) -> tuple[float, float]:
    """Give the ends of a bin of the reliability diagram."""
    return i / BINS, (i + 1) / BINS


@kept
def risk(
    curve: RiskCoverage,
    risks: Sequence[Figure],
    n: int,
    chosen: Abstention | None,
    asked: int | None = None,
) -> go.Figure:
    """Draw the error rate among the most confident share, and where thresholds stand.

    Parameters
    ----------
    curve : RiskCoverage
    risks : sequence of Figure
        The error rate at each coverage, with its interval.
    n : int
        Images in all.
    chosen : Abstention, optional
        What the stored threshold does.
    asked : int, optional
        Number of the point of the curve that the person asks about.
    """
    coverage = [float(f"{c:.4g}") for c in curve.coverage]
    low, high = ([getattr(f, end) for f in risks] for end in ("ci_low", "ci_high"))
    said = [
        lines(
            _answered(proportion(c), round(c * n), n),
            _("Wrong among them: {share}").format(share=with_ends(f)),
        )
        for c, f in zip(curve.coverage, risks, strict=True)
    ]
    figure = blank(380)
    for ends, fill in ((low, None), (high, "tonexty")):
        figure.add_scatter(
            x=coverage, y=ends, mode="lines", line={"width": 0}, fill=fill, showlegend=False,
            fillcolor="rgba(168,127,42,0.18)", hoverinfo="skip",
        )  # fmt: skip
    figure.add_scatter(
        x=coverage,
        y=curve.risk,
        mode="lines+markers",
        name=_("the most confident answers"),
        line={"color": BRASS, "width": 2.5},
        marker={"size": 9, "opacity": 0},
        error_y=interval(curve.risk, low, high) | {"visible": False},  # for the table
        customdata=[{"coverage": c, "n": round(c * n)} for c in coverage],
        hoverinfo="text",
        hovertext=said,
    )
    marks = []
    if chosen and chosen.accuracy.value is not None and chosen.coverage.value is not None:
        told = lines(
            _("Answered: {share}").format(share=with_ends(chosen.coverage)),
            _("Right among them: {share}").format(share=with_ends(chosen.accuracy)),
            ngettext("{n} image", "{n} images", n).format(n=f"{n:,}"),
        )
        at = chosen.coverage.value, 1 - chosen.accuracy.value
        marks.append((_("the threshold"), *at, "diamond", GREY, told))
    if asked is not None:
        at = coverage[asked], curve.risk[asked]
        marks.append((_("the threshold that you ask about"), *at, "cross", BRASS, said[asked]))
    for name, x, y, symbol, colour, told in marks:
        figure.add_scatter(
            x=[x],
            y=[y],
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": 13, "color": colour},
            hoverinfo="text",
            hovertext=lines(f"<b>{name}</b>", told),
            meta={"n": round(x * n)},
        )
        figure.add_vline(x, line={"color": GREY, "width": 1.2, "dash": "4px,4px"})
    figure.update_xaxes(shares(_("Share of images that get an answer")))
    # Of a few answers the interval is wide: it may leave the axis, not set it.
    ends = [f.ci_high or 0 for c, f in zip(coverage, risks, strict=True) if c >= _FEW]
    top = 1.1 * max([*ends, *curve.risk]) or 1
    figure.update_yaxes(
        title_text=_("Share of answers that are wrong"), tickformat=".1%", nticks=6, range=[0, top]
    )
    return figure


def _answered(share: str, k: int, n: int) -> str:
    return ngettext(
        "Answered: {share}, {k} of {n} image", "Answered: {share}, {k} of {n} images", n
    ).format(share=share, k=f"{k:,}", n=f"{n:,}")
