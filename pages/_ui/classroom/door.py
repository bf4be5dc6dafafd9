"""Who somebody is in a classroom, the way in, and the way out.

A person is what their link says: a room's code and their key. It stands in the address, so
that a reload or a restart of the server lets them back in, and in the session, so that a
look at another page does.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import streamlit as st

from core import classroom
from core.classroom import limits
from core.classroom.keys import new_key, tidy
from core.errors import ClassroomError
from core.labels import CLASSES
from core.quiz import KINDS, SEEDS, SIZES, Round, draw
from pages._ui.base import cache, components, records
from pages._ui.base.text import ROUND_KINDS, _
from pages._ui.classroom import staff

_CSS = Path(__file__).with_name("classroom.css")
_MEMORY = "_classroom"
_SESSION = "_classroom_session"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_ALL = ("", "0.0.0.0", "::")


@dataclass(frozen=True)
class Holder:
    """Somebody with a link to a room.

    Attributes
    ----------
    code : str
        Of the room.
    key : str
        The teacher's, or a student's; empty for who has not joined yet.
    teaches : bool
    """

    code: str
    key: str = ""
    teaches: bool = False


def style() -> None:
    """Add the rules of this page, and the colours of the classes on the answers."""
    st.html(_CSS)
    dots = "".join(f".st-key-answer-{c.name}{{--gb-dot:var(--gb-{c.name})}}" for c in CLASSES)
    st.html(f"<style>{dots}</style>")


def holder() -> Holder | None:
    """Find out who opens the page: by the address, else as before in this session."""
    said, known = st.query_params, st.session_state.get(_MEMORY)
    if code := tidy(said.get("room", "")):
        key = said.get("teacher") or said.get("seat")
        if key:
            known = Holder(code, key, "teacher" in said)
        elif known is None or known.code != code:
            known = Holder(code)
    if known is not None:
        remember(known)
    return known


def remember(held: Holder) -> None:
    """Keep who this is, for the session and in the address."""
    st.session_state[_MEMORY] = held
    link = _link(held)
    if st.query_params.to_dict() != link:
        st.query_params.from_dict(link)


def forget() -> None:
    """Leave the room."""
    st.session_state.pop(_MEMORY, None)
    st.query_params.clear()


def me() -> str:
    """Tell this session from others, where tries are counted."""
    return st.session_state.setdefault(_SESSION, new_key())  # type: ignore[no-any-return]


def way_out() -> None:
    """Offer to leave a room that cannot be used, or to try again."""
    with st.container(horizontal=True):
        st.button(_("Try again"), icon=":material/refresh:")
        st.button(_("Leave the room"), on_click=forget, icon=":material/logout:")


def entrance() -> None:
    """Offer to join a room, and to open one."""
    engine = cache.database()
    join, teach = st.columns(2, gap="large")
    with join, st.container(border=True, key="classroom-join"):
        st.subheader(_("Join"), anchor=False)
        with st.form("join", border=False):
            code = st.text_input(
                _("Code on the screen"), max_chars=12, autocomplete="off", key="classroom_code"
            )
            joined = st.form_submit_button(_("Join the room"), type="primary", width="stretch")
        if joined:  # what is wrong is said here: on a phone this may be all that is seen
            with components.guarded():
                with limits.trying(me(), tidy(code)):
                    room = classroom.look_up(engine, code)
                remember(Holder(room.code))
                st.rerun()
    with teach, st.container(border=True, key="classroom-open"):
        st.subheader(_("Teach"), anchor=False)
        answers = records.answers()
        kind = st.radio(
            _("Scans"), KINDS if answers else KINDS[:1],
            format_func=lambda kind: _(ROUND_KINDS[kind]), horizontal=True, key="classroom_kind",
        )  # fmt: skip
        left, right = st.columns(2, vertical_alignment="bottom")
        size = left.select_slider(_("How many"), SIZES, SIZES[0], key="classroom_size")
        seed = right.number_input(
            _("Draw"), SEEDS[0], SEEDS[-1], key="classroom_seed",
            help=_("The same number draws the same scans, as long as the networks are the same."),
        )  # fmt: skip
        opened = staff.may_open() and st.button(
            _("Open a room"),
            key="classroom-open-room",
            width="stretch",
            icon=":material/co_present:",
        )
        if opened:
            with components.guarded():
                scans = [case.id for case in draw(Round(kind, size, int(seed)), answers)]
                if not scans:
                    raise ClassroomError("There is no such scan. Choose other scans.")
                room, key = classroom.open_room(engine, scans)
                remember(Holder(room.code, key, teaches=True))
                st.rerun()


def joined(held: Holder) -> Holder:
    """Give a student their seat, on the first visit."""
    if not held.key:
        with limits.joining(me(), held.code):
            key = classroom.join(cache.database(), held.code)
        held = replace(held, key=key)
        remember(held)
    return held


def join_link(code: str) -> str | None:
    """Address that lets a phone join; None where the browser has not said its own.

    Where the teacher's browser is on the computer that serves, its own address would lead a
    phone to itself: the computer's address in the network stands there instead.
    """
    root = st.context.url
    if not root:
        return None
    here = in_network(root, st.get_option("server.address"), own_address())
    here = here.rstrip("/").removesuffix("/classroom")  # Streamlit keeps the page at a first visit
    return f"{here}/classroom?{urlencode({'room': code})}"


def in_network(root: str, serves: str | None, own: str | None) -> str:
    """Write this computer's address in the network into a link that only it understands.

    Parameters
    ----------
    root : str
        The link.
    serves : str or None
        The one address that the app answers on; None: on all.
    own : str or None
        This computer's address in the network, as far as it has one.
    """
    there = urlsplit(root)
    if there.hostname not in _LOOPBACK or own is None or serves not in (None, *_ALL, own):
        return root
    host = f"[{own}]" if ":" in own else own
    return there._replace(netloc=f"{host}:{there.port}" if there.port else host).geturl()


def own_address() -> str | None:
    """Address of this computer in its network; None where it has none.

    Nothing is sent: to connect a socket for datagrams asks the system alone which way they
    would go.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect(("192.0.2.1", 9))  # an address that is nobody's (RFC 5737)
        except OSError:
            return None
        found: str = s.getsockname()[0]
    return None if found in _LOOPBACK else found


def guessed(link: str) -> bool:
    """Whether this computer's address was put into a link by `in_network`."""
    return only_here(st.context.url or "") and not only_here(link)


def only_here(link: str) -> bool:
    """Whether a link works on this computer alone."""
    return urlsplit(link).hostname in _LOOPBACK


def _link(held: Holder) -> dict[str, str]:
    link = {"room": held.code}
    if held.key:
        link["teacher" if held.teaches else "seat"] = held.key
    return link
