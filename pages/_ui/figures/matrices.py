"""Tables of four classes, or of networks, as shades with numbers in them; each cell clickable.

A heat map's cells report no clicks in Streamlit, so a marker lies over each cell: it carries
the number, the words of the hover and where a click leads.
"""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from core.figure import Figure
from core.labels import CLASS_NAMES
from pages._ui.base.text import _, class_title, ngettext, proportion
from pages._ui.figures.house import HEAT, blank, lines, with_ends
from pages._ui.figures.kept import kept

Confusion = Sequence[Sequence[int]]


@kept
def confusion(
    name: str, title: str, counts: Confusion, recalls: Sequence[Figure], *, small: bool = False
) -> go.Figure:
    """Draw a confusion matrix: images, and their share of the true class.

    Parameters
    ----------
    name, title : str
        A network, and what a person calls it.
    counts : sequence
        Images, true class down, answer across.
    recalls : sequence of Figure
        Share of each class that is found, with its interval.
    small : bool
        Whether it is one of several, and so says whose it is.

    Returns
    -------
    go.Figure
        A click leads to ``model``, ``truth`` and ``answer``.
    """
    figure = blank(330 if small else 420, showlegend=False)
    if small:
        figure.update_layout(title={"text": f"<b>{title}</b>", "x": 0, "font": {"size": 14}})
        figure.update_layout(margin={"t": 40})
    heads = [class_title(c) for c in CLASS_NAMES]
    totals = [sum(row) for row in counts]
    of_row = [[n / total if total else 0.0 for n in row]
              for row, total in zip(counts, totals, strict=True)]  # fmt: skip
    figure.add_heatmap(
        z=of_row, x=heads, y=heads, zmin=0, zmax=1, colorscale=HEAT, showscale=False,
        hoverinfo="skip", xgap=2, ygap=2, name=title,
    )  # fmt: skip
    cells = [(i, j) for i in range(len(CLASS_NAMES)) for j in range(len(CLASS_NAMES))]
    figure.add_scatter(
        x=[heads[j] for _i, j in cells],
        y=[heads[i] for i, _j in cells],
        mode="markers+text",
        name=title,
        marker={"symbol": "square", "size": 38, "opacity": 0},
        text=[
            f"<b>{counts[i][j]:,}</b><br>{proportion(of_row[i][j])}" if totals[i] else "–"
            for i, j in cells
        ],
        textfont={"size": 12},
        hoverinfo="text",
        hovertext=[
            lines(
                f"<b>{title}</b>",
                _("{truth}, read as {answer}").format(truth=heads[i], answer=heads[j]),
                ngettext("{n} image", "{n} images", counts[i][j]).format(n=f"{counts[i][j]:,}"),
                _("{share} of the {n} of this class").format(
                    share=with_ends(recalls[i]) if i == j else proportion(of_row[i][j]),
                    n=f"{totals[i]:,}",
                ),
            )
            for i, j in cells
        ],
        customdata=[
            {"model": name, "truth": CLASS_NAMES[i], "answer": CLASS_NAMES[j], "n": counts[i][j]}
            for i, j in cells
        ],
    )
    figure.update_xaxes(
        fixedrange=True, showgrid=False, tickfont={"size": 11}, title_text=_("Answer")
    )
    figure.update_yaxes(
        autorange="reversed", fixedrange=True, showgrid=False, tickfont={"size": 11},
        title_text=_("True class"),
    )  # fmt: skip
    return figure


@kept
def disagreement(table: Sequence[Sequence[int]], names: Sequence[str], of: int) -> go.Figure:
    """Draw on how many images each two networks give different answers.

    Parameters
    ----------
    table : sequence of sequence of int, shape (K, K)
    names : sequence of str, length K
    of : int
        Images in all.
    """
    n = len(names)
    figure = blank(90 + 56 * n, showlegend=False)
    shares = [[k / of if i != j else None for j, k in enumerate(row)]
              for i, row in enumerate(table)]  # fmt: skip
    figure.add_heatmap(
        z=shares, x=list(names), y=list(names), zmin=0, colorscale=HEAT, showscale=False,
        hoverinfo="skip", xgap=2, ygap=2,
    )  # fmt: skip
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
    figure.add_scatter(
        x=[names[j] for _i, j in pairs],
        y=[names[i] for i, _j in pairs],
        mode="markers+text",
        name=_("Different answers"),
        marker={"symbol": "square", "size": 38, "opacity": 0},
        text=[f"<b>{table[i][j]:,}</b>" for i, j in pairs],
        textfont={"size": 12},
        hoverinfo="text",
        hovertext=[
            lines(
                _("<b>{one}</b> and <b>{other}</b>").format(one=names[i], other=names[j]),
                _("Different answers to {n} of {of} images, {share}").format(
                    n=f"{table[i][j]:,}", of=f"{of:,}", share=proportion(table[i][j] / of)
                ),
            )
            for i, j in pairs
        ],
        customdata=[{"n": table[i][j]} for i, j in pairs],
    )
    figure.update_xaxes(fixedrange=True, showgrid=False)  # names turn where they lack room
    figure.update_yaxes(autorange="reversed", fixedrange=True, showgrid=False)
    return figure
