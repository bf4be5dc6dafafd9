"""Back, Next and the arrow keys of the tour: every press counts, also while a step is drawn.

The browser keeps the position (stepper.js) and says which step is wanted. Buttons of
Streamlit's say "one on" to the step that is on the screen: of two quick presses one is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from pages._ui.base.text import _

KEY = "tour-stepper"
_HEARD = "_tour_heard"  # the last press that has been answered
_HTML = """
<div class="steps">
  <button class="back" type="button" aria-keyshortcuts="ArrowLeft"></button>
  <output class="said" aria-live="polite"></output>
  <button class="next" type="button" aria-keyshortcuts="ArrowRight"></button>
</div>
"""
_SOURCES = {
    kind: Path(__file__).with_name(f"stepper.{kind}").read_text("utf-8") for kind in ("css", "js")
}


def wanted(at: int, steps: int) -> int:
    """Step that the browser asks for by its latest press, else `at`; before `show`."""
    came = st.session_state.get(KEY)
    said = came.get("value") if isinstance(came, Mapping) else None
    if not isinstance(said, list | tuple) or len(said) != 2 or {*map(type, said)} != {int}:
        return at
    to, press = said
    if press == st.session_state.get(_HEARD) or to not in range(1, steps + 1):
        return at
    st.session_state[_HEARD] = press
    return int(to)


def show(at: int, steps: int) -> None:
    """Show the buttons and where the tour stands."""
    # Registered at each call: Streamlit 1.65 forgets it between the servers of one process.
    mount = st.components.v2.component("stepper", html=_HTML, **_SOURCES)  # type: ignore[arg-type]
    mount(
        key=KEY,
        data={
            "at": at,
            "steps": steps,
            "heard": st.session_state.get(_HEARD, 0),
            "words": {
                "back": _("Back"),
                "next": _("Next"),
                "said": _("Step {n} of {all}").replace("{all}", str(steps)),
            },
        },
        width="content",
        on_value_change=lambda: None,
    )
