"""Dataset: what the networks learned from, what is wrong with it, and what is done about it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages._ui.base import components
from pages._ui.base.text import _
from pages._ui.dataset import counterfactuals, pictures, prose, view
from pages._ui.figures import controls

components.page_header(
    _("What did the networks learn from?"),
    _(
        "One public collection of brain MRI slices, looked at image by image. Its official test "
        "shares pictures and patients with training, so a high score on it says little. This is "
        "what was found by comparing pixels; what nobody recorded is said to be not known."
    ),
)
st.html(Path(__file__).parent / "_ui" / "figures" / "audit.css")
prose.headline()

st.header(_("What is in it"), anchor=False)
st.markdown(prose.contents())
view.composition()

st.header(_("Half of it is copies"), anchor=False)
st.markdown(prose.copies())
pictures.twins("twins")
pictures.copies()

st.header(_("The test shares its patients with training"), anchor=False)
st.markdown(prose.leak())
view.leaks()

st.header(_("So memory wins"), anchor=False)
st.markdown(prose.memory())
view.controls()

st.header(_("The shortcut"), anchor=False)
st.markdown(prose.shortcut())
pictures.means()
view.statistics()
st.markdown(controls.forest())

st.header(_("Pictures that break the shortcut"), anchor=False)
counterfactuals.lay()

st.header(_("Pictures that should not be there"), anchor=False)
for topic, title in prose.PROBLEMS.items():
    pictures.problem(topic, _(title), prose.problem(topic))

st.header(_("What is done about it"), anchor=False)
st.markdown(prose.remedy())
view.folds()

st.header(_("Where to get it"), anchor=False)
st.markdown(prose.where())
view.licences()
with st.expander(_("Where each picture on this page is from"), icon=":material/copyright:"):
    lines = (*pictures.origins(), *counterfactuals.origins())
    st.markdown("\n".join(f"- {line}" for line in lines))
view.stamp()
