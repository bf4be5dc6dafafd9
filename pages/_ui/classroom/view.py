"""What teacher and students both see: the scan, the votes, the networks beside them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cases
from core.cases import Case
from core.classroom import Room
from core.classroom.summary import CLASS, NETWORKS, leaders, mean_scores, outcome, readings
from core.errors import ClassroomError
from core.explain import overlay
from core.explain.gradcam import grad_cam
from core.imaging import read_image
from pages._ui.base import cache, components, media, networks, records
from pages._ui.base.grid import grid
from pages._ui.base.text import _, class_title, count, listed, percent, plain, proportion
from pages._ui.figures.wording import row_title, stored_answer
from pages._ui.scan import cards, looks
from pages._ui.scan.looks import Look


def case_of(room: Room) -> Case:
    """Find the scan on the screen."""
    case = cases.find(room.scan)
    if case is None:
        raise ClassroomError("A scan of this room is not in this version of the app.")
    return case


def where(room: Room) -> str:
    """Say which scan of how many this is."""
    return _("Scan {n} of {all}").format(n=room.moment.position + 1, all=len(room.scans))


def scan(room: Room) -> None:
    """Show the scan; with the truth, the lesion's outline where one is known."""
    case = case_of(room)
    data, alt = cases.read_bytes(case), where(room)
    told = room.moment.stage == "truth"
    with st.container(key="projected"):
        if told and case.lesion is not None:
            pixels = overlay.grey(overlay.shrink(read_image(data, case.id).pixels))
            alt = _("{scan}, with the outline of the tumour").format(scan=alt)
            components.picture(looks.outlined(pixels, case.lesion), alt)
        else:
            media.show(data, alt)
    if told:
        st.caption(f"{case.source} · {case.licence}")


def truth(room: Room) -> None:
    """Say what the scan is."""
    case = case_of(room)
    with st.container(key="truth", gap="xsmall"):
        st.subheader(
            _("By its source: {truth}").format(truth=class_title(case.label)), anchor=False
        )
        if case.lesion is not None:
            st.caption(_("The cyan line is where an expert of the source drew the tumour."))


def votes(counts: NDArray[np.int64]) -> None:
    """Draw how the class voted, shape (4,)."""
    all_votes = int(counts.sum())
    shares = [float(n) / all_votes if all_votes else 0.0 for n in counts]
    words = [  # a share that was counted may well be all or nothing
        f"{count(int(n))} · {proportion(s, 0)}" for n, s in zip(counts, shares, strict=True)
    ]
    components.class_bars(shares, words, _("Votes of the class"))
    if len(first := leaders(counts)) > 1:
        st.caption(tie(first))


def tie(first: Sequence[str]) -> str:
    """Say that the vote is a tie, and between which classes."""
    return _("A tie: {classes}").format(classes=listed(map(class_title, first)))


def scores(room: Room, counts: NDArray[np.int64]) -> None:
    """Set the class's mean score so far beside the networks'; `counts` of shape (shown, 4)."""
    found = mean_scores(outcome(room.scans, counts, records.answers()))
    if CLASS in found:
        st.metric(_("Right so far, the class"), proportion(found[CLASS], 0), width="content")
    if NETWORKS in found:
        st.metric(
            _("Right so far, the networks' mean"), proportion(found[NETWORKS], 0), width="content"
        )


@components.guarded()
def maps(room: Room) -> None:
    """Show each network's map of its own answer to the scan, drawn now."""
    specs, _broken = cache.models()
    case = case_of(room)
    image = read_image(cases.read_bytes(case), case.id)
    if not specs:
        return
    st.header(_("Where did the networks look?"), anchor=False)
    st.caption(
        _("Grad-CAM of each network's own answer: its evidence, not the outline of a tumour.")
    )
    with grid(len(specs), min_column_width=180, gap="medium"):
        places = {name: st.container(gap="xsmall", key=f"look-{name}") for name in specs}
        for name, place in places.items():
            place.markdown(f"**{plain(specs[name].manifest.title)}**")
    for name, spec in specs.items():
        with places[name], components.guarded():
            prediction = networks.predict(spec, image)
            look = Look(prediction.class_name, 0.55, "inferno", case.lesion)
            heat = grad_cam(prediction, look.target, cards.SIDE)
            cards.map_picture(image, heat, look, spec.manifest.title)
            st.caption(cards.said(prediction))


def voices(room: Room) -> None:
    """List what each network said of the scan, as it is stored."""
    answers = records.answers()
    case = case_of(room)
    said = readings(answers, case) if answers else {}
    if answers is None or not said:
        st.caption(_("No network has been tested on this scan."))
        return
    known = room.moment.stage == "truth"
    head = [_("Network"), _("Answer"), _("Probability"), *([_("By the source")] if known else [])]
    rows = []
    for name, answer in said.items():
        cells = [stored_answer(answer), percent(float(answer.probabilities.max()))]
        if known:
            right = answer.class_name == case.label
            cells.append(_("✓ right") if right else _("✗ wrong"))
        title = escape(row_title(answers.voices[name].row))
        rest = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        rows.append(f'<tr><th scope="row">{title}</th>{rest}</tr>')
    top = "".join(f'<th scope="col">{escape(word)}</th>' for word in head)
    st.html(f'<table class="gb-voices"><thead><tr>{top}</tr></thead>{"".join(rows)}</table>')
