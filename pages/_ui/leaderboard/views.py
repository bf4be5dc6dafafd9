"""One row seen closer: curves, calibration, abstention, classes, slices."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.errors import N_
from core.evaluate.board.ranking import Ranking
from core.evaluate.board.rows import Row
from core.evaluate.stored.schema import ClassFigures, ImagesMetrics
from core.figure import Figure
from core.labels import CLASS_NAMES
from pages._ui.base import derived
from pages._ui.base.grid import grid
from pages._ui.base.text import PLANES, _, class_title, ngettext
from pages._ui.figures import wording
from pages._ui.figures.classes import class_curves
from pages._ui.figures.forest import Mark, forest
from pages._ui.figures.show import show
from pages._ui.leaderboard.parts import notes, part_of
from pages._ui.leaderboard.trust import abstention, reliability

COLUMNS = {
    "precision": N_("Precision"),
    "recall": N_("Recall"),
    "specificity": N_("Specificity"),
    "f1": N_("F1"),
    "roc_auc": N_("ROC AUC"),
    "pr_auc": N_("PR AUC"),
}
SLICES = {
    "class": N_("Class"),
    "source": N_("Source"),
    "plane": N_("Plane"),
    "flag": N_("Flag of the audit"),
    "twin": N_("Copy in training"),
}
FLAGS = {
    "none": N_("no flag"),
    "unknown": N_("unknown"),
    "in training": N_("a copy is in training"),
    "not in training": N_("no copy in training"),
}


def per_class(row: Row, choice: Ranking) -> None:
    """Give one line of figures, with intervals, for each class."""
    part = part_of(row, choice)

    def cells(figures: ClassFigures) -> dict[str, str]:
        return {
            _(title): wording.with_span(key, getattr(figures, key))
            for key, title in COLUMNS.items()
        }

    st.table(
        pd.DataFrame(
            {_("Class"): class_title(name), _("Images"): f"{figures.n:,}", **cells(figures)}
            for name, figures in part.classes.items()
        ),
        border="horizontal",
        hide_index=True,
        alt=_("Figures of each class against the rest, with 95 % intervals"),
    )


def curves(row: Row, choice: Ranking) -> None:
    """Show what each threshold finds, and how many alarms are false."""
    part = part_of(row, choice)
    roc, precision_recall = derived.curves(row, choice.images)
    with grid(2, min_column_width=300, gap="medium"):
        for question, lines, key, axes in (
            (_("How much is found, at what rate of false alarms?"), roc, "roc_auc",
             (_("False alarms among the rest"), _("Found (recall)"))),
            (_("How many alarms are right, for what is found?"), precision_recall, "pr_auc",
             (_("Found (recall)"), _("Right alarms (precision)"))),
        ):  # fmt: skip
            with st.container():
                st.markdown(f"**{question}**")
                known = {c.class_name: _area(part, c.class_name, key) for c in lines}
                legend = {name: f"{class_title(name)}  {area}" for name, area in known.items()}
                sizes = {name: figures.n for name, figures in part.classes.items()}
                chart = class_curves(lines, legend, sizes, *axes, steps=key == "pr_auc")
                show(chart, " ".join([question, *legend.values()]), f"{key}-{row.name}")
    st.caption(
        _("Behind each class: the area under its curve, with its 95 % interval. One class "
          "against the three others.")
    )  # fmt: skip
    notes(row)


def slices(row: Row, choice: Ranking) -> None:
    """Ask the accuracy of each part of the images."""
    found = part_of(row, choice).parts
    by = st.session_state["slices"]
    if by not in found:
        st.caption(_("There are no such slices under this protocol."))
        return
    marks = [
        Mark(
            f"{_slice_title(by, value)} · "
            + ngettext("{n} image", "{n} images", part.n).format(n=f"{part.n:,}")
            + " · "
            + ngettext("{n} group", "{n} groups", part.groups).format(n=part.groups),
            wording.with_span("accuracy", part.accuracy),
            part.accuracy,
            n=part.n,
        )
        for value, part in found[by].items()
    ]
    show(
        forest(marks, wording.title("accuracy")),
        _("Accuracy with its 95 % interval: {slices}").format(
            slices="; ".join(f"{m.label}: {m.note}" for m in marks)
        ),
        f"slices-{row.name}",
    )
    st.caption(
        _("A slice of very few groups has no interval: there is nothing to estimate it from.")
    )


Draw = Callable[[Row, Ranking], None]
VIEWS: dict[str, tuple[str, str, Draw]] = {  # key -> name, question, what draws it
    "classes": (N_("Classes"), N_("Which classes is it good at?"), per_class),
    "curves": (N_("ROC and PR"), N_("What does each threshold find, and at what price?"), curves),
    "calibration": (N_("Calibration"), N_("Does a stated 90 % mean 90 %?"), reliability),
    "abstention": (N_("Abstention"), N_("What does it gain by not answering?"), abstention),
    "slices": (N_("Slices"), N_("On which images is it good?"), slices),
}


def _area(part: ImagesMetrics, name: str, key: str) -> str:
    area: Figure = getattr(part.classes[name], key)
    return wording.with_span(key, area)


def _slice_title(by: str, value: str) -> str:
    if by == "class" and value in CLASS_NAMES:
        return class_title(value)
    return _(PLANES.get(value, FLAGS.get(value, value))).replace("_", " ")
