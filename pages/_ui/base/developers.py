"""What only those who run the app can use stands behind a fold."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from pages._ui.base.text import _


def command(line: str) -> None:
    """Offer a command line, folded away.

    Parameters
    ----------
    line : str
        To be typed in the folder of the app.
    """
    with st.expander(_("For developers"), icon=":material/terminal:"):
        lines([line])


def lines(commands: Iterable[str]) -> None:
    """Show command lines, each once, in a fold that is there already."""
    if told := "\n".join(dict.fromkeys(filter(None, commands))):
        st.code(told, language=None, wrap_lines=True)
