"""Elements that more than one page is made of."""

from __future__ import annotations

import logging
import runpy
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st
from numpy.typing import NDArray
from streamlit.navigation.page import StreamlitPage

from core.errors import GlassbrainError
from core.labels import CLASSES
from core.reports import words
from core.settings import PROJECT
from core.shipped import Shipped
from pages._ui.base import developers, media, projector
from pages._ui.base.text import (
    _,
    class_title,
    percent,
    sentence,
)

log = logging.getLogger(__name__)

DISCLAIMER = words.DISCLAIMER
_CSS = Path(__file__).parent / "style.css"


def style() -> None:
    """Add the static style sheet and the colours of the classes; once a run, by the router."""
    st.html(_CSS)
    colours = "".join(f"--gb-{c.name}:{c.colour};" for c in CLASSES)
    dots = "".join(
        f'[class*="st-key-tile-{c.name}"] [data-testid="stCaptionContainer"] p:first-child::before'
        f'{{content:"";display:inline-block;width:.55em;height:.55em;margin-right:.45em;'
        f"border-radius:50%;background:var(--gb-{c.name})}}"
        for c in CLASSES
    )
    st.html(f"<style>:root{{{colours}}}{dots}</style>")


def run(page: StreamlitPage) -> None:
    """Run a page on behalf of the router."""
    st.session_state["_routed"] = True
    page.run()


def page_header(title: str, lead: str) -> None:
    """Open a page with its title and a sentence on what it shows and what it does not.

    The first call on every page. Until a server has met `st.navigation` once, Streamlit
    takes a folder named ``pages`` for its older kind of app and runs the page that an
    address names by itself; the router then runs here, and it runs the page again.
    """
    if not st.session_state.pop("_routed", False):
        runpy.run_path(str(PROJECT / "streamlit_app.py"))
        st.stop()
    st.title(title, anchor=False)
    with st.container(key="lead"):
        st.markdown(lead)


def footer() -> None:
    """Close every page with the notice, and the switch for the lecture room."""
    with st.container(key="footer", horizontal=True, vertical_alignment="center"):
        st.caption(_(DISCLAIMER), width="content")
        st.space("stretch")
        projector.switch()


@contextmanager
def guarded() -> Iterator[None]:
    """Turn an error into one sentence on screen; a traceback goes to the log only."""
    try:
        yield
    except GlassbrainError as error:
        show_error(error)
    except Exception:
        log.exception("a page failed")
        st.error(
            _("Something went wrong here. It has been logged; the rest of the app works."),
            icon=":material/error:",
        )


def show_error(error: GlassbrainError) -> None:
    """Show one sentence for an error that a person can act on."""
    st.error(sentence(error), icon=":material/error:")


def show_absence(error: GlassbrainError) -> None:
    """Say quietly what is not there, and fold away what those who run the app can do."""
    st.caption(sentence(error))
    if command := error.params.get("command"):
        developers.command(str(command))


def picture(pixels: NDArray[Any], alt: str, caption: str | None = None) -> None:
    """Show a scan or a map as wide as its place, described for those who cannot see it."""
    media.show(media.png(pixels), alt, caption)


def probability_bars(probabilities: Iterable[float]) -> None:
    """Draw the four probabilities, in the order and colours of `core.labels`."""
    shares = list(map(float, probabilities))
    class_bars(shares, map(percent, shares), _("Probability of each class"))


def class_bars(shares: Sequence[float], words: Iterable[str], label: str) -> None:
    """Draw a share of each class, said in words beside it, in the order of `core.labels`."""
    top = max(shares)
    rows = "".join(
        f'<div class="gb-bar{" gb-top" if share == top > 0 else ""}" role="listitem">'
        f"<span>{escape(class_title(c.name))}</span><b>{escape(said)}</b>"
        f'<span class="gb-track"><i style="width:{share:.2%};background:{c.colour}"></i></span>'
        "</div>"
        for c, share, said in zip(CLASSES, shares, words, strict=True)
    )
    st.html(f'<div class="gb-bars" role="list" aria-label="{escape(label)}">{rows}</div>')


def provenance(facts: Iterable[str], of: str = "") -> None:
    """Say what a figure or a map rests on, in small type; `of` tells several on a page apart."""
    with st.container(key=f"provenance-{of}" if of else "provenance"):
        st.caption(" · ".join(facts))


def train_command(name: str) -> str:
    """Give the command that trains a model which is not there yet."""
    return f"python -m core train --model {name} --protocol unseen-patients --data DIR"


def no_model() -> None:
    """Say that nothing is trained, and what to type."""
    st.info(
        _("No model is trained yet, so nothing can be classified."),
        icon=":material/hourglass_empty:",
    )
    developers.command(train_command("mobilenetv2"))


def source_says(scan: Shipped, unseen: bool) -> str:
    """Give the class that the source gives a scan, and whether that patient was in training."""
    said = (
        _(
            "The source says: {answer}. This patient was not in training, as far as patients are "
            "known."
        )
        if unseen
        else _("The source says: {answer}. This model may have seen this patient.")
    )
    return said.format(answer=class_title(scan.label))
