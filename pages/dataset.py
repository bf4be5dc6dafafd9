"""Dataset: what the networks learned from, what is wrong with it, and what is done about it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages._ui import audit_pictures, audit_prose, audit_view, components
from pages._ui.text import _

components.page_header(
    _("What did the networks learn from?"),
    _(
        "One public collection of brain MRI slices, looked at image by image. Its official test "
        "shares pictures and patients with training, so a high score on it says little. This is "
        "what was found by comparing pixels; what nobody recorded is said to be not known."
    ),
)
st.html(Path(__file__).parent / "_ui" / "audit.css")
audit_prose.headline()

st.header(_("What is in it"), anchor=False)
st.markdown(audit_prose.contents())
audit_view.composition()

st.header(_("Half of it is copies"), anchor=False)
st.markdown(audit_prose.copies())
audit_pictures.twins("twins")
audit_pictures.copies()

st.header(_("The test shares its patients with training"), anchor=False)
st.markdown(audit_prose.leak())
audit_view.leaks()

st.header(_("So memory wins"), anchor=False)
st.markdown(audit_prose.memory())
audit_view.controls()

st.header(_("The shortcut"), anchor=False)
st.markdown(audit_prose.shortcut())
audit_pictures.means()
audit_view.statistics()
st.markdown(audit_prose.forest())

st.header(_("Pictures that should not be there"), anchor=False)
for topic, title in audit_prose.PROBLEMS.items():
    audit_pictures.problem(topic, _(title), audit_prose.problem(topic))

st.header(_("What is done about it"), anchor=False)
st.markdown(audit_prose.remedy())
audit_view.folds()

st.header(_("Where to get it"), anchor=False)
st.markdown(audit_prose.where())
audit_view.licences()
with st.expander(_("Where each picture on this page is from"), icon=":material/copyright:"):
    st.markdown("\n".join(f"- {line}" for line in audit_pictures.origins()))
audit_view.stamp()
