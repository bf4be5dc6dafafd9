"""The leaderboard's table, what is not on it, and what the paper's headline means."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pandas as pd
import streamlit as st

from core.architectures import ARCHITECTURES
from core.errors import N_
from core.evaluate import paper
from core.evaluate.layout import Protocol
from core.evaluate.leaderboard import Comparison, Ranked
from core.evaluate.rows import Row
from core.evaluate.schema import Figure
from core.evaluate.statistics import ALPHA, RESAMPLES
from core.registry import ModelSpec
from pages._ui import board, cache
from pages._ui.board import Choice
from pages._ui.text import _, ngettext, proportion, sentence

SHORT = {  # beside the figure asked for
    "accuracy": N_("Accuracy"),
    "macro_f1": N_("Macro F1"),
    "mcc": N_("MCC"),
    "ece": N_("ECE"),
}
_WIDTH, _HEIGHT = 136, 34  # of a range, px
_LINE, _MARK = "#8a8780", "#a87f2a"  # brass between the two themes' own: seen on either


def table(choice: Choice, compared: Comparison | None) -> None:
    """Show every row in its place; letters of ties once rows are `compared`."""
    ranked = choice.ranked
    scale = _scale(ranked)
    rows = [_line(r, choice, compared, scale) for r in ranked]
    rows += [
        {_("Name"): ARCHITECTURES[name].title, _("Kind"): why}
        for name, why in missing(choice.board.protocol, choice.board.rows).items()
    ]
    figure = board.title(choice.figure)
    others = _others(choice.figure)
    config = st.column_config
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height="content",
        row_height=42,
        placeholder="–",
        alt=_("Leaderboard by {figure}, best first").format(figure=figure),
        column_config={
            "#": config.NumberColumn(width=40, help=_("Only what was measured here has a place.")),
            _("Name"): config.TextColumn(width=252),
            _("Kind"): config.TextColumn(width=108),
            figure: _numbers(choice.figure, width=100),
            _("95 % interval"): config.TextColumn(width=118),
            _("Range"): config.ImageColumn(
                width=152, help=_("The value and its 95 % interval, from {low} to {high}.").format(
                    low=board.number(choice.figure, scale[0]),
                    high=board.number(choice.figure, scale[1]),
                )
            ),
            _("Ties"): config.TextColumn(
                width=54, help=_("Rows that share a letter cannot be told apart.")
            ),
            **{_(SHORT[name]): _numbers(name, width=84) for name in others},
            _("Parameters"): config.NumberColumn(format="compact", width=92),
            _("Size"): config.NumberColumn(
                format="%.1f MB", width=78, help=_("Of the weights file that the app serves.")
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


def missing(protocol: Protocol, rows: tuple[Row, ...]) -> dict[str, str]:
    """List the networks that the project sets out to train and that are not on the board.

    Returns
    -------
    dict of str to str
        Name -> what is missing, in words.
    """
    there = {row.name for row in rows}
    served, broken = cache.models()
    unusable = {model.name for model in broken}
    return {
        name: _("not trained yet") if _untrained(name, protocol, served) else _("not evaluated yet")
        for name in ARCHITECTURES
        if name not in there and not (protocol == board.SHIPPED and name in unusable)
    }


def absences(choice: Choice) -> None:
    """Say what is not on the board, why, and what to type."""
    protocol = choice.board.protocol
    if choice.board.problems:
        lines = "  \n".join(map(sentence, choice.board.problems))
        st.warning(lines, icon=":material/rule:")
    absent = missing(protocol, choice.board.rows)
    if not absent:
        return
    label = ngettext(
        "{n} network is not on this board: how to add it",
        "{n} networks are not on this board: how to add them",
        len(absent),
    ).format(n=len(absent))
    served, _broken = cache.models()
    with st.expander(label, icon=":material/hourglass_empty:"):
        for name, why in absent.items():
            st.markdown(f"**{ARCHITECTURES[name].title}** · {why}")
            st.code(_commands(name, protocol, served), language=None, wrap_lines=True)


def paper_note() -> None:
    """Show what the paper reports and turn its headline into the two numbers it is made of."""
    with st.expander(_("What the paper's “weighted accuracy” is"), icon=":material/calculate:"):
        st.markdown(
            _(
                "The headline of {citation} is no accuracy on test images: it is the mean over "
                "training *and* test images. Four fifths of it are images that the network was "
                "fitted to. Rows marked as reported are copied from the paper, with its test "
                "accuracy; they came without intervals and have no place in the ranking."
            ).format(citation=paper.CITATION)
        )
        weighted, train, test = (rf"\text{{{w}}}" for w in (_("weighted"), _("train"), _("test")))
        st.latex(
            rf"{weighted} = \frac{{{paper.N_TRAIN}\cdot{train} + {paper.N_TEST}\cdot{test}}}"
            rf"{{{paper.N_TRAIN + paper.N_TEST}}}"
        )
        st.table(
            pd.DataFrame(
                {
                    _("Network"): ARCHITECTURES[r.model].title,
                    _("Weighted accuracy, reported"): board.share(r.weighted_accuracy),
                    _("Test accuracy, reported"): board.share(r.accuracy),
                    _("Training accuracy, implied"): board.share(r.implied_train_accuracy),
                }
                for r in paper.REPORTED
            ),
            border="horizontal",
            hide_index=True,
            alt=_("Reported weighted accuracy beside what it implies"),
        )


def weights_of(row: Row, choice: Choice) -> list[ModelSpec]:
    """Find the served models behind a row: its own, or an ensemble's members."""
    if row.kind != "ensemble" or row.metrics is None:
        return [row.spec] if row.spec else []
    specs, _broken = cache.models()
    return [specs[name] for name in row.metrics.provenance.members if name in specs]


