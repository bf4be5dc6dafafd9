"""Quiz: read a scan first, then see what its source, an expert and the networks said."""

from __future__ import annotations

import streamlit as st

from core.quiz import draw
from pages._ui.base import components, records
from pages._ui.base.text import _
from pages._ui.quiz import play, rounds, sheet
from pages._ui.scan import ways

components.page_header(
    _("You against the networks"),
    _(
        "Say what you see on scans of patients that no network here was trained on, then compare. "
        "A handful of pictures measures neither a reader nor a network; it shows where reading "
        "is hard."
    ),
)
answers = records.answers()
asked = rounds.choose(answers)
scans = draw(asked, answers)
so_far = rounds.progress(asked)
at = so_far.passed
if not scans:
    st.info(_("No network is wrong about any of these scans, so there are no hard cases."))
elif at >= len(scans):
    sheet.sheet(asked, so_far.replies, answers)
else:
    play.head(at, len(scans), so_far.replies)
    if len(so_far.replies) > at:
        play.reveal(asked, at, len(scans), so_far.replies[at], answers)
    else:
        play.ask(asked, at, scans[at])
ways.leave()
