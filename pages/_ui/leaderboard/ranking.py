"""The leaderboard's table, what is not on it, and what the paper's headline means."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pandas as pd
import streamlit as st

from core.architectures import ARCHITECTURES
from core.errors import N_
from core.evaluate.board.comparison import ALPHA, RESAMPLES
from core.evaluate.board.leaderboard import Comparison, Ranked
from core.evaluate.board.ranking import Ranking
from core.evaluate.board.rows import Row
from core.figure import Figure
from core.registry import ModelSpec
from pages._ui.base import cache, glossary
from pages._ui.base.text import _, ngettext, proportion
from pages._ui.figures import elsewhere, phone, wording
from pages._ui.figures.gaps import missing
from pages._ui.figures.phone import Entry
from pages._ui.leaderboard import reported

SHORT = {  # beside the figure asked for
    "accuracy": N_("Accuracy"),
    "macro_f1": N_("Macro F1"),
    "mcc": N_("MCC"),
    "ece": N_("ECE"),
}
ELSEWHERE = N_("Other sources")
PAPER = N_("The paper")
_WIDTH, _HEIGHT = 96, 34  # of a range, px
_LINE, _MARK = "#8a8780", "#a87f2a"  # brass between the two themes' own: seen on either


def table(choice: Ranking, compared: Comparison | None) -> None:
    """Show every row in its place; letters of ties once rows are `compared`."""
    ranked = reported.rows(choice)
    scale = _scale(ranked)
    rows = [_line(r, choice, compared, scale) for r in ranked]
    told = {r.row.reported.model for r in ranked if r.row.reported}
    rows += [
        {_("Name"): ARCHITECTURES[name].title, _("Kind"): why}
        for name, why in missing(choice.board.protocol, choice.board.rows).items()
        if name not in told
    ]
    figure = wording.title(choice.figure)
    others = _others(choice.figure)
    alt = _("Leaderboard by {figure}, best first").format(figure=figure)
    phone.figures([_entry(r, choice, compared) for r in ranked], alt)
    config = st.column_config
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height="content",
        row_height=42,
        placeholder="–",
        alt=alt,
        column_config={
            "#": config.NumberColumn(width=36, help=_("Only what was measured here has a place.")),
            _("Name"): config.TextColumn(width=244),
            _("Kind"): config.TextColumn(width=96),
            figure: _numbers(choice.figure, width=84),
            _("95 % interval"): config.TextColumn(width=112, help=glossary.meaning("interval")),
            _("Range"): config.ImageColumn(
                width=112, help=_("The value and its 95 % interval, from {low} to {high}.").format(
                    low=wording.number(choice.figure, scale[0]),
                    high=wording.number(choice.figure, scale[1]),
                )
            ),
            _("Ties"): config.TextColumn(
                width=48, help=_("Rows that share a letter cannot be told apart.")
            ),
            **{_(SHORT[name]): _numbers(name, width=76) for name in others},
            _(PAPER): _numbers(choice.figure, width=80, decimals=2),  # as it is printed there
            _(ELSEWHERE): config.NumberColumn(
                format=_per_cent(),
                width=100,
                help=_("Share of tumours found on scans of other sources."),
            ),
            _("Parameters"): config.NumberColumn(format="compact", width=92),
            _("Size"): config.NumberColumn(
                format="%.1f MB", width=74, help=_("Of the weights file that the app serves.")
            ),
        },
    )  # fmt: skip


def ties_note(compared: Comparison | None) -> str:
    """Explain the letters."""
    if compared is None:
        return _("Which rows are tied is being worked out.")
    if not compared.pairs:
        return _("There are no two rows to compare in this figure.")
    pairs = ngettext("{n} pair", "{n} pairs", len(compared.pairs)).format(n=len(compared.pairs))
    return _(
        "Rows that share a letter cannot be told apart: paired bootstrap over patients, "
        "{resamples} resamples, Holm's adjustment over {pairs}, at {alpha}."
    ).format(resamples=f"{RESAMPLES:,}", pairs=pairs, alpha=proportion(ALPHA, 0))


def weights_of(row: Row, choice: Ranking) -> list[ModelSpec]:
    """Find the served models behind a row: its own, or an ensemble's members."""
    if row.kind != "ensemble" or row.metrics is None:
        return [row.spec] if row.spec else []
    specs, _broken = cache.models()
    return [specs[name] for name in row.metrics.provenance.members if name in specs]


