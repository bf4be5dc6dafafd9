"""The curated gallery: scans with one sentence each, filled in from what is stored of them."""

from __future__ import annotations

import streamlit as st

from core.cases import Case
from core.errors import N_
from core.evaluate.board.answers import Answers
from core.evaluate.board.picks import Group, Pick, pick
from core.gallery import samples
from core.shipped import Shipped
from pages._ui.base import components, records, tiles
from pages._ui.base.grid import grid
from pages._ui.base.text import _, class_title
from pages._ui.figures.wording import row_title

# Chosen by eye; each sentence says what anybody can see on the picture.
BEAUTIFUL = {
    "notumor-0083-tr": N_(
        "Cut down the middle: the arch of the corpus callosum, below it the brain stem, and behind "
        "that the folded leaves of the cerebellum."
    ),
    "notumor-0132-te": N_("Fluid is bright in this kind of picture: the ventricles shine."),
    "notumor-0138-tr": N_(
        "The slice passes through both eyes, at the top; the temporal lobes lie on either side "
        "of the brain stem."
    ),
    "meningioma-0374": N_(
        "A large, round, sharply bounded mass lies against the skull, at the upper right of the "
        "picture."
    ),
}
TITLES: dict[Group, str] = {
    "easy": N_("Easy"),
    "hard": N_("Hard"),
    "misleading": N_("Misleading"),
}
RULES: dict[Group, str] = {
    "easy": N_("Every network gives the class of the source, and is sure of it."),
    "hard": N_("The networks do not agree, and at least one of them is right."),
    "misleading": N_("Every network is sure of one class, and it is not the one of the source."),
}


def picked(answers: Answers, group: Group) -> str | None:
    """Show a group of `core.evaluate.board.picks`; returns the key of a scan that was clicked."""
    st.header(_(TITLES[group]), anchor=False)
    st.caption(_(RULES[group]))
    found = pick(answers, group)
    if not found:
        st.caption(_("No scan is like that with the networks evaluated so far."))
    return _tiles([(p.case, sentence(answers, p)) for p in found])


def beautiful() -> str | None:
    """Show the beautiful ones; returns the key of a scan that was clicked."""
    st.header(_("Beautiful"), anchor=False)
    st.caption(_("Chosen by eye, for what anybody can see; no network was asked."))
    return _tiles([(samples()[key], _(words)) for key, words in BEAUTIFUL.items()])


def sentence(answers: Answers, picked: Pick) -> str:
    """Say in one sentence what the networks make of a scan; the stored answers fill it in."""
    truth = class_title(picked.case.label)
    wrong = {n: answer for n, answer in picked.said.items() if answer != picked.case.label}
    if not wrong:
        return _("Every network says {truth}, and so does the source.").format(truth=truth)
    said = {class_title(answer) for answer in wrong.values()}
    other = " / ".join(sorted(said))
    if not picked.right:
        return _("Every network says {answer}; the source says {truth}.").format(
            answer=other, truth=truth
        )
    titles = {name: row_title(voice.row) for name, voice in answers.voices.items()}
    return _("{right}: {truth}, as the source. {wrong}: {answer}.").format(
        right=", ".join(titles[name] for name in picked.right),
        truth=truth,
        wrong=", ".join(titles[name] for name in wrong),
        answer=other,
    )


def stamp(answers: Answers) -> None:
    """Say which stored answers the groups are picked from."""
    voices = answers.of_kind("model").values()
    components.provenance(
        _("{model}: predictions {sha}").format(
            model=row_title(v.row), sha=v.row.metrics.predictions_sha256[:12]
        )
        for v in voices
        if v.row.metrics
    )


def scans() -> list[str]:
    """Keys of all scans of the gallery, in the order of the page."""
    answers = records.answers()
    cases: list[Case] = []
    if answers:
        cases = [p.case for group in TITLES for p in pick(answers, group)]
    return [*(case.id for case in cases), *BEAUTIFUL]


def _tiles(shown: list[tuple[Shipped, str]]) -> str | None:
    with grid(4, min_column_width=150, gap="medium"):
        clicked = [scan.id for scan, words in shown if tiles.scan(scan, words)]
    return clicked[0] if clicked else None
