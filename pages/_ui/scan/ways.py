"""From any page that meets a scan to every page that reads one, and back again.

A page that shows many scans calls `leave` on each run, so that the way back leads to the
page that the person came from, as it was. A page that reads one scan calls `bar`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from core.errors import N_
from pages._ui.base import state
from pages._ui.base.text import _
from pages._ui.base.uploads import Scan

READERS = ("classify", "explain", "compare", "what-if")  # addresses; those of the router count
BACK = {
    "": N_("Back to the overview"),
    "cases": N_("Back to the cases"),
    "gallery": N_("Back to the gallery"),
    "tour": N_("Back to the tour"),
    "quiz": N_("Back to the quiz"),
}


@dataclass(frozen=True)
class Trail:
    """Where scans were met last.

    Attributes
    ----------
    page : str
        Its address.
    query : dict of str to str
        What brings the page back as it was.
    scans : tuple of str
        Keys of the scans that it showed, in their order.
    """

    page: str
    query: Mapping[str, str]
    scans: tuple[str, ...]


def leave(scans: Sequence[str] = (), query: Mapping[str, str] | None = None) -> None:
    """Keep this page, its query (the address's own unless given) and its scans as the way back."""
    kept = st.query_params.to_dict() if query is None else dict(query)
    st.session_state["_trail"] = Trail(st.session_state["_page"], kept, tuple(scans))


def bar(scan: Scan) -> None:
    """Lead from the scan on the desk back, to its neighbours, and on to the other readers."""
    sample = scan.sample.id if scan.sample else None
    with st.container(horizontal=True, vertical_alignment="center", key="ways"):
        trail: Trail | None = st.session_state.get("_trail")
        if trail:
            _back(trail)
            if sample in trail.scans:
                _neighbours(trail.scans, trail.scans.index(sample))
        st.space("stretch")
        _links(sample)


def onward(sample: str | None = None) -> None:
    """Offer to open a scan in each page that reads one, the current page left out.

    Parameters
    ----------
    sample : str, optional
        Key of a scan that ships with the app; the scan on the desk unless given.
    """
    key = f"onward-{sample or 'desk'}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=key):
        _links(sample)


def destination() -> StreamlitPage:
    """Ask where a click on a tile opens its scan; Classify unless told otherwise."""
    pages = _readers()
    asked = st.segmented_control(
        _("A click opens the scan in"), list(pages), format_func=lambda key: pages[key].title,
        default=next(iter(pages)), key="opens", required=True, wrap=True,
        persist_state="session",
    )  # fmt: skip
    return pages[asked]


def _readers() -> dict[str, StreamlitPage]:
    """Pages of the router that read a scan, by address."""
    routed: dict[str, StreamlitPage] = st.session_state["_pages"]
    return {address: routed[address] for address in READERS if address in routed}


def _links(sample: str | None) -> None:
    st.caption(_("Open this scan in"), width="content")
    for address, page in _readers().items():
        if address != st.session_state["_page"]:
            st.page_link(page, query_params={"sample": sample} if sample else None)


def _back(trail: Trail) -> None:
    st.page_link(
        st.session_state["_pages"][trail.page],
        label=_(BACK[trail.page]) if trail.page in BACK else _("Back"),
        icon=":material/arrow_back:",
        query_params=trail.query,
    )


def _neighbours(scans: Sequence[str], at: int) -> None:
    _step(_("Previous"), "chevron_left", scans[at - 1] if at else None)
    st.caption(_("{n} of {all}").format(n=at + 1, all=len(scans)), width="content")
    _step(_("Next"), "chevron_right", scans[at + 1] if at + 1 < len(scans) else None)


def _step(label: str, icon: str, to: str | None) -> None:
    def go() -> None:
        state.choose("sample", to)

    st.button(
        label, key=f"step-{icon}", icon=f":material/{icon}:", disabled=to is None, on_click=go,
        type="tertiary",
    )  # fmt: skip
