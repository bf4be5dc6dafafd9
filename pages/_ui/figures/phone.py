"""The key figures of a board as a list, where a screen is too narrow for its table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import streamlit as st


@dataclass(frozen=True)
class Entry:
    """One row of a board in few words.

    Attributes
    ----------
    place : int or None
        None for what has no place.
    name, value : str
    detail : str
        The interval, and whatever else belongs to the value.
    """

    place: int | None
    name: str
    value: str
    detail: str


def figures(entries: Iterable[Entry], label: str) -> None:
    """List entries for a narrow screen; board.css hides the list where the table has room.

    Parameters
    ----------
    entries : iterable of Entry
    label : str
        What the list is of, for those who cannot see it.
    """
    rows = "".join(
        f"<li><span>{'' if e.place is None else e.place}</span><b>{escape(e.name)}</b>"
        f"<strong>{escape(e.value)}</strong><i>{escape(e.detail)}</i></li>"
        for e in entries
    )
    st.html(f'<ol class="gb-figures" aria-label="{escape(label)}">{rows}</ol>')
