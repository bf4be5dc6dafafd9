"""Tour: the app in nine steps, by the arrow keys."""

from __future__ import annotations

import streamlit as st

from pages._ui.base import components, state
from pages._ui.base.text import _
from pages._ui.scan import ways
from pages._ui.tour import stepper
from pages._ui.tour.steps import STEPS

components.page_header(
    _("The tour"),
    _(
        "Nine steps through the app, for a lecture: the arrow keys lead on and back. What is "
        "shown is computed or looked up now; each step links to the page that goes deeper."
    ),
)
st.session_state["step"] = stepper.wanted(st.session_state.get("step", 1), len(STEPS))
state.linked("step", range(1, len(STEPS) + 1), 1)
state.remember("step", 1)
at = st.session_state["step"]
ways.leave(query={"step": str(at)})

step = STEPS[at - 1]
with st.container(horizontal=True, vertical_alignment="center", key="tour-steps"):
    stepper.show(at, len(STEPS))
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
