"""Where a model is weakest, and what its probabilities are worth."""

from __future__ import annotations

import streamlit as st

from core.audit.facts import UNKNOWN
from core.cards import SLICES, weak_spots
from core.errors import N_
from core.evaluate.stored.schema import Metrics, Slice
from core.protocols import UNSEEN
from pages._ui.base.text import _, class_title, ngettext, plain, proportion
from pages._ui.figures import audit_words, trust, wording
from pages._ui.figures.forest import Mark, forest
from pages._ui.figures.show import clicked, show

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
                    _(wording.PROTOCOL_TITLES[metrics.provenance.protocol]) + ".",
                    _("Only parts of five patients or families and more are compared."),
                )
            )
        )
    with right:
        slices = metrics.images["all"].parts
        by = wording.switch(
            "slice", _("Part"), [k for k in SLICES if k in slices], lambda k: _(KINDS[k])
        )
        st.markdown(_("**How often is it right in each part?**"))
        overall = metrics.images["all"].figures["accuracy"]
        n = metrics.images["all"].n
        whole = f"{wording.with_span('accuracy', overall)} · {_images(n)}"
        marks = [Mark(_("All images"), whole, overall, "diamond", n=n)]
        for value, part in sorted(slices[by].items(), key=lambda s: s[1].accuracy.value or 0):
            symbol = "circle" if part.accuracy.ci_low is not None else "circle-open"
            note = _slice_note(part)
            title = _slice_title(by, value)
            marks.append(Mark(title, note, part.accuracy, symbol, n=part.n))
        show(
            forest(marks, wording.title("accuracy"), reach=(0, 1)),
            "; ".join(f"{m.label}: {m.note}" for m in marks),
            f"parts-{by}",
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
                    limit=proportion(a.threshold),
                    coverage=wording.with_span("accuracy", a.coverage),
                    accuracy=wording.with_span("accuracy", a.accuracy),
                )
            )
    with right:
        question = _("When it says 80\u202f%, is it right in 80\u202f%?")
        st.markdown(f"**{question}**")
        if part.calibration:
            name, unseen = metrics.provenance.name, metrics.provenance.protocol == UNSEEN
            clicked(
                trust.reliability(part.calibration),
                _("Share that is right against stated probability, before and after scaling"),
                "reliability",
                "pages/cases.py" if unseen else None,  # those of the official split do not ship
                lambda leads: {"model": name, "stated": str(leads["bin"])},
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
        before=wording.with_span("ece", ece.before.ece),
        after=wording.with_span("ece", ece.after.ece),
    )


def _slice_title(by: str, value: str) -> str:
    if by == "class":
        return class_title(value)
    return _(FLAGS.get(value) or audit_words.VALUES.get(value) or plain(value))


def _slice_note(part: Slice) -> str:
    return f"{wording.with_span('accuracy', part.accuracy)} · {_images(part.n)}"


def _images(n: int) -> str:
    return ngettext("{n} image", "{n} images", n).format(n=f"{n:,}")
