"""How well the gate does that every scan passes before a network answers: what is stored of it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.errors import N_
from core.gate.stored import Row, read_evaluation, read_facts
from core.labels import CLASS_NAMES
from core.settings import Settings
from pages._ui.base.text import _, class_title, proportion

KINDS = {
    "photographs": N_("Photographs"),
    "photographs in grey": N_("Photographs, in grey"),
    "parts of photographs in grey": N_("Parts of photographs, in grey"),
    "graphics": N_("Logos, icons, charts, screens"),
    "other body parts": N_("Other parts of the body, CT and ultrasound"),
    "head, not MRI": N_("Heads in CT"),
    "smiley": N_("Drawn faces"),
    "drawing": N_("Drawings of a house, a tree, a sun"),
    "document": N_("Pages of text"),
    "dark_document": N_("Pages with a dark middle, dark pages"),
    "bar_chart": N_("Bar charts"),
    "line_chart": N_("Line charts, scatter plots"),
    "pie_chart": N_("Pie charts"),
    "screen": N_("Desktops with windows"),
    "logo": N_("Large letters"),
    "noise": N_("Noise"),
    "noise_in_disc": N_("Noise in a disc"),
    "disc": N_("Discs, eggs, squares"),
    "ball": N_("Balls, moons, slices of fruit"),
    "pattern": N_("Codes, chess boards, stripes"),
    "phantom": N_("Shepp–Logan phantoms"),
    "photograph_in_disc": N_("Photographs in a disc"),
    "photograph_in_ellipse": N_("Photographs in an ellipse"),
    "vignette": N_("Photographs that fade to black"),
    "window": N_("Scans in the window of a viewer"),
    "montage": N_("Several scans side by side"),
    "inverted": N_("Scans, inverted"),
    "upside_down": N_("Scans of a tumour, upside down"),
    "sideways": N_("Scans of a tumour, on their side"),
    "brightened": N_("Brightened"),
    "dimmed": N_("Dimmed"),
    "gamma": N_("Another curve of tones"),
    "mirrored": N_("Mirrored"),
    "enlarged": N_("Enlarged, a poor JPEG"),
    "dicom": N_("From DICOM files"),
    "elsewhere: tumour": N_("Other sources, with a tumour"),
    "elsewhere: tumour-free": N_("Other sources, without a tumour, skull removed"),
}


def board() -> None:
    """Show what the gate stops and what it lets pass, as measured."""
    folder = Settings().models_dir
    facts, found = read_facts(folder), read_evaluation(folder)
    if facts is None:
        st.caption(_("No gate is stored, so every picture is given a class."))
        return
    st.markdown(
        _(
            "Before a class is shown, a gate looks at the picture, once for all networks. It goes "
            "by colour, by the number of grey levels, and by a small network of its own that "
            "learned to tell {n} training scans from made-up pictures; its threshold keeps "
            "{kept} of {files} scans, each scored by a network taught without its patient."
        ).format(
            n=f"{facts.training_pictures:,}",
            kept=proportion(facts.kept),
            files=f"{facts.kept_of:,}",
        )
    )
    if found is None:
        st.caption(_("How well this gate does is not measured."))
        return
    st.markdown(
        _(
            "**Of {foreign} pictures that are no brain MRI it stops {stopped}; of {known} "
            "different test scans of patients that no network has seen it stops {lost}.** With all "
            "copies, "
            "{all} files, it stops {copies}: a few pictures without a tumour come many times."
        ).format(
            foreign=found.foreign.n,
            stopped=_share(found.foreign),
            known=found.distinct.n,
            lost=_share(found.distinct),
            all=found.known.n,
            copies=_share(found.known),
        )
    )
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(_("What it is to stop"), anchor=False)
        _table([row for row in found.rows if row.aim == "stop"])
    with right:
        st.subheader(_("What it is to let pass"), anchor=False)
        _table([row for row in found.rows if row.aim == "pass"])
    st.caption(
        _(
            "Stopped, with 95 % intervals: over patients for scans, over pictures for the rest. "
            "None of these pictures was used to fit the gate or to choose its threshold. Kinds "
            "with ✓ have something similar, made by other code, among what its network learned "
            "against."
        )
    )


def _table(rows: Sequence[Row]) -> None:
    st.dataframe(
        [
            {
                _("Kind"): name(row.kind),
                _("Pictures"): row.n,
                _("Stopped"): _share(row),
                _("Similar learned"): "✓" if row.relatives else "",
            }
            for row in rows
        ],
        hide_index=True,
        alt=_("Share of each kind of picture that the gate stops"),
        column_config={_("Stopped"): st.column_config.TextColumn(alignment="right")},
    )


def name(kind: str) -> str:
    """Name a kind of picture as a person does."""
    return class_title(kind) if kind in CLASS_NAMES else _(KINDS.get(kind, kind))


def _share(row: Row) -> str:
    value, low, high = row.stopped.value, row.stopped.ci_low, row.stopped.ci_high
    if value is None:
        return "–"
    if low is None or high is None:
        return proportion(value)
    return _("{value} ({low} to {high})").format(
        value=proportion(value), low=proportion(low), high=proportion(high)
    )
