"""Where a model is weakest, and what its probabilities are worth."""

from __future__ import annotations

import streamlit as st

from core.audit.facts import UNKNOWN
from core.cards import SLICES, weak_spots
from core.errors import N_
from core.evaluate.schema import Metrics, Slice
from pages._ui import audit_charts, audit_words, board, board_charts
from pages._ui.board_charts import Mark
from pages._ui.text import _, class_title, ngettext, plain

KINDS = {
    "class": N_("Class"),
    "plane": N_("Plane"),
    "source": N_("Source"),
    "flag": N_("Flag"),
    "twin": N_("Twin in training"),
}
WORST = {
    "class": N_("The class found least often"),
    "plane": N_("The hardest plane"),
    "source": N_("The hardest source"),
    "flag": N_("The hardest kind of picture"),
    "twin": N_("With and without a twin in training"),
}
FLAGS = {
    "none": N_("no flag"),
    "looks_like_ct": N_("looks like CT"),
    "visible_focal_lesion": N_("visible lesion, labelled no tumour"),
    "colour_overlay": N_("coloured banner"),
    "bright_frame": N_("bright frame"),
    "in training": N_("a copy was in training"),
    "not in training": N_("no copy was in training"),
    UNKNOWN: N_("plane not recorded"),
}


def weaknesses(metrics: Metrics) -> None:
    """Name the worst class, plane, source and flag, and show one kind in full."""
    left, right = st.columns([1, 1.7], gap="large")
    with left:
        for spot in weak_spots(metrics):
            st.markdown(
                f"{_(WORST[spot.by])}  \n**{_slice_title(spot.by, spot.value)}**: "
                + _slice_note(spot.slice)
            )
        st.caption(
            " ".join(
                (
                    _(board.PROTOCOL_TITLES[metrics.provenance.protocol]) + ".",
                    _("Only parts of five patients or families and more are compared."),
                )
            )
        )
    with right:
        slices = metrics.images["all"].slices
        by = board.switch(
            "slice", _("Part"), [k for k in SLICES if k in slices], lambda k: _(KINDS[k])
        )
        st.markdown(_("**How often is it right in each part?**"))
        overall = metrics.images["all"].figures["accuracy"]
        whole = f"{board.with_span('accuracy', overall)} · {_images(metrics.images['all'].n)}"
        marks = [Mark(_("All images"), whole, overall, shape="diamond")]
        for value, part in sorted(slices[by].items(), key=lambda s: s[1].accuracy.value or 0):
            known = part.accuracy.ci_low is not None
            note = _slice_note(part)
            marks.append(Mark(_slice_title(by, value), note, part.accuracy, filled=known))
        st.altair_chart(
            audit_charts.accuracies(marks), alt="; ".join(f"{m.label}: {m.note}" for m in marks)
        )
        st.caption(_("Hollow: too few patients or families for an interval."))


def confidence(metrics: Metrics) -> None:
    """Say how its probabilities were set right, and when it keeps silent."""
    part = metrics.images["all"]
    left, right = st.columns([1, 1.2], gap="large")
    with left:
        st.markdown(_temperature(metrics))
        if part.abstention is None:
            st.markdown(_("No threshold was set: it always answers."))
        else:
            a = part.abstention
            st.markdown(
                _(
                    "It keeps silent below a top probability of {limit}. On the test images it "
                    "then answers for {coverage} of them, and {accuracy} of these answers are "
                    "right."
                ).format(
                    limit=board.share(a.threshold),
                    coverage=board.with_span("accuracy", a.coverage),
                    accuracy=board.with_span("accuracy", a.accuracy),
                )
            )
    with right:
        question = _("When it says 80\u202f%, is it right in 80\u202f%?")
        st.markdown(f"**{question}**")
        if part.calibration:
            st.altair_chart(
                board_charts.reliability(part.calibration),
                alt=_("Share that is right against stated probability, before and after scaling"),
            )


def _temperature(metrics: Metrics) -> str:
    ece = metrics.images["all"].calibration
    said = _("Its logits are divided by a temperature of {t}, fitted on validation images.").format(
        t=f"{metrics.provenance.temperature:.3f}"
    )
    if ece is None:
        return said
    return f"{said} " + _(
        "That takes the expected calibration error on test images from {before} to {after}."
    ).format(
        before=board.with_span("ece", ece.before.ece), after=board.with_span("ece", ece.after.ece)
    )


def _slice_title(by: str, value: str) -> str:
    if by == "class":
        return class_title(value)
    return _(FLAGS.get(value) or audit_words.VALUES.get(value) or plain(value))


def _slice_note(part: Slice) -> str:
    return f"{board.with_span('accuracy', part.accuracy)} · {_images(part.n)}"


def _images(n: int) -> str:
    return ngettext("{n} image", "{n} images", n).format(n=f"{n:,}")
