"""Cases: the pictures behind every number, by what the networks said of them."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.cases import find_file
from core.evaluate.cases import choose, distinct, ordered
from pages._ui import cache, cases_desk, cases_grid, components, state, ways
from pages._ui.text import _

components.page_header(
    _("The cases behind the numbers"),
    _(
        "What each network said of each scan of the patients kept apart from training: the "
        "stored answers that the leaderboard counts. The class of a scan is what its source "
        "says, which is not always right."
    ),
)
answers = cache.answers()
if answers is None:
    cases_desk.none_yet()
else:
    st.html(cases_desk.STYLE)
    state.follow_link(cases_desk.KEYS)
    panel, light_box = st.columns([1.25, 2.2], gap="medium")
    with panel:
        choice = cases_desk.choose(answers)
        any_cell = replace(choice, truth=None, answer=None)
        cases_grid.matrix(answers, choice, choose(answers, any_cell))
        cases_grid.stamp(answers.voices[choice.model])
    chosen = choose(answers, choice)
    pictures = chosen & distinct(answers)
    with light_box:
        with st.container(horizontal=True, vertical_alignment="center", key="cases-head"):
            cases_grid.headline(int(chosen.sum()), int(pictures.sum()))
            order = cases_desk.order()
        found = ordered(answers, choice.model, pictures, order)
        place = st.container()
        leaf = cases_desk.leaf(len(found))
        with place:
            cases_grid.scans(answers, choice, found, leaf)
    files = map(find_file, answers.table["image_sha256"].iloc[found])
    whole = {"model": choice.model, **st.query_params.to_dict()}  # may be another one meanwhile
    ways.leave([case.id for case in files if case], whole)
