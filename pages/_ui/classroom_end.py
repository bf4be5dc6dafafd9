"""The end of a lesson: the class beside the networks, and what can be taken home."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from core import classroom
from core.classroom.summary import CLASS, outcome, right
from pages._ui import cache, classroom_door
from pages._ui.board import row_title
from pages._ui.board_charts import BRASS, GREY
from pages._ui.classroom_door import Holder
from pages._ui.text import _, class_title, ngettext


def lesson(somebody: Holder) -> None:
    """Show how many scans the class and each network had right, and each answer."""
    found = classroom.tally(cache.database(), somebody.code, somebody.key)
    answers = cache.answers()
    table = outcome(found.room.scans, found.votes, answers)
    titles = {CLASS: _("The class, by most votes")}
    if answers:
        titles |= {name: row_title(answers.voices[name].row) for name in answers.voices}
    shown = len(table)
    st.header(_("Who read the scans as the source does?"), anchor=False)
    st.altair_chart(_chart({titles[n]: k for n, k in right(table).items()}, shown))
    st.caption(
        ngettext(
            "{n} scan, {joined} joined. So few scans say nothing of who is the better reader.",
            "{n} scans, {joined} joined. So few scans say nothing of who is the better reader.",
            shown,
        ).format(n=shown, joined=found.joined)
    )
    st.dataframe(_words(table, titles), hide_index=True)
    with st.container(horizontal=True):
        st.download_button(
            _("Download CSV"), table.to_csv(index=False), f"classroom-{somebody.code}.csv",
            "text/csv", icon=":material/download:",
        )  # fmt: skip
        if st.button(_("Delete the room and its answers"), icon=":material/delete:"):
            classroom.close(cache.database(), somebody.code, somebody.key)
            classroom_door.forget()
            st.rerun()


def _words(table: pd.DataFrame, titles: dict[str, str]) -> pd.DataFrame:
    """Write the table for a person: a tick for the class of the source, a dash for none."""
    voices = [name for name in table.columns if name in titles]

    def word(name: object, truth: str) -> str:
        if not isinstance(name, str):
            return "–"
        return f"{class_title(name)} ✓" if name == truth else class_title(name)

    columns = {_("Scan"): table["scan"], _("By the source"): table["truth"].map(class_title)}
    for name in voices:
        columns[titles[name]] = [
            word(a, t) for a, t in zip(table[name], table["truth"], strict=True)
        ]
    return pd.DataFrame(columns)


def _chart(counts: dict[str, int], of: int) -> alt.LayerChart:
    rows = pd.DataFrame(
        {"name": name, "right": k, "note": _("{k} of {n}").format(k=k, n=of),
         "fill": GREY if i else BRASS}
        for i, (name, k) in enumerate(counts.items())
    )  # fmt: skip
    base = alt.Chart(rows).encode(
        y=alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=220, labelFontSize=14)),
        x=alt.X("right:Q", title=_("Scans right"), scale=alt.Scale(domain=[0, of]),
                axis=alt.Axis(tickMinStep=1)),
    )  # fmt: skip
    bars = base.mark_bar(height=16).encode(color=alt.Color("fill:N", scale=None))
    notes = base.mark_text(align="left", dx=6, color=GREY, fontSize=14).encode(text="note")
    return alt.layer(bars, notes).properties(height=38 * len(rows) + 50)
