"""Curves of one map beside the controls', told apart by dash and name as well as by shade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import altair as alt
import pandas as pd

from core.evaluate.faithfulness import Curves
from pages._ui.board_charts import BRASS, GREY
from pages._ui.text import _, method_name

_DASHES = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3])


def curve(
    curves: Mapping[str, Curves], kind: Literal["deletion", "insertion"], answer: str
) -> alt.Chart:
    """Draw how the probability of a class moves as a scan is changed.

    Parameters
    ----------
    curves : mapping of str to Curves
        By method; the tested map first, then the controls.
    kind : {"deletion", "insertion"}
    answer : str
        Title of the class.
    """
    names = {
        name: _("{method}, area {area}").format(
            method=method_name(name), area=f"{getattr(c, f'{kind}_auc'):.2f}"
        )
        for name, c in curves.items()
    }
    rows = pd.DataFrame(
        {"map": names[name], "share": share, "probability": value}
        for name, c in curves.items()
        for share, value in zip(c.shares, getattr(c, kind), strict=True)
    )
    order = list(names.values())
    colours = [BRASS, *[GREY] * (len(order) - 1)]
    title = (
        _("Share of the pixels that are blackened")
        if kind == "deletion"
        else _("Share of the pixels that are shown")
    )
    legend = alt.Legend(title=None, orient="bottom", columns=2, labelLimit=240, symbolSize=300)
    share = alt.Axis(format=".0%", tickCount=5)
    return (
        alt.Chart(rows)
        .mark_line()
        .encode(
            x=alt.X("share:Q", title=title, axis=share),
            y=alt.Y(
                "probability:Q",
                title=_("Probability of {answer}").format(answer=answer),
                scale=alt.Scale(domain=[0, 1]),
                axis=share,
            ),
            color=alt.Color("map:N", sort=order, legend=legend).scale(domain=order, range=colours),
            strokeDash=alt.StrokeDash("map:N", sort=order).scale(
                domain=order, range=list(_DASHES[: len(order)])
            ),
            strokeWidth=alt.condition(alt.datum.map == order[0], alt.value(3.0), alt.value(1.8)),
            tooltip=[
                alt.Tooltip("map:N", title=" "),
                alt.Tooltip("share:Q", title=title, format=".0%"),
                alt.Tooltip("probability:Q", title=answer, format=".1%"),
            ],
        )
        .properties(height=380)
    )
