"""The gate's word on a page: a class is withheld until a person asks for it all the same."""

from __future__ import annotations

import streamlit as st

from core.answer import HEADINGS, Answered
from core.reports import words
from pages._ui.base.text import _, report_language

KEY = "_answers_anyway"


def withheld(outcome: Answered) -> bool:
    """Whether what a network says of a scan is not to be shown."""
    return outcome.verdict == "outside" and not st.session_state.get(KEY, False)


def headline(outcome: Answered) -> bool:
    """Give the gate's word and its reason, where it stops a scan, and offer to go on.

    Returns
    -------
    bool
        Whether the page may go on to what networks say.
    """
    if outcome.verdict != "outside":
        return True
    outside = HEADINGS["outside"]
    st.subheader(_(outside), anchor=False)
    st.markdown(words.why(outcome, report_language()))
    return override()


def override() -> bool:
    """Offer to show what networks say of pictures that the gate stops; kept for the session."""
    st.toggle(
        _("Show what the networks say all the same"),
        value=st.session_state.get(KEY, False),
        key="answers-anyway",
        on_change=_remember,
        help=_(
            "For teaching: a network has no answer but its four classes, and gives one of them to "
            "any picture."
        ),
    )
    return bool(st.session_state.get(KEY, False))


def _remember() -> None:
    st.session_state[KEY] = st.session_state["answers-anyway"]
