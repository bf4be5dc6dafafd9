"""The server's log: set up once, each run with a number of its own, and what became of networks."""

from __future__ import annotations

import logging
from collections.abc import Collection

import streamlit as st

from core.log import begin, configure
from core.registry import Unavailable

log = logging.getLogger(__name__)

_FILES = 5  # open files a session, measured by tools/load_test.py: about four and a half
_ROOM = 1000  # sessions


def enter() -> None:
    """Give this run a number in the log; called by the router at each run."""
    _configured()
    begin()


def networks(names: Collection[str], unavailable: Collection[Unavailable]) -> None:
    """Say which networks have come and gone since somebody last looked, and why."""
    known, reasons = _known(), {u.name: str(u.reason) for u in unavailable}
    for name in sorted(known - set(names)):
        log.warning("%s left the list: %s", name, reasons.get(name, "its folder is gone"))
    for name in sorted(set(names) - known):
        log.info("%s is on the list", name)
    known.clear()
    known.update(names)


@st.cache_resource(show_spinner=False)
def _configured() -> None:
    configure()
    _open_files()


def _open_files() -> None:
    """Take as many open files as the system gives; say so where that is few for a full room."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard != resource.RLIM_INFINITY and hard < _ROOM * _FILES:
        log.warning("%d open files are enough for about %d sessions", hard, hard // _FILES)


@st.cache_resource(show_spinner=False)
def _known() -> set[str]:
    return set()
