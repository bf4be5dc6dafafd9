"""What the parts of the leaderboard share: the question asked, its words, its provenance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import cast

import streamlit as st

from core.errors import N_
from core.evaluate.layout import PROTOCOLS, Protocol
from core.evaluate.leaderboard import Leaderboard, Ranked, load_leaderboard, rank
from core.evaluate.points import LOWER_IS_BETTER
from core.evaluate.rows import Row
from core.evaluate.schema import Figure, Images
from core.settings import Settings
from pages._ui import state
from pages._ui.text import _, ngettext
from pages._ui.text import proportion as share

KEYS = (
    "about", "protocol", "images", "figure", "model", "beside", "view", "slices",
    "measure", "tumour",
)  # fmt: skip
SHIPPED: Protocol = "unseen-patients"
PROTOCOL_TITLES = {"unseen-patients": N_("Unseen patients"), "official": N_("Official split")}
KINDS = {
    "model": N_("Network"),
    "ensemble": N_("Ensemble"),
    "control": N_("Control"),
    "reported": N_("Reported"),
}
# What rows are ranked by. Macro recall is balanced accuracy and weighted recall is accuracy,
# so neither is listed twice.
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


@dataclass(frozen=True)
class Choice:
    """The question that the page answers now.

    Attributes
    ----------
    board : Leaderboard
    figure : str
        Key of `FIGURES`.
    images : {"all", "distinct"}
    """

    board: Leaderboard
    figure: str
    images: Images

    @property
    def measured(self) -> tuple[Row, ...]:
        """Rows that were measured here."""
        return tuple(row for row in self.board.rows if row.metrics)

    @property
    def ranked(self) -> tuple[Ranked, ...]:
        """Rows in their order, without reported ones that lack the figure."""
        every = rank(self.board, self.figure, self.images)
        return tuple(r for r in every if r.row.metrics or r.figure.value is not None)


def about() -> str:
    """Ask whether the board is of answers or of the maps that explain them."""
    state.follow_link(KEYS)
    words = {"answers": _("Answers"), "maps": _("Maps that explain them")}
    return switch("about", _("Board of"), tuple(words), words.__getitem__)


def choose() -> Choice:
    """Ask for protocol, images and figure."""
    with st.container(border=True, key="board-desk", horizontal=True, gap="medium"):
        protocol = switch(
            "protocol",
            _("Tested on"),
            (SHIPPED, *(p for p in PROTOCOLS if p != SHIPPED)),
            lambda key: _(PROTOCOL_TITLES[key]),
        )
        board = load_leaderboard(Settings().models_dir, cast(Protocol, protocol))
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
            _("Ranked by"), list(FIGURES), format_func=title, key="figure", width=260
        )
        state.remember("figure", "accuracy")
    return Choice(board, str(figure), cast(Images, images))


def switch(key: str, label: str, options: Sequence[str], words: Callable[[str], str]) -> str:
    """Ask for one of a few; the answer is kept in the address. The first is the default."""
    first = options[0]
    state.linked(key, options, first)
    st.segmented_control(label, options, format_func=words, key=key, required=True, wrap=True)
    state.remember(key, first)
    return str(st.session_state[key])


def title(figure: str) -> str:
    """Name a figure, with the direction where less is better."""
    name = _(FIGURES[figure])
    return _("{figure}, less is better").format(figure=name) if figure in LOWER_IS_BETTER else name


def number(figure: str, value: float | None) -> str:
    """Write a value as its figure is usually read: per cent, or three decimals."""
    if value is None:
        return "–"
    return f"{value:.3f}" if figure in UNITLESS else share(value)


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
    return number(figure, measured.value) + (f" ({interval})" if interval else "")


def row_title(row: Row) -> str:
    """Name a row as a person does."""
    if row.kind == "reported":
        return _("{name}, the paper").format(name=row.title)
    return _(row.title) if row.kind in ("control", "ensemble") else row.title


def protocol_note(choice: Choice) -> str:
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
    if choice.board.protocol == SHIPPED:
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
        ).format(control=row_title(memory), share=share(found or 0))
    return f"{what} {size}"


def stamp(key: str, rows: Iterable[Row], *, command: str | None = None) -> None:
    """Say in small type which files a figure is made from, and how to make them again."""
    for row in rows:
        if row.metrics is None:
            continue
        p = row.metrics.provenance
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
            f"`{command or p.command}`",
        ]
        with st.container(key=f"board-stamp-{key}-{row.name}"):
            st.caption(" · ".join(facts))
