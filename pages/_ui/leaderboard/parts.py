"""The stored figures of a row on the images that are asked for."""

from __future__ import annotations

import streamlit as st

from core.evaluate.board.ranking import Ranking
from core.evaluate.board.rows import Row
from core.evaluate.stored.schema import ImagesMetrics
from pages._ui.base.text import _


def part_of(row: Row, choice: Ranking) -> ImagesMetrics:
    """Pick the figures of all images, or of one for each distinct picture."""
    assert row.metrics is not None
    return row.metrics.images[choice.images]


def notes(row: Row) -> None:
    """Repeat what the stored figures say of themselves."""
    for note in row.metrics.notes if row.metrics else ():
        st.caption(_(note))
