"""The paper's formula with its numbers in it, as a bar of images, and to be played with."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.architectures import ARCHITECTURES
from core.evaluate.board import paper
from core.evaluate.board.paper import N_TEST, N_TRAIN, Reported, weighted_accuracy
from pages._ui.base import state
from pages._ui.base.grid import grid
from pages._ui.base.text import _, plain, proportion
from pages._ui.figures import wording
from pages._ui.figures.boards import reach
from pages._ui.figures.show import show

PAPER = "paper"  # a slider's own stop: where the paper stands
ACCURACIES = (50, 60, 70, 80, 85, 90, 92, 94, 96, 98, 99, 100)  # per cent
SIZES = (0, 500, 1000, 2000, 4000, 8000, 16_000, 32_000)
KEYS = ("network", "train", "size")


def choose() -> Reported:
    """Ask which of the paper's networks to take apart."""
    state.follow_link(KEYS)
    rows = {r.model: r for r in sorted(paper.REPORTED, key=lambda r: -r.weighted_accuracy)}
    name = wording.switch(
        "network", _("Network of the paper"), tuple(rows), lambda key: ARCHITECTURES[key].title
    )
    return rows[name]


def parts(reported: Reported) -> None:
    """Show the three figures, the formula that ties them, and the images behind them."""
    low, high = reported.implied_train_range
    train = reported.implied_train_accuracy
    told = (
        (
            _("Headline, reported"),
            printed(reported.weighted_accuracy),
            _("over training and test images"),
        ),
        (
            _("Test, reported"),
            printed(reported.accuracy),
            _("of {n} test images").format(n=f"{N_TEST:,}"),
        ),
        (
            _("Training, implied"),
            printed(train),
            _("computed; between {low} and {high}, as both others are rounded").format(
                low=finely(low), high=finely(high)
            ),
        ),
    )
    with grid(3, min_column_width=200):
        for label, number, note in told:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.metric(label, number)
                st.caption(note)
    with st.container(key="formula"):
        st.latex(_formula(reported))
    split(train, reported.accuracy, N_TRAIN)
    whole = N_TRAIN + N_TEST
    points = N_TRAIN * train / whole
    st.markdown(
        _(
            "{share} of the images that the headline counts are images that {name} was fitted to: "
            "{points} of its {headline} points come from them, where a right answer cannot be told "
            "from memory. The formula and both reported figures are in {citation}."
        ).format(
            share=proportion(N_TRAIN / whole),
            name=ARCHITECTURES[reported.model].title,
            points=f"{100 * points:.2f}",
            headline=f"{100 * reported.weighted_accuracy:.2f}",
            citation=plain(paper.CITATION),
        )
    )


def play(reported: Reported) -> None:
    """Let the training part be changed, and show what moves and what does not."""
    name = ARCHITECTURES[reported.model].title
    implied = 100 * reported.implied_train_accuracy
    with st.container(border=True, key="headline-desk"), grid(2, min_column_width=280, gap="large"):
        train = _slider(
            "train", _("Right on training images, per cent"), ACCURACIES, implied, f"{implied:.2f}"
        )
        size = _slider("size", _("Training images"), SIZES, N_TRAIN, f"{N_TRAIN:,}")
    headline = weighted_accuracy(train / 100, reported.accuracy, int(size))
    change = 100 * (headline - reported.weighted_accuracy)
    told = (
        (_("The headline would be"), printed(headline), f"{wording.signed(change, 2)}"),
        (_("The test stays at"), printed(reported.accuracy), wording.signed(0, 2)),
    )
    with grid(2, min_column_width=200):
        for label, number, moved in told:
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.metric(label, number)
                st.caption(_("{points} points from what is reported").format(points=moved))
    split(train / 100, reported.accuracy, int(size))
    st.markdown(_("**How far can training images lift the headline off the test?**"))
    show(
        reach(train / 100, int(size), reported, SIZES[-1]),
        _(
            "Headline against the number of training images: from {test} with none towards {train}"
        ).format(test=printed(reported.accuracy), train=proportion(train / 100, 2)),
        "headline-reach",
    )
    st.caption(
        _(
            "Nothing that {name} does on a new image changes along this line. With more training "
            "images the headline goes to the training accuracy, which any memory brings to the top."
        ).format(name=name)
    )


def split(train: float, test: float, n_train: int) -> None:
    """Draw training and test images as a bar, the right and the wrong of each."""
    right, found = train * n_train, test * N_TEST
    segments = (
        ("train-right", right, _("training images, right")),
        ("train-wrong", n_train - right, _("training images, wrong")),
        ("test-right", found, _("test images, right")),
        ("test-wrong", N_TEST - found, _("test images, wrong")),
    )
    shown = [(css, n, words) for css, n, words in segments if n >= 0.5]
    bars = "".join(f'<i class="gb-{css}" style="flex:{n:.1f} 1 0"></i>' for css, n, _w in shown)
    key = "".join(
        f'<li><i class="gb-swatch gb-{css}"></i><span><b>{n:,.0f}</b> {escape(words)}</span></li>'
        for css, n, words in shown
    )
    st.html(
        f'<div class="gb-split" aria-hidden="true">{bars}</div><ul class="gb-split-key">{key}</ul>'
    )


def printed(share: float) -> str:
    """Write a share as the paper prints it, to a hundredth of a per cent."""
    return proportion(share, 2)


def finely(share: float) -> str:
    """Write a share one decimal finer than it is printed."""
    return proportion(share, 3)


def _formula(reported: Reported) -> str:
    train, test = (f"{100 * x:.2f}" for x in (reported.implied_train_accuracy, reported.accuracy))
    return (
        rf"\frac{{{N_TRAIN}\cdot {train}\,\% + {N_TEST}\cdot {test}\,\%}}{{{N_TRAIN + N_TEST}}}"
        rf"= {100 * reported.weighted_accuracy:.2f}\,\%"
    )


def _slider(key: str, label: str, steps: Sequence[float], own: float, words: str) -> float:
    """Ask for one of the steps, or for the paper's own value, which stands in its place."""
    every: list[str | float] = [*steps, PAPER]
    options = sorted(every, key=lambda v: own if v == PAPER else float(v))
    state.linked(key, options, PAPER)
    st.select_slider(
        label,
        options,
        format_func=lambda v: _("{value} (paper)").format(value=words) if v == PAPER else f"{v:,}",
        key=key,
    )
    state.remember(key, PAPER)
    value = st.session_state[key]
    return own if value == PAPER else float(value)
