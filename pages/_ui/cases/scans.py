"""The cases themselves: the matrix that counts them, and the scans."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cases
from core.cases import Case
from core.evaluate.board.answers import Answers, Choice, Mask, Voice, confusion, distinct
from core.labels import CLASS_NAMES, class_index
from pages._ui.base import components, developers, tiles
from pages._ui.base.grid import grid
from pages._ui.base.text import _, class_title, listed, ngettext, percent
from pages._ui.cases import choices
from pages._ui.figures import wording
from pages._ui.scan import ways


def counts(images: int, pictures: int) -> str:
    """Write how many images, and how many distinct pictures they are of."""
    if images and not pictures:
        return ngettext(
            "{n} image, a copy of a picture that is counted elsewhere",
            "{n} images, all copies of pictures that are counted elsewhere",
            images,
        ).format(n=f"{images:,}")
    return listed(
        (
            ngettext("{n} image", "{n} images", images).format(n=f"{images:,}"),
            ngettext("{n} distinct picture", "{n} distinct pictures", pictures).format(
                n=f"{pictures:,}"
            ),
        )
    )


def headline(images: int, pictures: int) -> None:
    """Say how much the choice leaves."""
    with st.container(gap="xsmall"):
        st.subheader(counts(images, pictures), anchor=False)
        if not images:
            st.caption(_("No scan is like that. Take one of the filters away."))
        elif not pictures:
            st.caption(
                _(
                    "These images are copies, mirrored or saved anew, of pictures that got "
                    "another answer themselves; there is none to show."
                )
            )
        else:
            st.caption(_("Under each scan: its class by the source, and what it was read as."))


def matrix(answers: Answers, choice: Choice, chosen: Mask) -> None:
    """Count the images by truth and answer, in cells that open their scans.

    Parameters
    ----------
    answers : Answers
    choice : Choice
    chosen : ndarray of bool
        What all filters but truth and answer leave.
    """
    images = confusion(answers, choice.model, chosen)
    pictures = confusion(answers, choice.model, chosen & distinct(answers))
    st.html(_shades(images))
    with (
        st.container(key="confusion", gap="xsmall"),
        grid(5, min_column_width=1, wrap=False, gap="xsmall", vertical_alignment="center"),
    ):
        st.caption(_("is ↓ · read as →"))
        for name in CLASS_NAMES:
            st.caption(class_title(name))
        for i, truth in enumerate(CLASS_NAMES):
            with st.container(key=f"head-{truth}"):
                st.caption(class_title(truth))
            for j, answer in enumerate(CLASS_NAMES):
                _cell(truth, answer, int(images[i, j]), int(pictures[i, j]), choice)
    st.caption(
        _(
            "In a cell: images, and below them distinct pictures. As on the leaderboard, all "
            "images count; here each picture is shown once, though the test holds copies of "
            "many, mirrored or saved anew."
        )
    )


def _cell(truth: str, answer: str, images: int, pictures: int, choice: Choice) -> None:
    """Show a cell as a button; what is in italics is for those who hear it (cases.css)."""
    here = (choice.truth, choice.answer) == (truth, answer)
    what = _("{truth}, read as {answer}: {counts}").format(
        truth=class_title(truth), answer=class_title(answer), counts=counts(images, pictures)
    )
    under = f"{pictures:,}" if pictures else _("copy")
    number = f"**{images:,}**  \n:small[{under}]" if images else "–"
    st.button(
        f"{number} *{what}*",
        key=f"cell-{truth}-{answer}",
        help=what if images else None,
        type="primary" if here else "secondary",
        disabled=not images,
        on_click=choices.narrow,
        args=(None, None) if here else (truth, answer),
        width="stretch",
    )


def _shades(images: NDArray[np.int64]) -> str:
    """Shade each cell by its images, as a root, so that few are still seen; mistakes in accent."""
    shades = np.sqrt(images / max(int(images.max()), 1))
    rules = "".join(
        f".st-key-cell-{truth}-{answer} button{{--gb-share:{shades[i, j]:.3f};"
        f"--gb-shade:{'var(--gb-muted)' if i == j else 'var(--gb-accent)'}}}"
        for i, truth in enumerate(CLASS_NAMES)
        for j, answer in enumerate(CLASS_NAMES)
    )
    dots = "".join(f".st-key-head-{n}{{--gb-dot:var(--gb-{n})}}" for n in CLASS_NAMES)
    return f"<style>{rules}{dots}</style>"


def stamp(voice: Voice) -> None:
    """Say which stored answers these are."""
    assert voice.row.metrics is not None
    p = voice.row.metrics.provenance
    components.provenance(
        (
            wording.row_title(voice.row),
            _("predictions {sha}").format(sha=voice.row.metrics.predictions_sha256[:12]),
            *([_("weights {sha}").format(sha=p.weights_sha256[:12])] if p.weights_sha256 else []),
            *(f"{name} {sha[:12]}" for name, sha in p.members.items()),
            _("split {sha}").format(sha=p.split_sha256[:12]),
        )
    )
    developers.command(p.command)


def scans(
    answers: Answers, choice: Choice, found: NDArray[np.int64], leaf: slice, order: str
) -> None:
    """Show one leaf of the scans found, in their order; a click opens one where one likes."""
    page = ways.destination()
    voice = answers.voices[choice.model]
    shown = [(i, cases.find_file(str(answers.table["image_sha256"].iat[i]))) for i in found[leaf]]
    opened = None
    with grid(6, min_column_width=100, gap="small"):
        for i, case in shown:
            if case and tiles.scan(case, _reading(voice, i, case, order)):
                opened = case.id
    missing = sum(case is None for _i, case in shown)
    if missing:
        st.caption(
            ngettext(
                "{n} picture here does not ship with the app.",
                "{n} pictures here do not ship with the app.",
                missing,
            ).format(n=missing)
        )
    if opened:
        st.switch_page(page, query_params={"sample": opened, "model": choice.model})


def _reading(voice: Voice, i: int, case: Case, order: str) -> str:
    """Give the class by the source, and the answer where it is another, with its probability.

    Where scans are ordered by the probability of the true class, that stands there too.
    """
    share = percent(float(voice.confidence[i]))
    answer = CLASS_NAMES[voice.answer[i]]
    if answer == case.label:
        return f"{class_title(case.label)}  \n:material/check: {share}"
    truth = class_title(case.label)
    if order == "least-true":
        truth += f" {percent(float(voice.probabilities[i, class_index(case.label)]))}"
    return f"{truth}  \n:material/close: **{class_title(answer)}** {share}"
