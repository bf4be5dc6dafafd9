"""The score sheet of a round: a person beside the networks, on the very same scans."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import streamlit as st

from core import cases
from core.evaluate.board.answers import Answers
from core.labels import CLASS_NAMES
from core.quiz import Reply, Round
from core.quiz_score import YOU, Tally, classes, document, hits, records, stored, tallies
from core.report import to_csv
from pages._ui.base import components, tiles
from pages._ui.base.grid import grid
from pages._ui.base.text import _, class_title, ngettext
from pages._ui.figures.wording import row_title
from pages._ui.quiz import rounds


def sheet(asked: Round, replies: Sequence[Reply], answers: Answers | None) -> None:
    """Show who got how many right, where the points fell, and every scan with its answers."""
    scores = tallies(replies, answers)
    you, *others = scores
    st.header(
        _("You read {right} of {n} as their sources do").format(right=you.right, n=len(replies)),
        anchor=False,
    )
    st.markdown(_pointed(replies))
    _scores(scores, replies, answers)
    st.caption(_chance(others, len(replies)))
    with st.container(horizontal=True):
        _downloads(asked, replies, answers)
        st.button(
            _("Another round"), icon=":material/shuffle:", key="once-more", type="primary",
            on_click=rounds.another,
        )  # fmt: skip
    st.header(_("The scans again"), anchor=False)
    st.caption(_("Under each scan: its class by the source, and what you said. A click opens it."))
    _tiles(replies)
    if answers:
        _all_answers(replies, answers)
        _stamp(asked, answers)


def name_of(name: str, answers: Answers | None) -> str:
    """Name who answered: the person, or a row of the leaderboard."""
    if name == YOU or answers is None:
        return _("You")
    return row_title(answers.voices[name].row)


def _pointed(replies: Sequence[Reply]) -> str:
    on, scored, outlined = hits(replies)
    if not outlined:
        return _("No expert's outline is known of these scans, so no point could be scored.")
    if not scored:
        return ngettext(
            "Of {n} scan an expert's outline is known; you pointed at none.",
            "Of {n} scans an expert's outline is known; you pointed at none.",
            outlined,
        ).format(n=outlined)
    return ngettext(
        "Of {n} scan an expert's outline is known; you pointed at {scored} and hit {on}, "
        "where as far beside counts as it does for a network's map.",
        "Of {n} scans an expert's outline is known; you pointed at {scored} and hit {on}, "
        "where as far beside counts as it does for a network's map.",
        outlined,
    ).format(n=outlined, scored=scored, on=on)


def _scores(scores: Sequence[Tally], replies: Sequence[Reply], answers: Answers | None) -> None:
    number = st.column_config.TextColumn(alignment="right")
    counts = classes(replies)
    rows = [_score(tally, counts, len(replies), name_of(tally.name, answers)) for tally in scores]
    st.dataframe(
        rows,
        hide_index=True,
        height="content",
        placeholder="–",
        alt=_("Right answers of you and each network, by class"),
        column_config={
            **{class_title(name): number for name in counts},
            _("Right"): number,
            _("Accuracy"): st.column_config.ProgressColumn(format="percent", color="gray"),
            _("Only you right"): number,
            _("Only it right"): number,
            _("p"): st.column_config.TextColumn(alignment="right", help=_p_means()),
        },
    )


def _score(tally: Tally, counts: dict[str, int], of: int, name: str) -> dict[str, Any]:
    beside = tally.name != YOU
    return {
        _("Reader"): name,
        _("Right"): _("{n} of {all}").format(n=tally.right, all=of),
        _("Accuracy"): tally.right / of,
        **{
            class_title(c): _("{n} of {all}").format(n=tally.by_class[c], all=counts[c])
            for c in counts
        },
        _("Only you right"): str(tally.only_you) if beside else None,
        _("Only it right"): str(tally.only_it) if beside else None,
        _("p"): _p(tally.p) if beside else None,
    }


def _p(value: float) -> str:
    """Write a probability of chance, which is never nothing: 0.004, or less than 0.001."""
    return "<\u202f0.001" if value < 0.001 else f"{value:.3f}" if value < 0.01 else f"{value:.2f}"


def _p_means() -> str:
    return _(
        "Exact McNemar test: how often two equally good readers would differ at least this much "
        "by chance."
    )


def _chance(others: Sequence[Tally], n: int) -> str:
    if not others:
        return _("No network has been evaluated yet, so there is nobody to compare with.")
    if min(tally.p for tally in others) < 0.05:
        return _(
            "A small p says that chance alone seldom tells two readers this far apart. {n} "
            "scans are few all the same."
        ).format(n=n)
    return _("{n} scans are few: every difference here may be chance.").format(n=n)


def _downloads(asked: Round, replies: Sequence[Reply], answers: Answers | None) -> None:
    stem = f"glassbrain-quiz-{asked.kind}-{asked.size}-{asked.seed}"
    st.download_button(
        _("Answers as CSV"), to_csv(list(records(replies, answers))), f"{stem}.csv", "text/csv",
        icon=":material/table_view:", on_click="ignore",
    )  # fmt: skip
    st.download_button(
        _("Round as JSON"), json.dumps(document(asked, replies, answers), indent=2),
        f"{stem}.json", "application/json", icon=":material/data_object:", on_click="ignore",
    )  # fmt: skip


def _tiles(replies: Sequence[Reply]) -> None:
    opened = None
    with grid(6, min_column_width=100, gap="small"):
        for reply in replies:
            case = cases.cases()[reply.case]
            said = (
                ":material/check:"
                if reply.right
                else f":material/close: **{class_title(reply.guess)}**"
            )
            if tiles.scan(case, f"{class_title(case.label)}  \n{said}"):
                opened = case.id
    if opened:
        st.switch_page("pages/classify.py", query_params={"sample": opened})


def _all_answers(replies: Sequence[Reply], answers: Answers) -> None:
    rows = []
    for n, reply in enumerate(replies, 1):
        case = cases.cases()[reply.case]
        said = {
            name_of(name, answers): class_title(CLASS_NAMES[int(p.argmax())])
            for name, p in stored(answers, case).items()
        }
        truth = {"#": n, _("Source"): class_title(reply.truth)}
        rows.append(truth | {_("You"): class_title(reply.guess)} | said)
    st.dataframe(
        rows, hide_index=True, height="content", alt=_("Every scan with the answers of all")
    )


def _stamp(asked: Round, answers: Answers) -> None:
    shas = (
        f"{row_title(voice.row)} {voice.row.metrics.predictions_sha256[:12]}"
        for voice in answers.readers().values()
        if voice.row.metrics
    )
    components.provenance((rounds.title(asked), _("stored predictions"), *shas), "sheet")
