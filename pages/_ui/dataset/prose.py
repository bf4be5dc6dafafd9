"""Sentences of the page Dataset; every number in them is counted when the page is shown."""

from __future__ import annotations

import streamlit as st

from core.audit import facts
from core.audit.stored import Topic, stored
from core.errors import N_
from core.figure import Figure
from core.labels import CLASSES, NO_TUMOUR
from core.protocols import OFFICIAL, PROTOCOLS, UNSEEN
from core.settings import Settings
from pages._ui.base.grid import grid
from pages._ui.base.text import _, class_title
from pages._ui.figures import wording

PROBLEMS: dict[Topic, str] = {
    "ct": N_("Not MRI at all"),
    "lesion": N_("A visible lesion, labelled no tumour"),
    "overlay": N_("Banners and frames"),
    "conflict": N_("One picture, two labels"),
}
KAGGLE = "https://doi.org/10.34740/KAGGLE/DSV/2645886"


def headline() -> None:
    """Show the four numbers that the story is about."""
    totals = facts.totals(facts.table())
    leaks = facts.leaks(facts.table()).sum()
    tested, free = int(leaks.sum()), int(leaks["free"])
    told = (
        (_("Images"), totals.images, _("in {n} classes").format(n=len(CLASSES))),
        (_("Distinct pictures"), totals.pictures, _("the other images are copies of them")),
        (
            _("Leaking test images"),
            tested - free,
            _("of {all}: their patient or family is in training").format(all=f"{tested:,}"),
        ),
        (_("Leak-free test images"), free, _("too few to test on")),
    )
    with grid(4, min_column_width=150):
        for label, number, note in told:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.metric(label, f"{number:,}")
                st.caption(note)


def contents() -> str:
    """Introduce the composition."""
    images = facts.table()
    missing = facts.RELEASED - len(images)
    figshare = int((images["source"] == "figshare").sum())
    return _(
        "The collection merges other people's: {figshare} of {all} images are the slices of one "
        "figshare set of {patients} patients with a tumour; the no-tumour class comes from "
        "elsewhere. Planes are recorded for the figshare slices only. The release is said to hold "
        "{released} images; {missing} were not in the copy that was examined."
    ).format(
        figshare=f"{figshare:,}",
        all=f"{len(images):,}",
        patients=facts.totals(images).patients,
        released=f"{facts.RELEASED:,}",
        missing=missing,
    )


def copies() -> str:
    """Introduce the copies."""
    totals = facts.totals(facts.table())
    return _(
        "{images} files show {pictures} pictures. The others are the same slices again: as they "
        "are, mirrored, turned, cropped, brighter or darker. Below, one pair of each class: left "
        "the test image, right its twin in training."
    ).format(images=f"{totals.images:,}", pictures=f"{totals.pictures:,}")


def leak() -> str:
    """Introduce what training holds of the test."""
    leaks = facts.leaks(facts.table()).sum()
    tested, free = int(leaks.sum()), int(leaks["free"])
    return _(
        "{twins} of the {all} official test images show a picture that is also in training. "
        "{people} of them, all but {free}, come from a patient or picture family that is. One "
        "cell is one test image."
    ).format(
        twins=f"{leaks['exact'] + leaks['near']:,}",
        all=f"{tested:,}",
        people=f"{tested - free:,}",
        free=free,
    )


def memory() -> str:
    """Say what remembering pictures is worth under the two protocols."""
    scores = {
        score.protocol: score.accuracy
        for score in facts.control_scores(Settings().models_dir)
        if score.name == "nearest-neighbour-mirrored" and score.accuracy
    }
    introduction = _(
        "A nearest neighbour learns nothing: it looks up the training thumbnail of 16 × 16 pixels "
        "that is most like the scan, and gives its label."
    )
    if len(scores) < len(PROTOCOLS):
        return introduction
    return f"{introduction} " + _(
        "With mirrored thumbnails it is right on {official} of the official test, and on {unseen} "
        "of patients kept apart. It can only remember, and the official test rewards that."
    ).format(
        official=_figure(scores[OFFICIAL]),
        unseen=_figure(scores[UNSEEN]),
    )


