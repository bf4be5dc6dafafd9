"""What teacher and students both see: the scan, the votes, the networks beside them."""

from __future__ import annotations

from html import escape

import streamlit as st
from numpy.typing import NDArray

from core import cases
from core.cases import Case
from core.classroom import Room
from core.classroom.summary import readings
from core.errors import ClassroomError
from core.explain import overlay
from core.imaging import read_image
from pages._ui import cache, components, looks, media
from pages._ui.board import row_title
from pages._ui.text import _, class_title, count, percent, proportion


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


def votes(counts: NDArray) -> None:
    """Draw how the class voted, shape (4,)."""
    all_votes = int(counts.sum())
    shares = [float(n) / all_votes if all_votes else 0.0 for n in counts]
    words = [  # a share that was counted may well be all or nothing
        f"{count(int(n))} · {proportion(s, 0)}" for n, s in zip(counts, shares, strict=True)
    ]
    components.class_bars(shares, words, _("Votes of the class"))


def networks(room: Room) -> None:
    """List what each network said of the scan, as it is stored."""
    answers = cache.answers()
    case = case_of(room)
    said = readings(answers, case) if answers else {}
    if answers is None or not said:
        st.caption(_("No network has been tested on this scan."))
        return
    known = room.moment.stage == "truth"
    head = [_("Network"), _("Answer"), _("Probability"), *([_("By the source")] if known else [])]
    rows = []
    for name, (answer, probability) in said.items():
        cells = [class_title(answer), percent(probability)]
        if known:
            cells.append(_("✓ right") if answer == case.label else _("✗ wrong"))
        title = escape(row_title(answers.voices[name].row))
        rest = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        rows.append(f'<tr><th scope="row">{title}</th>{rest}</tr>')
    top = "".join(f'<th scope="col">{escape(word)}</th>' for word in head)
    st.html(f'<table class="gb-voices"><thead><tr>{top}</tr></thead>{"".join(rows)}</table>')
