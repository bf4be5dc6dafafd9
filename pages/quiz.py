"""Quiz: read a scan first, then see what its source, an expert and the networks said."""

from __future__ import annotations

import streamlit as st

from core.quiz import draw
from pages._ui import cache, components, quiz_desk, quiz_round, quiz_sheet, ways
from pages._ui.text import _

components.page_header(
    _("You against the networks"),
    _(
        "Say what you see on scans of patients that no network here was trained on, then compare. "
        "A handful of pictures measures neither a reader nor a network; it shows where reading "
        "is hard."
    ),
)
answers = cache.answers()
asked = quiz_desk.choose(answers)
scans = draw(asked, answers)
so_far = quiz_desk.progress(asked)
at = so_far.passed
if not scans:
    st.info(_("No network is wrong about any of these scans, so there are no hard cases."))
elif at >= len(scans):
    quiz_sheet.sheet(asked, so_far.replies, answers)
else:
    quiz_round.head(at, len(scans), so_far.replies)
    if len(so_far.replies) > at:
        quiz_round.reveal(asked, at, len(scans), so_far.replies[at], answers)
    else:
        quiz_round.ask(asked, at, scans[at])
ways.leave()
