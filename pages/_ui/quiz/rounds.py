"""Which round of the quiz is asked, and how far it has come."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import streamlit as st

from core.evaluate.board.answers import Answers
from core.quiz import KINDS, SEEDS, SIZES, Reply, Round
from pages._ui.base import state
from pages._ui.base.text import ROUND_KINDS, _, listed
from pages._ui.figures.wording import row_title


@dataclass(frozen=True)
class Progress:
    """How far a round has come.

    Attributes
    ----------
    replies : tuple of Reply
        What was answered; it stays.
    passed : int
        How many of those were looked at and left behind.
    """

    replies: tuple[Reply, ...] = ()
    passed: int = 0


def choose(answers: Answers | None) -> Round:
    """Ask which round to play; a link may name one, and a link to none gets a sentence."""
    kinds = KINDS if answers else ("balanced",)
    offered = {"set": kinds, "n": SIZES, "seed": SEEDS}
    wrong = any(
        key in st.query_params and st.query_params[key] not in map(str, options)
        for key, options in offered.items()
    )
    st.session_state.setdefault("_seed", _any_seed())
    with st.container(horizontal=True, vertical_alignment="center", key="quiz-head"):
        with st.popover(_("The round"), icon=":material/tune:"):
            asked = _form(kinds, answers)
        st.button(_("Another round"), icon=":material/shuffle:", type="tertiary", on_click=another)
        st.caption(title(asked), width="content")
    if wrong:
        st.info(
            _(
                "The link names no round: set is {sets}, n is {sizes} and seed a whole number "
                "from 1 to {most}. Here is another round instead."
            ).format(
                sets=" / ".join(kinds),
                sizes=" / ".join(map(str, SIZES)),
                most=SEEDS[-1],
            ),
            icon=":material/link_off:",
        )
    return asked


def title(asked: Round) -> str:
    """Name a round as a person does."""
    return _("{scans} · {n} scans · round {seed}").format(
        scans=_(ROUND_KINDS[asked.kind]), n=asked.size, seed=asked.seed
    )


def progress(asked: Round) -> Progress:
    """Look up how far a round has come in this session."""
    return _rounds().get(asked, Progress())


def answer(asked: Round, n: int, reply: Reply) -> None:
    """Keep the reply to scan `n`; a second one changes nothing."""
    so_far = progress(asked)
    if len(so_far.replies) == n:
        _rounds()[asked] = replace(so_far, replies=(*so_far.replies, reply))


def go_on(asked: Round, n: int) -> None:
    """Leave scan `n` behind."""
    so_far = progress(asked)
    if so_far.passed == n < len(so_far.replies):
        _rounds()[asked] = replace(so_far, passed=n + 1)


def another() -> None:
    """Draw another round of the same kind and size."""
    st.session_state["seed"] = _any_seed()


def _form(kinds: tuple[str, ...], answers: Answers | None) -> Round:
    state.linked("set", kinds, kinds[0])
    st.segmented_control(
        _("Scans"), kinds, format_func=lambda kind: _(ROUND_KINDS[kind]), key="set", required=True
    )
    state.remember("set", None)
    kind = st.session_state["set"]
    st.caption(_meaning(kind, answers))
    state.linked("n", SIZES, 10)
    st.segmented_control(_("How many"), SIZES, key="n", required=True)
    state.remember("n", None)
    state.linked("seed", SEEDS, st.session_state["_seed"])
    st.number_input(_("Number of the round"), SEEDS[0], SEEDS[-1], key="seed")
    state.remember("seed", None)
    asked = Round(kind, int(st.session_state["n"]), int(st.session_state["seed"]))
    st.caption(_("This address gives everybody the same scans in the same order."))
    query = urlencode({"set": asked.kind, "n": asked.size, "seed": asked.seed})
    st.code(f"{st.context.url or ''}?{query}", language=None, wrap_lines=True)
    return asked


def _meaning(kind: str, answers: Answers | None) -> str:
    if kind == "balanced" or not answers:
        return _("As many scans of each class as the number allows, one of a patient.")
    names = listed(row_title(v.row) for v in answers.of_kind("model").values())
    return _("Scans that at least one of these gets wrong, one of a patient: {names}.").format(
        names=names
    )


def _rounds() -> dict[Round, Progress]:
    rounds: dict[Round, Progress] = st.session_state.setdefault("_quiz", {})
    return rounds


def _any_seed() -> int:
    return secrets.choice(SEEDS)
