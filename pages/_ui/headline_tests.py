"""The official test beside the one without the patients of training: memory and networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd
import streamlit as st

from core.architectures import ARCHITECTURES
from core.audit import facts
from core.errors import GlassbrainError
from core.evaluate.layout import CONTROLS, ENSEMBLE, PROTOCOLS, Protocol
from core.evaluate.leaderboard import Leaderboard, load_leaderboard
from core.evaluate.paper import REPORTED
from core.evaluate.rows import UNKNOWN, Row
from core.evaluate.schema import Figure
from core.settings import Settings
from pages._ui import board, board_table
from pages._ui.board_charts import BRASS, GREY, ink
from pages._ui.headline_formula import printed
from pages._ui.text import _, sentence

STEP = 58  # px a line


@dataclass(frozen=True)
class Both:
    """One control, network or ensemble under both protocols.

    Attributes
    ----------
    name, title, kind : str
    rows : dict of str to Row
        What is stored, by protocol.
    reported : float or None
        The paper's test accuracy of this architecture.
    absent : dict of str to str
        Why nothing is stored, by protocol.
    """

    name: str
    title: str
    kind: str
    rows: dict[Protocol, Row]
    reported: float | None
    absent: dict[Protocol, str]

    def accuracy(self, protocol: Protocol) -> Figure:
        """Look up the accuracy on all test images; empty where nothing is stored."""
        row = self.rows.get(protocol)
        return row.figure("accuracy") if row else UNKNOWN


@dataclass(frozen=True)
class Found:
    """All that is stored, and what had to be left out."""

    rows: tuple[Both, ...]
    problems: tuple[GlassbrainError, ...]

    def named(self, name: str) -> Both | None:
        """Find a row by its name."""
        return next((row for row in self.rows if row.name == name), None)


def introduction() -> str:
    """Say what is wrong with the official test."""
    counts = facts.leaks(facts.table()).sum()
    tested, free = int(counts.sum()), int(counts["free"])
    return _(
        "{leaking} of the {all} official test images come from a patient or picture family that "
        "training holds too. Below, each control and network stands twice: on that test, and on "
        "patients kept apart from its training. A nearest neighbour is nothing but memory; what "
        "it loses is what memory was worth. Both are single slices of one collection."
    ).format(leaking=f"{tested - free:,}", all=f"{tested:,}")


def gather() -> Found:
    """Read both boards; every architecture has a line, trained or not."""
    boards = {p: load_leaderboard(Settings().models_dir, p) for p in PROTOCOLS}
    stored = {
        protocol: {row.name: row for row in b.rows if row.metrics} for protocol, b in boards.items()
    }
    reported = {r.model: r.accuracy for r in REPORTED}
    others = [n for rows in stored.values() for n in rows if n not in CONTROLS and n != ENSEMBLE]
    names = [*reversed(CONTROLS), *dict.fromkeys([*ARCHITECTURES, *others])]
    if any(ENSEMBLE in rows for rows in stored.values()):
        names.append(ENSEMBLE)
    return Found(
        tuple(_both(name, boards, stored, reported.get(name)) for name in names),
        tuple(problem for b in boards.values() for problem in b.problems),
    )


def chart(found: Found) -> None:
    """Draw what is stored under both protocols, a line for each."""
    st.markdown(_("**How much of a score is left when the patients are new?**"))
    shown = [row for row in found.rows if row.rows]
    if not shown:
        st.info(_("Nothing has been evaluated yet."), icon=":material/rule:")
        return
    st.altair_chart(
        _lines(shown),
        alt=_("Accuracy on the official test and on unseen patients; the table below has the "
              "same values"),
    )  # fmt: skip


def table(found: Found) -> None:
    """List every line with its figures, and say what is not there."""
    rows = []
    for row in found.rows:
        rows.append(
            {
                _("Name"): row.title,
                _("Kind"): row.kind,
                _("Reported test"): None if row.reported is None else printed(row.reported),
                **{
                    _(board.PROTOCOL_TITLES[p]): (
                        board.with_span("accuracy", row.accuracy(p))
                        if p in row.rows
                        else row.absent[p]
                    )
                    for p in PROTOCOLS
                },
            }
        )
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height="content",
        placeholder="–",
        alt=_("Accuracy of every control and network under both protocols"),
        column_config={_("Name"): st.column_config.TextColumn(width=270)},
    )
    st.caption(
        _(
            "Accuracy on all test images with its 95\u202f% interval over patients. Reported "
            "figures are the paper's, on the official test, and came without intervals. The two "
            "tests are of different images, so a difference has no paired test."
        )
    )
    for problem in found.problems:
        if "has not been evaluated" not in problem.template:  # stands in the table
            st.warning(sentence(problem), icon=":material/rule:")


def stamps(found: Found) -> None:
    """Say which files the figures are from."""
    for protocol in PROTOCOLS:
        st.markdown(f"**{_(board.PROTOCOL_TITLES[protocol])}**")
        board.stamp(
            f"headline-{protocol}",
            [row.rows[protocol] for row in found.rows if protocol in row.rows],
        )


def _both(
    name: str,
    boards: dict[Protocol, Leaderboard],
    stored: dict[Protocol, dict[str, Row]],
    reported: float | None,
) -> Both:
    rows = {p: stored[p][name] for p in PROTOCOLS if name in stored[p]}
    absent = {
        p: board_table.missing(p, boards[p].rows).get(name) or _("not evaluated yet")
        for p in PROTOCOLS
        if p not in rows
    }
    known = next(iter(rows.values()), None)
    kind = "control" if name in CONTROLS else "ensemble" if name == ENSEMBLE else "model"
    title = board.row_title(known) if known else _title(name)
    return Both(name, title, _(board.KINDS[kind]), rows, reported, absent)


def _title(name: str) -> str:
    return ARCHITECTURES[name].title if name in ARCHITECTURES else _(CONTROLS.get(name, name))


def _lines(shown: Sequence[Both]) -> alt.LayerChart:
    """Draw both marks of each line with their intervals, and the paper's where it has one."""
    names = [_("official test"), _("unseen patients"), _("the paper's test, reported")]
    rows = []
    for i, row in enumerate(shown):
        for name, protocol in zip(names, ("official", "unseen-patients"), strict=False):
            f = row.accuracy(protocol)  # type: ignore[arg-type]
            if f.value is not None:
                rows.append({"line": i, "label": row.title, "name": name, "value": f.value,
                             "low": f.ci_low, "high": f.ci_high,
                             "note": board.with_span("accuracy", f)})  # fmt: skip
        if row.reported is not None:
            rows.append({"line": i, "label": row.title, "name": names[2], "value": row.reported,
                         "low": None, "high": None, "note": printed(row.reported)})  # fmt: skip
    heads = pd.DataFrame(
        {"line": i, "label": row.title, "note": _drop(row)} for i, row in enumerate(shown)
    )
    y = alt.Y("line:O", axis=None)
    x = alt.X("value:Q", title=_("Accuracy"), scale=alt.Scale(domain=[0, 1], nice=False),
              axis=alt.Axis(format=".0%", tickCount=6))  # fmt: skip
    key = alt.Legend(title=None, orient="top", labelLimit=0, columns=1, symbolSize=110)
    color = alt.Color(
        "name:N", scale=alt.Scale(domain=names, range=[GREY, BRASS, GREY]), legend=key
    )
    shapes = ["square", "circle", "triangle-up"]
    shape = alt.Shape("name:N", scale=alt.Scale(domain=names, range=shapes), legend=key)
    base = alt.Chart(pd.DataFrame(rows))
    layers = []
    for name, offset in zip(names, (5, 15, 5), strict=True):
        part = base.transform_filter(alt.datum.name == name)
        if any(row["name"] == name and row["low"] is not None for row in rows):
            layers.append(
                part.mark_rule(strokeWidth=3, strokeCap="round", opacity=0.55, yOffset=offset)
                .encode(y=y, x=alt.X("low:Q"), x2="high:Q", color=color)
            )  # fmt: skip
        layers += [
            part.mark_point(size=95, strokeWidth=2, opacity=1, filled=False, yOffset=offset).encode(
                y=y, x=x, color=color, shape=shape,
                tooltip=[alt.Tooltip(f"{f}:N", title=" ") for f in ("label", "name", "note")],
            ),
        ]  # fmt: skip
    words = {"baseline": "bottom", "dy": -7, "fontSize": 13, "color": ink()}
    head = alt.Chart(heads).encode(y=y)
    room = alt.ExprRef("max(90, width - 130)")
    left = head.mark_text(align="left", limit=room, **words).encode(x=alt.value(0), text="label")
    right = head.mark_text(align="right", **words).encode(x=alt.value("width"), text="note")
    return alt.layer(*layers, left, right).properties(height=STEP * len(shown) + 120)


def _drop(row: Both) -> str:
    """Write both accuracies, official first."""
    values = [row.accuracy(p).value for p in ("official", "unseen-patients")]
    return " → ".join(board.number("accuracy", v) for v in values)
