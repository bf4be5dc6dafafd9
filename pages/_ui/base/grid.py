"""A grid that every supported Streamlit can lay out."""

from __future__ import annotations

from typing import Any, Literal

import streamlit as st

Gap = Literal["xsmall", "small", "medium", "large"]


def grid(columns: int, *, min_column_width: int, gap: Gap = "small", **options: Any) -> Any:
    """Lay out what follows in at most `columns` columns of `min_column_width` px or more.

    `st.grid` came after the last Streamlit for Python 3.10; there a row that wraps stands in.
    """
    if hasattr(st, "grid"):
        return st.grid(columns, min_column_width=min_column_width, gap=gap, **options)
    return st.container(horizontal=True, gap=gap)
