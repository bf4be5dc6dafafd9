"""One row seen closer: curves, calibration, abstention, classes, slices."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.errors import N_
from core.evaluate.rows import Row
from core.evaluate.schema import ClassFigures, Figure, ImagesMetrics
from core.labels import CLASS_NAMES
from pages._ui import board, cache
from pages._ui import board_charts as charts
from pages._ui.board import Choice
from pages._ui.grid import grid
from pages._ui.text import PLANES, _, class_title, ngettext

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


def per_class(row: Row, choice: Choice) -> None:
    """Give one line of figures, with intervals, for each class."""
    part = _part(row, choice)

    def cells(figures: ClassFigures) -> dict[str, str]:
        return {
            _(title): board.with_span(key, getattr(figures, key)) for key, title in COLUMNS.items()
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


def curves(row: Row, choice: Choice) -> None:
    """Show what each threshold finds, and how many alarms are false."""
    part = _part(row, choice)
    roc, precision_recall = cache.curves(row, choice.images)
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
                chart = charts.class_curves(lines, legend, *axes, steps=key == "pr_auc")
                st.altair_chart(chart, alt=" ".join([question, *legend.values()]))
    st.caption(
        _("Behind each class: the area under its curve, with its 95 % interval. One class "
          "against the three others.")
    )  # fmt: skip
    _notes(row)


def reliability(row: Row, choice: Choice) -> None:
    """Set stated probabilities against what happens, before and after the temperature."""
    calibration = _part(row, choice).calibration
    if calibration is None or row.metrics is None:
        _notes(row)
        return
    st.altair_chart(
        charts.reliability(calibration),
        alt=_("Share of right answers against the stated probability, before and after temperature "
              "scaling; on the diagonal the two agree"),
    )  # fmt: skip
    before, after = calibration.before, calibration.after
    st.table(
        pd.DataFrame(
            {
                "": name,
                _("ECE"): board.with_span("ece", stage.ece),
                _("Log loss"): board.with_span("log_loss", stage.log_loss),
                _("Brier score"): board.with_span("brier", stage.brier),
            }
            for name, stage in ((_("before (T = 1)"), before), (_("after temperature"), after))
        ),
        border="horizontal",
        hide_index=True,
        alt=_("Calibration before and after temperature scaling"),
    )
    st.caption(
        _("T = {t}, fitted on validation images, never on these. Larger marks hold more images; "
          "below the diagonal the network is too sure of itself.").format(
            t=f"{row.metrics.provenance.temperature:.2f}"
        )
    )  # fmt: skip


def abstention(row: Row, choice: Choice) -> None:
    """Show what not answering the least sure images gains."""
    part = _part(row, choice)
    if part.risk_coverage is None:
        _notes(row)
        return
    chosen = part.abstention
    coverage = chosen.coverage.value if chosen else None
    right = chosen.accuracy.value if chosen else None
    st.altair_chart(
        charts.risk(part.risk_coverage, coverage, None if right is None else 1 - right),
        alt=_("Share of wrong answers among the most confident images, against the share of "
              "images that get an answer"),
    )  # fmt: skip
    if chosen is None:
        st.caption(_("No threshold reached the wanted accuracy on validation: it always answers."))
        return
    st.caption(
        _(
            "At its threshold of {threshold}, chosen on validation images, it answers {coverage} "
            "of these images and is right on {accuracy} of them."
        ).format(
            threshold=board.share(chosen.threshold),
            coverage=board.with_span("accuracy", chosen.coverage),
            accuracy=board.with_span("accuracy", chosen.accuracy),
        )
    )


def slices(row: Row, choice: Choice) -> None:
    """Ask the accuracy of each part of the images."""
    found = _part(row, choice).slices
    by = st.session_state["slices"]
    if by not in found:
        st.caption(_("There are no such slices under this protocol."))
        return
    marks = [
        charts.Mark(
            f"{_slice_title(by, value)} · "
            + ngettext("{n} image", "{n} images", part.n).format(n=f"{part.n:,}")
            + " · "
            + ngettext("{n} group", "{n} groups", part.groups).format(n=part.groups),
            board.with_span("accuracy", part.accuracy),
            part.accuracy,
        )
        for value, part in found[by].items()
    ]
    st.altair_chart(
        charts.forest(marks, "accuracy"),
        alt=_("Accuracy with its 95 % interval: {slices}").format(
            slices="; ".join(f"{m.label}: {m.note}" for m in marks)
        ),
    )
    st.caption(
        _("A slice of very few groups has no interval: there is nothing to estimate it from.")
    )


Draw = Callable[[Row, Choice], None]
VIEWS: dict[str, tuple[str, str, Draw]] = {  # key -> name, question, what draws it
    "classes": (N_("Classes"), N_("Which classes is it good at?"), per_class),
    "curves": (N_("ROC and PR"), N_("What does each threshold find, and at what price?"), curves),
    "calibration": (N_("Calibration"), N_("Does a stated 90 % mean 90 %?"), reliability),
    "abstention": (N_("Abstention"), N_("What does it gain by not answering?"), abstention),
    "slices": (N_("Slices"), N_("On which images is it good?"), slices),
}


def _part(row: Row, choice: Choice) -> ImagesMetrics:
    assert row.metrics is not None
    return row.metrics.images[choice.images]


def _area(part: ImagesMetrics, name: str, key: str) -> str:
    area: Figure = getattr(part.classes[name], key)
    return board.with_span(key, area)


def _notes(row: Row) -> None:
    """Repeat what the stored figures say of themselves."""
    for note in row.metrics.notes if row.metrics else ():
        st.caption(_(note))


def _slice_title(by: str, value: str) -> str:
    if by == "class" and value in CLASS_NAMES:
        return class_title(value)
    return _(PLANES.get(value, FLAGS.get(value, value))).replace("_", " ")
