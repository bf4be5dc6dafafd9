"""The classroom on a student's phone."""

from __future__ import annotations

import streamlit as st

from core import cases, classroom
from core.classroom import Moment, Seat, limits
from core.errors import ClassroomError
from core.labels import CLASS_NAMES
from pages._ui.base import cache, components
from pages._ui.base.text import _, class_title, ngettext
from pages._ui.classroom import courier, door, view
from pages._ui.classroom.door import Holder

POLL = 3.0  # seconds between two looks at where the room stands
_REFUSED, _GIVEN = "_classroom_refused", "_classroom_given"


def take_part(holder: Holder) -> None:
    """Show a student what the room asks of them now."""
    holder = door.joined(holder)
    with limits.trying(door.me(), holder.code):
        seat = classroom.sit(cache.database(), holder.code, holder.key)
    room = seat.room
    if refused := st.session_state.pop(_REFUSED, None):
        components.show_error(refused)
    if room.moment.stage == "lobby":
        st.info(_("You are in. The first scan comes when your teacher starts."))
    elif room.moment.stage == "over":
        _over(seat)
        return
    else:
        picture, side = st.columns([1.1, 1], gap="medium")
        with picture:
            view.scan(room)
        with side:
            _asked(holder, seat)
    _watch(holder, room.moment)


def _asked(holder: Holder, seat: Seat) -> None:
    room, own = seat.room, seat.answers.get(seat.room.moment.position)
    st.subheader(view.where(room), anchor=False)
    if seat.votes is not None:
        view.truth(room)
        _verdict(own, view.case_of(room).label)
        view.votes(seat.votes)
    elif room.moment.stage == "answering":
        _answers(holder, seat, own)
    elif own:
        st.info(_("Answers are closed. Yours: {answer}.").format(answer=class_title(own)))
    else:
        st.info(_("Answers are closed, and you gave none to this scan."))


def _answers(holder: Holder, seat: Seat, own: str | None) -> None:
    with st.container(key="answers", gap="xsmall"):
        for name in CLASS_NAMES:
            st.button(
                class_title(name),
                key=f"answer-{name}",
                type="primary" if name == own else "secondary",
                icon=":material/check:" if name == own else None,
                on_click=_give,
                args=(holder, seat.room.moment.position, name),
                width="stretch",
            )
    courier.way(own, st.session_state.get(_GIVEN, 0))
    if own:
        stored = _("Your answer is stored: {answer}. You can change it until answers close.")
        st.caption(f":material/check_circle: {stored.format(answer=class_title(own))}")
    else:
        st.caption(_("Which class is this scan? One answer; you can change it until they close."))


def _give(holder: Holder, position: int, name: str) -> None:
    """Store an answer to the scan that the student saw; where refused, say why."""
    st.session_state[_GIVEN] = st.session_state.get(_GIVEN, 0) + 1
    try:
        classroom.answer(cache.database(), holder.code, holder.key, position, name)
    except ClassroomError as error:
        st.session_state[_REFUSED] = error


def _verdict(own: str | None, truth: str) -> None:
    if own is None:
        st.caption(_("You gave no answer to this scan."))
    elif own == truth:
        st.success(
            _("You said {answer}, as the source does.").format(answer=class_title(own)),
            icon=":material/check:",
        )
    else:
        st.warning(
            _("You said {answer}; the source says {truth}.").format(
                answer=class_title(own), truth=class_title(truth)
            ),
            icon=":material/close:",
        )


def _over(seat: Seat) -> None:
    room = seat.room
    right = sum(
        cases.cases()[room.scans[position]].label == name for position, name in seat.answers.items()
    )
    st.subheader(
        ngettext(
            "You had {right} of {shown} scan right", "You had {right} of {shown} scans right",
            room.shown,
        ).format(right=right, shown=room.shown),
        anchor=False,
    )  # fmt: skip
    st.caption(_("The lesson is over; the screen shows the class beside the networks."))
    st.button(_("Leave the room"), on_click=door.forget, icon=":material/logout:")


@st.fragment(run_every=POLL)
@components.guarded()
def _watch(holder: Holder, seen: Moment) -> None:
    """Look whether the room has moved on; all else on the page rests meanwhile."""
    if classroom.look_up(cache.database(), holder.code).moment != seen:
        st.rerun()
