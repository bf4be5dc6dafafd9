"""Tour: the app in eight steps, by the arrow keys."""

from __future__ import annotations

import streamlit as st

from pages._ui import components, state, ways
from pages._ui.text import _
from pages._ui.tour_steps import STEPS

components.page_header(
    _("The tour"),
    _(
        "Eight steps through the app, for a lecture: the arrow keys lead on and back. What is "
        "shown is computed or looked up now; each step links to the page that goes deeper."
    ),
)
state.linked("step", range(1, len(STEPS) + 1), 1)
state.remember("step", 1)
at: int = st.session_state["step"]
ways.leave(query={"step": str(at)})


def turn(to: int) -> None:
    """Go to a step."""
    st.session_state["step"] = to


step = STEPS[at - 1]
with st.container(horizontal=True, vertical_alignment="center", key="tour-steps"):
    st.button(
        _("Back"), key="tour-back", shortcut="left", disabled=at == 1, on_click=turn, args=(at - 1,)
    )
    st.caption(_("Step {n} of {all}").format(n=at, all=len(STEPS)), width="content")
    st.button(
        _("Next"), key="tour-next", shortcut="right", type="primary", disabled=at == len(STEPS),
        on_click=turn, args=(at + 1,),
    )  # fmt: skip
    st.space("stretch")
    deeper = st.empty()
st.header(_(step.title), anchor=False)
st.markdown(_(step.words))
with st.container(key=f"tour-{at}"), components.guarded():
    query = step.show()
    with deeper:
        st.page_link(
            st.session_state["_pages"][step.page], icon=":material/arrow_forward:",
            label=_("Go deeper: {page}").format(page=st.session_state["_pages"][step.page].title),
            query_params=query,
        )  # fmt: skip
