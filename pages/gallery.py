"""Gallery: scans that are easy, hard, misleading or beautiful, with a sentence on each."""

from __future__ import annotations

import streamlit as st

from pages._ui.base import components, records
from pages._ui.base.text import _
from pages._ui.gallery import showcase
from pages._ui.scan import case_words, ways

components.page_header(
    _("Gallery"),
    _(
        "A few scans worth a look, all of patients that no network here has seen. Easy, hard and "
        "misleading are picked by rule from the stored answers; they show how these networks "
        "err, not how often."
    ),
)
page = ways.destination()
answers = records.answers()
clicked = []
if answers:
    clicked = [showcase.picked(answers, group) for group in showcase.TITLES]
    showcase.stamp(answers)
else:
    case_words.none_yet()
clicked.append(showcase.beautiful())
ways.leave(showcase.scans())
for key in filter(None, clicked):
    st.switch_page(page, query_params={"sample": key})