def _line(
    ranked: Ranked, choice: Choice, compared: Comparison | None, scale: tuple[float, float]
) -> dict[str, Any]:
    row, figure = ranked.row, choice.figure
    letters = compared.letters.get(row.name, "") if compared else "…"
    specs = weights_of(row, choice)
    return {
        "#": ranked.position,
        _("Name"): board.row_title(row),
        board.title(figure): _shown(figure, ranked.figure.value),
        _("95 % interval"): board.span(figure, ranked.figure) or None,
        _("Range"): _range(ranked.figure, scale),
        _("Ties"): letters if ranked.position is not None else None,
        _("Kind"): _(board.KINDS[row.kind]),
        **{_(SHORT[o]): _shown(o, row.figure(o, choice.images).value) for o in _others(figure)},
        _("Parameters"): sum(s.manifest.parameters for s in specs) or None,
        _("Size"): sum(s.weights.stat().st_size for s in specs) / 1e6 or None,
    }


def _others(figure: str) -> list[str]:
    return [name for name in SHORT if name != figure][:3]


def _shown(figure: str, value: float | None) -> float | None:
    return value if value is None or figure in board.UNITLESS else value * 100


def _numbers(figure: str, width: int) -> Any:
    per_cent = _("{number}\u202f%").format(number="%.1f") + "%"  # doubled, as printf wants it
    form = "%.3f" if figure in board.UNITLESS else per_cent
    return st.column_config.NumberColumn(format=form, width=width)


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


def _untrained(name: str, protocol: Protocol, served: dict[str, ModelSpec]) -> bool:
    """Whether no weights are there; those of the official split never ship, so are unknown."""
    return protocol == board.SHIPPED and name not in served


def _commands(name: str, protocol: Protocol, served: dict[str, ModelSpec]) -> str:
    """Give what to type, in order, for a network to stand on a board."""
    train = f"python -m core train --model {name} --protocol {protocol} --data DIR"
    evaluate = f"python -m core evaluate --model {name} --protocol {protocol} --data DIR"
    trained = protocol == board.SHIPPED and name in served
    return evaluate if trained else f"{train}\n{evaluate}"
