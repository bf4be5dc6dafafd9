"""All networks side by side: what they confuse, where they differ, what each is worth."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.errors import N_
from core.evaluate.board.ranking import Ranking
from core.evaluate.board.rows import Row
from core.protocols import UNSEEN
from pages._ui.base import cache, derived, developers
from pages._ui.base.grid import grid
from pages._ui.base.text import _, listed, plain
from pages._ui.figures import boards, gaps, matrices, wording
from pages._ui.figures.show import clicked, show
from pages._ui.leaderboard import files
from pages._ui.leaderboard.matrix import CASES, recalls
from pages._ui.leaderboard.parts import part_of

CARDS = "pages/model-cards.py"


def together(choice: Ranking) -> None:
    """Ask what to compare all networks by, and draw it."""
    networks = [r for r in choice.measured if r.kind == "model"]
    if len(networks) < 2:
        st.caption(_("There is one network or none on this board, so nothing to compare."))
        return
    view = wording.switch("compare", _("Compare by"), tuple(VIEWS), lambda key: _(VIEWS[key][0]))
    _name, question, draw = VIEWS[view]
    st.subheader(_(question), anchor=False)
    draw(networks, choice)
    absent = gaps.missing(choice.board.protocol, choice.board.rows)
    if absent:
        names = (f"{wording.network_title(n)} ({why})" for n, why in absent.items())
        st.caption(_("Not measured: {names}.").format(names=listed(names)))


def _confusions(networks: list[Row], choice: Ranking) -> None:
    with grid(3, min_column_width=310, gap="medium"):
        for row in networks:
            part, title = part_of(row, choice), wording.row_title(row)
            with st.container(gap="xsmall"):
                clicked(
                    matrices.confusion(row.name, title, part.confusion, recalls(part), small=True),
                    _(
                        "Confusion matrix of {name}: images, and their share of the true class"
                    ).format(name=title),
                    f"small-matrix-{row.name}",
                    CASES if wording.has_cases(row, choice) else None,
                )
    st.caption(
        _("In a cell: images, and their share of the true class. A click opens their pictures, "
          "and so do the links under each table.")
    )  # fmt: skip


def _differences(networks: list[Row], choice: Ranking) -> None:
    counts, of = derived.differences(tuple(networks), choice.images)
    show(
        matrices.disagreement(counts.tolist(), [wording.row_title(r) for r in networks], of),
        _("On how many of {n} images each two networks give different answers").format(n=f"{of:,}"),
        "disagreement",
    )
    st.caption(
        _("Of {n} images. Networks that are wrong on the same images cannot correct one "
          "another, however many they are.").format(n=f"{of:,}")
    )  # fmt: skip
    if choice.board.protocol == UNSEEN:
        st.page_link(
            "pages/cases.py",
            label=_("The scans on which they disagree"),
            query_params={"preset": "disagree"},
        )


def _worth(networks: list[Row], choice: Ranking) -> None:
    timed = files.timed()
    specs, _broken = cache.models()
    found = [
        boards.Worth(
            row.name,
            wording.row_title(row),
            row.figure("accuracy", choice.images),
            wording.with_span("accuracy", row.figure("accuracy", choice.images)),
            wording.measured_on(row, choice.images),
            wording.images_of(row, choice.images) or 0,
            timed.milliseconds[row.name],
            specs[row.name].weights.stat().st_size / 1e6,
        )
        for row in networks
        if timed and row.name in timed.milliseconds and row.name in specs
    ]
    if not found or timed is None:
        st.caption(_("Speed has not been measured here."))
        developers.command("python -m core benchmark --save")
        return
    clicked(
        boards.worth(found),
        _("Accuracy against milliseconds an image; the larger a mark, the larger its file"),
        "worth",
        CARDS,
    )
    with st.container(horizontal=True, gap="small", key="worth-cards"):
        st.caption(_("Model cards:"), width="content")
        for w in found:
            st.page_link(CARDS, label=w.title, query_params={"model": w.name})
    st.caption(
        _("The larger a mark, the larger its file. {speed}").format(speed=files.speed_note(timed))
    )
    untimed = [wording.row_title(r) for r in networks if r.name not in {w.name for w in found}]
    if untimed:
        st.caption(_("Not timed: {names}.").format(names=plain(listed(untimed))))


VIEWS: dict[str, tuple[str, str, Callable[[list[Row], Ranking], None]]] = {
    "differences": (N_("Disagreement"), N_("Where do they disagree?"), _differences),
    "matrices": (N_("Confusions"), N_("What does each network take for what?"), _confusions),
    "worth": (N_("Worth"), N_("What does a right answer cost in time and size?"), _worth),
}
