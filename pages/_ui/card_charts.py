"""Charts of a model card, in colours that are seen on both themes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import altair as alt
import pandas as pd

from core.cards import Epoch
from pages._ui.board_charts import BRASS, GREY, ink
from pages._ui.text import _

Curve = Literal["loss", "accuracy"]


def curves(epochs: Sequence[Epoch], what: Curve, best: int) -> alt.LayerChart:
    """Draw training and validation by epoch, with the steps of the input size.

    Parameters
    ----------
    epochs : sequence of Epoch
    what : {"loss", "accuracy"}
    best : int
        Epoch whose weights were kept.
    """
    training, validation = _("training, augmented"), _("validation, averaged weights")
    rows = pd.DataFrame(
        row
        for e in epochs
        for row in (
            {"epoch": e.epoch, "who": training, "value": getattr(e, what)},
            {"epoch": e.epoch, "who": validation, "value": getattr(e, f"validation_{what}")},
        )
    )
    names = [training, validation]
    key = alt.Legend(title=None, orient="bottom", columns=1, labelLimit=0, symbolSize=300)
    title = {"loss": _("Loss"), "accuracy": _("Accuracy")}[what]
    axis = alt.Axis(format=".0%") if what == "accuracy" else alt.Axis(tickCount=5)
    lines = (
        alt.Chart(rows)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("epoch:Q", title=_("Epoch"), axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("value:Q", title=title, scale=alt.Scale(zero=False), axis=axis),
            color=alt.Color(
                "who:N", scale=alt.Scale(domain=names, range=[GREY, BRASS]), legend=key
            ),
            strokeDash=alt.StrokeDash(
                "who:N", scale=alt.Scale(domain=names, range=[[5, 3], [1, 0]]), legend=key
            ),
            tooltip=[
                alt.Tooltip("epoch:Q", title=_("Epoch")),
                alt.Tooltip("who:N", title=" "),
                alt.Tooltip("value:Q", title=title, format=".3f"),
            ],
        )
    )
    steps = pd.DataFrame(_steps(epochs))
    marks = alt.Chart(steps).encode(x="epoch:Q")
    rules = marks.mark_rule(color=GREY, opacity=0.5)
    words = marks.mark_text(
        align="left", baseline="bottom", dx=4, dy=-4, color=ink(), fontSize=12
    ).encode(y=alt.value(0), text="size:N")
    kept = (
        alt.Chart(rows[(rows["epoch"] == best) & (rows["who"] == validation)])
        .mark_point(shape="diamond", size=130, filled=True, color=BRASS, opacity=1)
        .encode(x="epoch:Q", y="value:Q")
    )
    return alt.layer(rules, words, lines, kept).properties(height=380)


def _steps(epochs: Sequence[Epoch]) -> list[dict[str, object]]:
    """List the epochs at which the input side changes."""
    sides = [0, *(e.size for e in epochs)]
    return [
        {"epoch": e.epoch, "size": _("{side} px").format(side=e.size)}
        for e, before in zip(epochs, sides, strict=False)
        if e.size != before
    ]
