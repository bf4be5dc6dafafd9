"""How training went: loss and accuracy over the epochs, of one run and of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import plotly.graph_objects as go

from core.cards import Epoch
from pages._ui.base.text import _, ngettext, percent
from pages._ui.figures.house import (
    BRASS,
    DASHES,
    GREY,
    TONES,
    blank,
    lines,
)
from pages._ui.figures.kept import kept

What = Literal["loss", "accuracy"]


@kept
def training(
    epochs: Sequence[Epoch], what: What, best: int | None, validated: int | None = None
) -> go.Figure:
    """Draw training and validation by epoch, with the steps of the input size.

    Parameters
    ----------
    epochs : sequence of Epoch
    what : {"loss", "accuracy"}
    best : int or None
        Epoch whose weights were kept.
    validated : int, optional
        Validation images.
    """
    title = {"loss": _("Loss"), "accuracy": _("Accuracy")}[what]
    form = ".1%" if what == "accuracy" else ".3f"
    figure = blank(400)
    for name, key, colour, dash, n in (
        (_("training, augmented"), what, GREY, "5px,3px", None),
        (_("validation, averaged weights"), f"validation_{what}", BRASS, "solid", validated),
    ):
        values = [getattr(e, key) for e in epochs]
        figure.add_scatter(
            x=[e.epoch for e in epochs],
            y=values,
            mode="lines",
            name=name,
            line={"color": colour, "width": 2, "dash": dash},
            meta={"n": n},
            hovertemplate=lines(
                f"<b>{name}</b>",
                _("Epoch {n}").format(n="%{x}"),
                f"{title}: %{{y:{form}}}",
                _images(n),
            )
            + "<extra></extra>",
        )
    kept = next((e for e in epochs if e.epoch == best), None)
    if kept:
        value = getattr(kept, f"validation_{what}")
        figure.add_scatter(
            x=[best], y=[value], mode="markers", name=_("kept"),
            marker={"symbol": "diamond", "size": 12, "color": BRASS},
            hoverinfo="text",
            hovertext=lines(
                _("Epoch {n}, whose weights were kept: {value}").format(
                    n=best, value=percent(value) if what == "accuracy" else f"{value:.3f}"
                ),
                _images(validated),
            ),
            meta={"n": validated},
        )  # fmt: skip
    sides = [0, *(e.size for e in epochs)]
    for e, before in zip(epochs, sides, strict=False):
        if e.size != before:
            figure.add_vline(e.epoch, line={"color": GREY, "width": 1}, opacity=0.5)
            figure.add_annotation(
                text=_("{side} px").format(side=e.size), x=e.epoch, y=1, yref="paper",
                xanchor="left", yanchor="top", xshift=4,
            )  # fmt: skip
    figure.update_xaxes(title_text=_("Epoch"), showgrid=False)
    figure.update_yaxes(title_text=title, tickformat=".0%" if what == "accuracy" else "", nticks=6)
    return figure


def _images(n: int | None) -> str:
    if n is None:
        return ""
    words = ngettext("{n} validation image", "{n} validation images", n).format(n=f"{n:,}")
    return lines(words, _("one run: no interval"))


@kept
def runs(
    curves: Mapping[str, Sequence[Epoch]], what: What, validated: Mapping[str, int | None]
) -> go.Figure:
    """Draw the validation curves of several runs over one another.

    Parameters
    ----------
    curves : mapping of str to sequence of Epoch
        Title of a run -> its epochs.
    what : {"loss", "accuracy"}
    validated : mapping of str to int or None
        Title of a run -> its validation images.
    """
    title = {"loss": _("Validation loss"), "accuracy": _("Validation accuracy")}[what]
    form = ".1%" if what == "accuracy" else ".3f"
    figure = blank(440)
    for i, (name, epochs) in enumerate(curves.items()):
        figure.add_scatter(
            x=[e.epoch for e in epochs],
            y=[getattr(e, f"validation_{what}") for e in epochs],
            mode="lines",
            name=name,
            line={"color": TONES[i % len(TONES)], "dash": DASHES[i % len(DASHES)], "width": 2},
            meta={"n": validated[name]},
            hovertemplate=lines(
                f"<b>{name}</b>",
                _("Epoch {n}").format(n="%{x}"),
                f"{title}: %{{y:{form}}}",
                _images(validated[name]),
            )
            + "<extra></extra>",
        )
    figure.update_xaxes(title_text=_("Epoch"), showgrid=False)
    figure.update_yaxes(title_text=title, tickformat=".0%" if what == "accuracy" else "", nticks=6)
    return figure
