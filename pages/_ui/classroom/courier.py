"""What a student is told of an answer between the tap and the server's word."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.labels import CLASS_NAMES
from pages._ui.base.text import _, class_title

_HTML = """
<output class="said" aria-live="polite" hidden></output>
"""
_CSS = """
.said {
  display: block;
  font-size: 0.95rem;
  color: var(--st-text-color);
}
.said[hidden] {
  display: none;
}
.said::before {
  content: "";
  display: inline-block;
  width: 0.7em;
  height: 0.7em;
  margin-right: 0.5em;
  border: 2px solid var(--st-primary-color);
  border-right-color: transparent;
  border-radius: 50%;
  animation: turn 1s linear infinite;
}
@keyframes turn {
  to {
    transform: rotate(360deg);
  }
}
@media (prefers-reduced-motion: reduce) {
  .said::before {
    animation: none;
  }
}
"""
_JS = Path(__file__).with_name("courier.js").read_text("utf-8")


def way(own: str | None, given: int) -> None:
    """Say of a tapped answer that it is on its way, until the server has dealt with it.

    Parameters
    ----------
    own : str or None
        The class that is stored as the student's answer.
    given : int
        Answers that the server has dealt with in this session, stored or refused.
    """
    # Registered at each call: Streamlit 1.65 forgets it between the servers of one process.
    mount = st.components.v2.component("courier", html=_HTML, css=_CSS, js=_JS)
    mount(
        key="courier",
        data={
            "own": own,
            "given": given,
            "titles": {name: class_title(name) for name in CLASS_NAMES},
            "words": _("{answer} is on its way …"),
        },
    )
