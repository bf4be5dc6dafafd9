"""Clever-Hans lab: does a network go by the tumour, or by something beside it."""

from __future__ import annotations

import streamlit as st

from pages._ui import cache, components, shortcuts_view
from pages._ui.text import _

components.page_header(
    _("The Clever-Hans lab"),
    _(
        "A horse named Hans seemed to count; he read his master's face. Here a trait that has "
        "nothing to do with a tumour is put on real scans, or taken off them, and every network "
        "answers again. What you see are counts over a few scans, not proof of what was learned."
    ),
)
specs, _broken = cache.models()
panel, trial_place = st.columns([1, 2.1], gap="large")
with panel:
    shortcut, n, seed = shortcuts_view.question()
with trial_place:
    st.subheader(_(shortcut.title), anchor=False)
    st.markdown(_(shortcut.story))
    if specs:
        trial = shortcuts_view.attempt(specs, shortcut, n, seed)
        shortcuts_view.counts(specs, trial)
        shortcuts_view.lesson()
    else:
        components.no_model()
if specs:
    with components.guarded():
        shortcuts_view.example(specs, trial)
shortcuts_view.files()
shortcuts_view.planes()
