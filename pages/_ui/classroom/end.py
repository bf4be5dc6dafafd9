"""The end of a lesson: the class beside the networks, and what can be taken home."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from core import classroom
from core.classroom.summary import CLASS, leaders, outcome, right
from core.labels import CLASS_NAMES
from pages._ui.base import cache, records
from pages._ui.base.text import _, class_title, ngettext
from pages._ui.classroom import door, view
from pages._ui.classroom.door import Holder
from pages._ui.figures.boards import counts
from pages._ui.figures.show import show
from pages._ui.figures.wording import row_title


def lesson(holder: Holder) -> None:
    """Show how many scans the class and each network had right, and each answer."""
    found = classroom.tally(cache.database(), holder.code, holder.key)
    answers = records.answers()
    table = outcome(found.room.scans, found.votes, answers)
    titles = {CLASS: _("The class, by most votes")}
    if answers:
        titles |= {name: row_title(answers.voices[name].row) for name in answers.voices}
    shown = len(table)
    st.header(_("Who read the scans as the source does?"), anchor=False)
    rights = {titles[n]: k for n, k in right(table).items()}
    show(
        counts(rights, shown),
        "; ".join(f"{name}: " + _("{k} of {n}").format(k=k, n=shown) for name, k in rights.items()),
        "lesson",
    )
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
            _("Download CSV"), table.to_csv(index=False), f"classroom-{holder.code}.csv",
            "text/csv", icon=":material/download:",
        )  # fmt: skip
        _delete(holder, int(found.votes.sum()))


def _delete(holder: Holder, answers: int) -> None:
    """Offer to delete the room, and ask once more."""
    with st.popover(_("Delete the room and its answers"), icon=":material/delete:"):
        st.markdown(
            ngettext(
                "{n} answer goes with the room, and nothing brings it back.",
                "{n} answers go with the room, and nothing brings them back.",
                answers,
            ).format(n=answers)
        )
        if st.button(_("Delete for good"), type="primary", key="delete-room"):
            classroom.close(cache.database(), holder.code, holder.key)
            door.forget()
            st.rerun()


def _words(table: pd.DataFrame, titles: dict[str, str]) -> pd.DataFrame:
    """Write the table for a person: a tick for the class of the source, a dash for none."""
    voices = [name for name in table.columns if name in titles]

    def word(name: object, truth: str) -> str:
        if not isinstance(name, str):
            return "–"
        return f"{class_title(name)} ✓" if name == truth else class_title(name)

    columns: dict[str, Any] = {
        _("Scan"): table["scan"],
        _("By the source"): table["truth"].map(class_title),
    }
    for name in voices:
        columns[titles[name]] = [
            word(a, t) for a, t in zip(table[name], table["truth"], strict=True)
        ]
    votes = table[[f"votes_{name}" for name in CLASS_NAMES]].to_numpy()
    columns[titles[CLASS]] = [
        view.tie(first) if len(first) > 1 else said
        for said, first in zip(columns[titles[CLASS]], map(leaders, votes), strict=True)
    ]
    return pd.DataFrame(columns)
