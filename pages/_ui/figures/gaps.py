"""Which networks are not on a board, why, and what to type."""

from __future__ import annotations

import streamlit as st

from core.architectures import ARCHITECTURES
from core.evaluate.board.ranking import Ranking
from core.evaluate.board.rows import Row
from core.protocols import UNSEEN, Protocol
from core.registry import ModelSpec
from pages._ui.base import cache
from pages._ui.base.text import _, ngettext, sentence


def missing(protocol: Protocol, rows: tuple[Row, ...]) -> dict[str, str]:
    """List the networks that the project sets out to train and that are not on the board.

    Returns
    -------
    dict of str to str
        Name -> what is missing, in words.
    """
    there = {row.name for row in rows}
    served, broken = cache.models()
    unusable = {model.name for model in broken}
    return {
        name: _("not trained yet") if _untrained(name, protocol, served) else _("not evaluated yet")
        for name in ARCHITECTURES
        if name not in there and not (protocol == UNSEEN and name in unusable)
    }


def absences(choice: Ranking) -> None:
    """Say what is not on the board, why, and what to type."""
    protocol = choice.board.protocol
    if choice.board.problems:
        lines = "  \n".join(map(sentence, choice.board.problems))
        st.warning(lines, icon=":material/rule:")
    absent = missing(protocol, choice.board.rows)
    if not absent:
        return
    label = ngettext(
        "{n} network is not on this board: how to add it",
        "{n} networks are not on this board: how to add them",
        len(absent),
    ).format(n=len(absent))
    served, _broken = cache.models()
    with st.expander(label, icon=":material/hourglass_empty:"):
        for name, why in absent.items():
            st.markdown(f"**{ARCHITECTURES[name].title}** · {why}")
            st.code(_commands(name, protocol, served), language=None, wrap_lines=True)


def _untrained(name: str, protocol: Protocol, served: dict[str, ModelSpec]) -> bool:
    """Whether no weights are there; those of the official split never ship, so are unknown."""
    return protocol == UNSEEN and name not in served


def _commands(name: str, protocol: Protocol, served: dict[str, ModelSpec]) -> str:
    """Give what to type, in order, for a network to stand on a board."""
    train = f"python -m core train --model {name} --protocol {protocol} --data DIR"
    evaluate = f"python -m core evaluate --model {name} --protocol {protocol} --data DIR"
    trained = protocol == UNSEEN and name in served
    return evaluate if trained else f"{train}\n{evaluate}"
