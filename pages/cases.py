"""Cases: the pictures behind every number, by what the networks said of them."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.cases import find_file
from core.evaluate.board.answers import choose, distinct, ordered
from pages._ui.base import components, records, state
from pages._ui.base.text import _
from pages._ui.cases import choices, scans
from pages._ui.scan import case_words, ways

components.page_header(
    _("The cases behind the numbers"),
    _(
        "What each network said of each scan of the patients kept apart from training: the "
        "stored answers that the leaderboard counts. The class of a scan is what its source "
        "says, which is not always right."
    ),
)
answers = records.answers()
if answers is None:
    case_words.none_yet()
else:
    st.html(choices.STYLE)
    state.follow_link(choices.KEYS)
    panel, light_box = st.columns([1.25, 2.2], gap="medium")
    with panel:
        choice = choices.choose(answers)
        any_cell = replace(choice, truth=None, answer=None)
        scans.matrix(answers, choice, choose(answers, any_cell))
        scans.stamp(answers.voices[choice.model])
    chosen = choose(answers, choice)
    pictures = chosen & distinct(answers)
    with light_box:
        with st.container(horizontal=True, vertical_alignment="center", key="cases-head"):
            scans.headline(int(chosen.sum()), int(pictures.sum()))
            order = choices.order()
        found = ordered(answers, choice.model, pictures, order)
        place = st.container()
        leaf = choices.leaf(len(found))
        with place:
            scans.scans(answers, choice, found, leaf, order)
    files = map(find_file, answers.table["image_sha256"].iloc[found])
    whole = {"model": choice.model, **st.query_params.to_dict()}  # may be another one meanwhile
    ways.leave([case.id for case in files if case], whole)