def shortcut() -> str:
    """Explain how the classes differ in more than the tumour."""
    images = facts.table()
    healthy = images[images["label"] == NO_TUMOUR]
    over = stored().turned_over
    return _(
        "Tumour and no tumour are not two findings in one kind of scan, they are two kinds of "
        "scan. By their source, the figshare slices are contrast-enhanced T1 in three planes. Of "
        "{n} no-tumour images {figshare} are figshare slices and {known} have a recorded plane; by "
        "eye, most are axial T2 or FLAIR. {turned} of these {n} have a copy that lies upside "
        "down; of the {ill} images with a tumour, {tumours}. Below: the average of all distinct "
        "pictures of each class, all brightened alike, and ten numbers that know no anatomy."
    ).format(
        n=f"{len(healthy):,}",
        figshare=int((healthy["source"] == "figshare").sum()),
        known=int((healthy["plane"] != "").sum()),
        turned=f"{over[NO_TUMOUR]:,}",
        ill=f"{len(images) - len(healthy):,}",
        tumours=f"{sum(over.values()) - over[NO_TUMOUR]:,}",
    )


def problem(topic: Topic) -> str:
    """Describe one kind of problem picture, with its extent."""
    flagged = facts.flagged(facts.table())
    wrong = facts.mislabelled(facts.table())
    if topic == "ct":
        row = flagged.loc["looks_like_ct"]
        return _(
            "At least {n} images look like CT, by eye: {notumor} labelled no tumour and "
            "{meningioma} labelled meningioma."
        ).format(n=row["images"], notumor=row["notumor"], meningioma=row["meningioma"])
    if topic == "lesion":
        row = flagged.loc["visible_focal_lesion"]
        return _(
            "At least {n} no-tumour images, {pictures} different pictures, show an evident focal "
            "lesion. *No tumour* here does not mean *normal*."
        ).format(n=row["images"], pictures=row["pictures"])
    if topic == "overlay":
        banner, frame = flagged.loc["colour_overlay"], flagged.loc["bright_frame"]
        return _(
            "{banners} images carry a coloured banner and {frames} a bright frame, the first all "
            "and the second mostly in the no-tumour class: marks that a network can learn instead "
            "of a brain."
        ).format(banners=banner["images"], frames=frame["images"])
    return _(
        "Figshare meningiomas that are labelled *{wrong}*: {n}. Each is also there, mirrored, "
        "under its own label. Left the wrong label, right the original's."
    ).format(n=len(wrong), wrong=class_title(wrong["label"].iloc[0]))


def remedy() -> str:
    """Describe the two protocols."""
    totals = facts.totals(facts.table())
    return _(
        "- **Official split**, kept for comparison with the literature: trained on *Training*, "
        "tested on *Testing*, leaks and all.\n"
        "- **Unseen patients**: five folds, none of which shares a patient, a picture family or a "
        "copy with another. Networks learn from folds 1 to 4, in each epoch from one copy of each "
        "picture, and are tested on fold 0.\n"
        "- **One per distinct picture**: every figure is also given on one image a picture, so "
        "that {largest} copies of one slice do not count {largest} times.\n"
        "- **Intervals over patients**: images of one patient are not independent; whole groups "
        "are drawn again. A group is a patient where the patient is known ({patients} of "
        "{groups}), else a family of like pictures."
    ).format(largest=totals.largest_picture, patients=totals.patients, groups=totals.groups)


def where() -> str:
    """Say where the dataset is, and what to type."""
    return _(
        "[Brain Tumor MRI Dataset]({kaggle}) by Masoud Nickparvar, Kaggle, version 1, {n} images, "
        "doi:10.34740/KAGGLE/DSV/2645886. It is not part of this app, which needs it only to train "
        "and to evaluate: give the folder that holds *Training* and *Testing* as `--data DIR`."
    ).format(kaggle=KAGGLE, n=f"{facts.RELEASED:,}")


def _figure(figure: Figure) -> str:
    return wording.with_span("accuracy", figure)
