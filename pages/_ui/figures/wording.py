"""What the parts of the leaderboard share: the question asked, its words, its provenance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar, cast

import streamlit as st

from core.answer import Answer
from core.architectures import ARCHITECTURES
from core.errors import N_
from core.evaluate.board.leaderboard import load_leaderboard
from core.evaluate.board.ranking import Ranking
from core.evaluate.board.rows import Row
from core.evaluate.figures.points import LOWER_IS_BETTER
from core.evaluate.stored.schema import Images, ImagesMetrics
from core.figure import Figure
from core.protocols import OFFICIAL, PROTOCOLS, UNSEEN, Protocol
from core.settings import Settings
from pages._ui.base import developers, glossary, state
from pages._ui.base.text import _, class_title, ngettext, proportion

Key = TypeVar("Key", bound=str)
KEYS = (
    "about", "protocol", "images", "figure", "model", "beside", "view", "slices",
    "measure", "tumour", "compare",
)  # fmt: skip
PROTOCOL_TITLES: dict[Protocol, str] = {
    UNSEEN: N_("Unseen patients"),
    OFFICIAL: N_("Official split"),
}
KINDS = {
    "model": N_("Network"),
    "ensemble": N_("Ensemble"),
    "control": N_("Control"),
    "reported": N_("Reported"),
}
FIGURES: dict[str, str] = {
    "accuracy": N_("Accuracy"),
    "balanced_accuracy": N_("Balanced accuracy"),
    "macro_f1": N_("Macro F1"),
    "weighted_f1": N_("Weighted F1"),
    "macro_precision": N_("Macro precision"),
    "weighted_precision": N_("Weighted precision"),
    "mcc": N_("Matthews correlation"),
    "cohen_kappa": N_("Cohen's kappa"),
    "macro_roc_auc": N_("ROC AUC"),
    "macro_pr_auc": N_("PR AUC"),
    "log_loss": N_("Log loss"),
    "brier": N_("Brier score"),
    "ece": N_("Calibration error (ECE)"),
    "aurc": N_("Area under risk-coverage"),
}
_PLAIN = frozenset({"mcc", "cohen_kappa", "macro_roc_auc", "macro_pr_auc", "roc_auc", "pr_auc"})
UNITLESS = _PLAIN | LOWER_IS_BETTER - {"ece"}


def about() -> str:
    """Ask whether the board is of answers or of the maps that explain them."""
    state.follow_link(KEYS)
    words = {"answers": _("Answers"), "maps": _("Maps that explain them")}
    return switch("about", _("Board of"), tuple(words), words.__getitem__)


def choose() -> Ranking:
    """Ask for protocol, images and figure."""
    with st.container(border=True, key="board-desk", horizontal=True, gap="medium"):
        protocol = switch(
            "protocol",
            _("Tested on"),
            (UNSEEN, *(p for p in PROTOCOLS if p != UNSEEN)),
            lambda key: _(PROTOCOL_TITLES[key]),
        )
        board = load_leaderboard(Settings().models_dir, protocol)
        sizes = {
            key: part.n
            for row in board.rows[:1]
            if row.metrics
            for key, part in row.metrics.images.items()
        }
        words = {"all": _("All"), "distinct": _("One per distinct picture")}
        images = switch(
            "images",
            _("Images"),
            tuple(words),
            lambda key: " · ".join([words[key], *(f"{n:,}" for k, n in sizes.items() if k == key)]),
        )
        state.linked("figure", list(FIGURES), "accuracy")
        figure = st.selectbox(
            _("Ranked by"), list(FIGURES), format_func=title, key="figure", width=260,
            help=glossary.meaning(st.session_state["figure"]),
        )  # fmt: skip
        state.remember("figure", "accuracy")
    return Ranking(board, str(figure), cast(Images, images))


def switch(key: str, label: str, options: Sequence[Key], words: Callable[[Key], str]) -> Key:
    """Ask for one of a few; the answer is kept in the address. The first is the default."""
    first = options[0]
    state.linked(key, options, first)
    st.segmented_control(label, options, format_func=words, key=key, required=True, wrap=True)
    state.remember(key, first)
    return cast(Key, st.session_state[key])


def title(figure: str) -> str:
    """Name a figure, with the direction where less is better."""
    name = _(FIGURES[figure])
    return _("{figure}, less is better").format(figure=name) if figure in LOWER_IS_BETTER else name


def number(figure: str, value: float | None) -> str:
    """Write a value as its figure is usually read: per cent, or three decimals."""
    if value is None:
        return "–"
    return f"{value:.3f}" if figure in UNITLESS else proportion(value)


def signed(value: float, digits: int) -> str:
    """Write a difference with its sign."""
    return f"{value:+.{digits}f}".replace("-", "\u2212")


def span(figure: str, measured: Figure) -> str:
    """Write the 95 % interval without its name."""
    if measured.ci_low is None or measured.ci_high is None:
        return ""
    low, high = number(figure, measured.ci_low), number(figure, measured.ci_high)
    return f"{low.removesuffix('%').rstrip()} – {high}"


def with_span(figure: str, measured: Figure) -> str:
    """Write a value and its interval in brackets."""
    interval = span(figure, measured)
    if interval and measured.beyond:
        interval += _(", raised by resampling")
    return number(figure, measured.value) + (f" ({interval})" if interval else "")


def network_title(name: str) -> str:
    """Name a network as a person does, trained or not."""
    return ARCHITECTURES[name].title if name in ARCHITECTURES else name


def row_title(row: Row) -> str:
    """Name a row as a person does."""
    if row.kind == "reported":
        return _("{name}, the paper").format(name=row.title)
    return _(row.title) if row.kind in ("control", "ensemble") else row.title


def stored_answer(said: Answer) -> str:
    """Name the likeliest class, and say where that is no tumour without one being ruled out."""
    name = class_title(said.class_name)
    if said.verdict == "not ruled out":
        return _("{answer}; a tumour is not ruled out").format(answer=name)
    return name


def protocol_note(choice: Ranking) -> str:
    """Say what the chosen protocol is worth, in numbers that were measured."""
    rows = choice.measured
    if not rows or rows[0].metrics is None:
        return ""
    part = rows[0].metrics.images[choice.images]
    size = ngettext(
        "{n} image of {groups} groups (patients, or families of like pictures).",
        "{n} images of {groups} groups (patients, or families of like pictures).",
        part.n,
    ).format(n=f"{part.n:,}", groups=part.groups)
    if choice.board.protocol == UNSEEN:
        what = _("No patient and no picture family of these images was in training.")
        return f"{what} {size}"
    memory = max(
        (row for row in rows if row.name.startswith("nearest-neighbour")),
        key=lambda row: row.figure("accuracy", choice.images).value or 0,
        default=None,
    )
    what = _("Comparable with the paper, and a test of memory.")
    if memory:
        found = memory.figure("accuracy", choice.images).value
        what += " " + _(
            "Copies and neighbouring slices of the test images are in training: looking up the "
            "most similar training picture ({control}) already gets {share}."
        ).format(control=row_title(memory), share=proportion(found or 0))
    return f"{what} {size}"


def axis_form(figure: str) -> str:
    """Say how an axis writes a figure's numbers (d3-format)."""
    return "" if figure in UNITLESS else ".0%"


