"""The classroom on the projector: what the teacher holds."""

from __future__ import annotations

import io

import segno
import streamlit as st

from core import classroom
from core.classroom import Moment, Room, limits
from core.errors import N_, ClassroomError
from pages._ui.base import cache, components
from pages._ui.base.text import _, ngettext
from pages._ui.classroom import door, end, view
from pages._ui.classroom.door import Holder

POLL = {"lobby": 1.0, "answering": 1.0}  # seconds between two counts while they change
REST = 5.0  # and after that
_REFUSED = "_classroom_refused"
_STEPS = {
    "answering": N_("Next scan"),
    "votes": N_("Show the votes"),
    "truth": N_("Reveal"),
    "over": N_("End the lesson"),
}


def teach(holder: Holder) -> None:
    """Show the room as it stands, and the ways on."""
    with limits.trying(door.me(), holder.code):
        room = classroom.look_up_as_teacher(cache.database(), holder.code, holder.key)
    if refused := st.session_state.pop(_REFUSED, None):
        components.show_error(refused)
    stage = room.moment.stage
    if stage == "over":
        end.lesson(holder)
    elif stage == "lobby":
        ticket, side = st.columns([1, 1.2], gap="large", vertical_alignment="center")
        with ticket:
            _qr(room.code)
        with side:
            _invitation(room.code)
            _counted(holder, room)
            _ways(holder, room)
            st.caption(
                _(
                    "The address of this page is your key to the room: it lets you back in, and "
                    "whoever has it can teach here. Show the page without its address bar (F11)."
                )
            )
    else:
        picture, side = st.columns([1.3, 1], gap="large")
        with picture:
            view.scan(room)
        with side:
            st.subheader(view.where(room), anchor=False)
            if stage == "truth":
                view.truth(room)
            _ways(holder, room)
            _counted(holder, room)
            if stage != "answering":
                view.voices(room)
            _late(room.code)
        if stage == "truth":
            view.maps(room)  # last: all else is on the screen while they are drawn


def _invitation(code: str) -> None:
    with st.container(key="invitation", gap="small"):
        st.markdown(_("Join with this code"))
        with st.container(key="code"):
            st.markdown(f"**{code}**")
        if link := door.join_link(code):
            st.markdown(f"`{link}`")
            if door.only_here(link):
                st.info(
                    _(
                        "Phones cannot reach this address: the app answers this computer alone. "
                        "Open this page by the computer's name or address in the network."
                    )
                )
            elif door.guessed(link):
                st.caption(
                    _(
                        "This computer's address in its network, as far as it knows it. If phones "
                        "cannot reach it, open this page by another name or address of it."
                    )
                )


def _qr(code: str) -> None:
    if link := door.join_link(code):
        with io.BytesIO() as drawn, st.container(key="ticket"):
            segno.make(link, error="m", micro=False).save(drawn, kind="png", scale=12)
            st.image(
                drawn.getvalue(),
                alt=_("QR code that opens room {code}: {link}").format(code=code, link=link),
                width="stretch",
            )


def _late(code: str) -> None:
    """Keep the way in at hand for latecomers."""
    with st.expander(_("Join: {code}").format(code=code), icon=":material/qr_code:"):
        _qr(code)


def _counted(holder: Holder, room: Room) -> None:
    """Keep counting while the rest of the page rests."""
    st.fragment(_count, run_every=POLL.get(room.moment.stage, REST))(holder, room)


@components.guarded()
def _count(holder: Holder, room: Room) -> None:
    """Count those who joined and answered, and their votes where these may be seen."""
    found = classroom.tally(cache.database(), holder.code, holder.key)
    if found.room.moment != room.moment:  # moved on in another window
        st.rerun()
    stage = room.moment.stage
    with st.container(key="live"):
        with st.container(key="counted", horizontal=True):
            st.metric(_("Joined"), found.joined, width="content")
            if stage != "lobby":
                st.metric(_("Answered"), int(found.votes[-1].sum()), width="content")
        if stage == "answering":
            shown = st.toggle(
                _("Show votes as they come"), key="classroom_live", persist_state="session",
                help=_("Votes on the screen sway those who have not answered yet."),
            )  # fmt: skip
        else:
            shown = stage != "lobby"
        if shown:
            view.votes(found.votes[-1])
        if stage == "truth":
            with st.container(key="scores", horizontal=True):
                view.scores(room, found.votes)


def _ways(holder: Holder, room: Room) -> None:
    """Offer where the room may go next, the usual way first."""
    with st.container(key="ways", horizontal=True):
        for i, to in enumerate(classroom.choices(room)):
            st.button(
                _step(room, to),
                key=f"to-{to.stage}",
                type="secondary" if i else "primary",
                on_click=_go,
                args=(holder, to),
            )


def _step(room: Room, to: Moment) -> str:
    if room.moment.stage == "lobby":
        scans = len(room.scans)
        return ngettext("Start, {n} scan", "Start, {n} scans", scans).format(n=scans)
    if room.moment.stage == "votes" and to.stage == "answering":
        return _("Take answers again")
    return _(_STEPS[to.stage])


def _go(holder: Holder, to: Moment) -> None:
    try:
        classroom.move(cache.database(), holder.code, holder.key, to)
    except ClassroomError as error:
        st.session_state[_REFUSED] = error