def _entry(ranked: Ranked, choice: Ranking, compared: Comparison | None) -> Entry:
    """Say in few words what the table says of a row."""
    letters = compared.letters.get(ranked.row.name, "") if compared else ""
    said = (
        wording.span(choice.figure, ranked.figure),
        _("ties: {letters}").format(letters=letters) if letters else "",
        _(wording.KINDS[ranked.row.kind]),
    )
    return Entry(
        ranked.position,
        wording.row_title(ranked.row),
        wording.number(choice.figure, ranked.figure.value),
        " · ".join(filter(None, said)),
    )


def _line(
    ranked: Ranked, choice: Ranking, compared: Comparison | None, scale: tuple[float, float]
) -> dict[str, Any]:
    row, figure = ranked.row, choice.figure
    letters = compared.letters.get(row.name, "") if compared else "…"
    specs = weights_of(row, choice)
    return {
        "#": ranked.position,
        _("Name"): wording.row_title(row),
        wording.title(figure): _shown(figure, ranked.figure.value),
        _("95 % interval"): wording.span(figure, ranked.figure) or None,
        **_told(choice, row),
        **_elsewhere(choice, row),  # before what a projector's width cuts off
        _("Range"): _range(ranked.figure, scale),
        _("Ties"): letters if ranked.position is not None else None,
        _("Kind"): _(wording.KINDS[row.kind]),
        **{_(SHORT[o]): _shown(o, row.figure(o, choice.images).value) for o in _others(figure)},
        _("Parameters"): sum(s.manifest.parameters for s in specs) or None,
        _("Size"): sum(s.weights.stat().st_size for s in specs) / 1e6 or None,
    }


def _told(choice: Ranking, row: Row) -> dict[str, float | None]:
    """Give the paper's own figure beside what was measured; nothing where it reports none."""
    told = reported.figures(choice)
    if not any(figure.value is not None for figure in told.values()):
        return {}
    figure = told.get(row.reported.model if row.reported else row.name)
    return {_(PAPER): _shown(choice.figure, figure.value) if figure else None}


def _elsewhere(choice: Ranking, row: Row) -> dict[str, float | None]:
    """Give the third column: tumours found on scans of other sources; none for a control."""
    if not any(elsewhere.measured(other.metrics) for other in choice.board.rows):
        return {}
    other = elsewhere.measured(row.metrics)
    return {_(ELSEWHERE): _shown("accuracy", other.found.value) if other else None}


def _others(figure: str) -> list[str]:
    return [name for name in SHORT if name != figure][:3]


def _shown(figure: str, value: float | None) -> float | None:
    return value if value is None or figure in wording.UNITLESS else value * 100


def _numbers(figure: str, width: int, decimals: int = 1) -> Any:
    form = "%.3f" if figure in wording.UNITLESS else _per_cent(decimals)
    return st.column_config.NumberColumn(format=form, width=width, help=glossary.meaning(figure))


def _per_cent(decimals: int = 1) -> str:
    return _("{number}\u202f%").format(number=f"%.{decimals}f") + "%"  # doubled, as printf wants it


def _scale(ranked: tuple[Ranked, ...]) -> tuple[float, float]:
    """Choose the ends of the ranges: 0 or the least value, 1 or the most where all are small."""
    known = [x for r in ranked for x in (r.figure.ci_low, r.figure.ci_high, r.figure.value)]
    values = [x for x in known if x is not None]
    top = max(values, default=0.0) or 1.0
    return min([*values, 0.0]), 1.0 if 0.5 < top < 1 else top


def _range(figure: Figure, scale: tuple[float, float]) -> str | None:
    """Draw value and interval as a picture in a cell."""
    if figure.value is None:
        return None

    def x(value: float) -> float:
        return 5 + (_WIDTH - 10) * (value - scale[0]) / (scale[1] - scale[0])

    low, high = (figure.ci_low, figure.ci_high)
    bar = "" if low is None or high is None else (
        f'<line x1="{x(low):.1f}" x2="{x(high):.1f}" y1="17" y2="17" stroke="{_MARK}" '
        'stroke-width="6" stroke-opacity=".55" stroke-linecap="round"/>'
    )  # fmt: skip
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}">'
        f'<line x1="5" x2="{_WIDTH - 5}" y1="17" y2="17" stroke="{_LINE}" stroke-opacity=".4"/>'
        f'{bar}<circle cx="{x(figure.value):.1f}" cy="17" r="4.5" fill="{_MARK}"/></svg>'
    )
    return f"data:image/svg+xml;utf8,{quote(svg)}"