def measured_on(row: Row, images: Images) -> str:
    """Say on how many images, of how many groups, a row's figures were measured."""
    return images_and_groups(row.metrics.images[images]) if row.metrics else ""


def images_and_groups(part: ImagesMetrics) -> str:
    """Say how many images there are, of how many groups."""
    return ngettext("{n} image of {groups} groups", "{n} images of {groups} groups", part.n).format(
        n=f"{part.n:,}", groups=part.groups
    )


def images_of(row: Row, images: Images) -> int | None:
    """Count the images that a row's figures were measured on."""
    return row.metrics.images[images].n if row.metrics else None


def has_cases(row: Row, choice: Ranking) -> bool:
    """Whether the pictures behind a row's figures ship with the app."""
    return choice.board.protocol == UNSEEN and row.kind in ("model", "ensemble")


def stamp(key: str, rows: Iterable[Row], *, command: str | None = None) -> None:
    """Say, in a fold, which files a figure is made from, and how to make them again."""
    commands = []
    for row in rows:
        if row.metrics is None:
            continue
        p = row.metrics.provenance
        commands.append(command or p.command)
        weights = (
            [_("weights {sha}").format(sha=p.weights_sha256[:12])]
            if p.weights_sha256
            else [f"{name} {sha[:12]}" for name, sha in p.members.items()]
        )
        facts = [
            row_title(row),
            _("predictions {sha}").format(sha=row.metrics.predictions_sha256[:12]),
            *weights,
            _("split {sha}").format(sha=p.split_sha256[:12]),
        ]
        with st.container(key=f"board-stamp-{key}-{row.name}"):
            st.caption(" · ".join(facts))
    developers.lines(commands)
