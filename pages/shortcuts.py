"""Clever-Hans lab: does a network go by the tumour, or by something beside it."""

from __future__ import annotations

import streamlit as st

from pages._ui.base import cache, components
from pages._ui.base.text import _
from pages._ui.shortcuts import view
from pages._ui.shortcuts.trial import attempt

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
    shortcut, n, seed = view.question()
with trial_place:
    st.subheader(_(shortcut.title), anchor=False)
    st.markdown(_(shortcut.story))
    asked = st.container()
example = st.container()
view.files()
view.planes()
trial = None
with asked:  # last: all else is on the screen while the networks answer
    if specs:
        trial = attempt(specs, shortcut, n, seed)
        view.counts(specs, trial)
        view.lesson(trial)
    else:
        components.no_model()
if trial:
    with example, components.guarded():
        view.example(specs, trial)
