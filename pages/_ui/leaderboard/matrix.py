"""The confusion matrix, whose cells open their pictures, and the mistakes as links."""

from __future__ import annotations

import streamlit as st

from core.evaluate.board.ranking import Ranking
from core.evaluate.board.rows import Row
from core.evaluate.stored.schema import ImagesMetrics
from core.figure import Figure
from core.labels import CLASS_NAMES
from pages._ui.base.grid import grid
from pages._ui.base.text import _, class_title
from pages._ui.figures import wording
from pages._ui.figures.matrices import confusion
from pages._ui.figures.show import clicked

CASES = "pages/cases.py"


def matrix(row: Row, choice: Ranking) -> None:
    """Show what each class was taken for: images, and their share of the true class."""
    assert row.metrics is not None
    part = row.metrics.images[choice.images]
    with grid(2, min_column_width=440, gap="medium"):
        with st.container(gap="small"):
            clicked(
                confusion(row.name, wording.row_title(row), part.confusion, recalls(part)),
                _("{name}, {n} images: true class down, answer across").format(
                    name=wording.row_title(row), n=f"{part.n:,}"
                ),
                f"matrix-{row.name}",
                CASES if wording.has_cases(row, choice) else None,
            )
        with st.container(gap="small"):
            _ways_on(row, choice, _mistakes(part))


def _ways_on(row: Row, choice: Ranking, mistakes: list[tuple[int, str, str]]) -> None:
    """Name the mistakes, most frequent first, as links to their pictures where those ship."""
    st.markdown(_("**Mistakes, most frequent first**") if mistakes else _("No mistakes."))
    linked = wording.has_cases(row, choice)
    with st.container(horizontal=True, gap="small", key=f"board-mistakes-{row.name}"):
        for count, truth, answer in mistakes:
            words = f"{class_title(truth)} → {class_title(answer)} · {count}"
            if linked:
                asked = {"model": row.name, "truth": truth, "answer": answer}
                st.page_link(CASES, label=words, query_params=asked)
            else:
                st.markdown(words, width="content")


def recalls(part: ImagesMetrics) -> list[Figure]:
    """List the share of each class that is found, with its interval."""
    return [part.classes[name].recall for name in CLASS_NAMES]


def _mistakes(part: ImagesMetrics) -> list[tuple[int, str, str]]:
    """List the cells off the diagonal that hold an image: (images, truth, answer)."""
    cells = [
        (part.confusion[i][j], truth, answer)
        for i, truth in enumerate(CLASS_NAMES)
        for j, answer in enumerate(CLASS_NAMES)
        if i != j and part.confusion[i][j]
    ]
    return sorted(cells, reverse=True)
