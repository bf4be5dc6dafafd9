"""The confusion matrix as a table of words and numbers, with ways on to the pictures."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.evaluate.rows import Row
from core.evaluate.schema import ImagesMetrics
from core.labels import CLASS_NAMES
from pages._ui import board
from pages._ui.board import Choice
from pages._ui.grid import grid
from pages._ui.text import _, class_title, ngettext

CASES = "pages/cases.py"


def matrix(row: Row, choice: Choice) -> None:
    """Show what each class was taken for: images, and their share of the true class."""
    assert row.metrics is not None
    part = row.metrics.images[choice.images]
    with grid(2, min_column_width=440, gap="medium"):
        st.html(_table(board.row_title(row), part))
        with st.container(gap="small"):
            _ways_on(row, choice, _mistakes(part))


def _ways_on(row: Row, choice: Choice, mistakes: list[tuple[int, str, str]]) -> None:
    """Name the mistakes, most frequent first, as links to their pictures where those ship."""
    st.markdown(_("**Mistakes, most frequent first**") if mistakes else _("No mistakes."))
    linked = choice.board.protocol == board.SHIPPED and row.kind in ("model", "ensemble")
    with st.container(horizontal=True, gap="small", key=f"board-mistakes-{row.name}"):
        for count, truth, answer in mistakes:
            words = f"{class_title(truth)} → {class_title(answer)} · {count}"
            if linked:
                asked = {"model": row.name, "truth": truth, "answer": answer}
                st.page_link(CASES, label=words, query_params=asked)
            else:
                st.markdown(words, width="content")


def _mistakes(part: ImagesMetrics) -> list[tuple[int, str, str]]:
    """List the cells off the diagonal that hold an image: (images, truth, answer)."""
    cells = [
        (part.confusion[i][j], truth, answer)
        for i, truth in enumerate(CLASS_NAMES)
        for j, answer in enumerate(CLASS_NAMES)
        if i != j and part.confusion[i][j]
    ]
    return sorted(cells, reverse=True)


def _table(name: str, part: ImagesMetrics) -> str:
    heads = "".join(f'<th scope="col">{escape(class_title(c))}</th>' for c in CLASS_NAMES)
    body = ""
    for i, truth in enumerate(CLASS_NAMES):
        total = sum(part.confusion[i])
        cells = ""
        for j, count in enumerate(part.confusion[i]):
            share = count / total if total else 0.0
            kind = ' class="gb-hit"' if i == j else ""
            words = escape(board.share(share)) if total else "–"
            cells += f'<td{kind} style="--gb-share:{share:.3f}"><b>{count:,}</b><i>{words}</i></td>'
        body += f'<tr><th scope="row">{escape(class_title(truth))}</th>{cells}</tr>'
    caption = ngettext(
        "{name}, {n} image: true class down, answer across",
        "{name}, {n} images: true class down, answer across",
        part.n,
    ).format(name=name, n=f"{part.n:,}")
    corner = escape(_("is ↓ · taken for →"))
    return (
        f'<div class="gb-matrix"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr><td>{corner}</td>{heads}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )
