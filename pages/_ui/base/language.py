"""The language of a session: the one chosen, else the browser's; and the catalogue of its words.

Catalogues are read as translators write them (``locale/*/LC_MESSAGES/glassbrain.po``), once
a process: there is no compiled file to build, to ship or to forget.
"""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from functools import cache
from io import BytesIO

import streamlit as st
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from core.settings import PROJECT

LOCALE = PROJECT / "locale"


@dataclass(frozen=True)
class Language:
    """What a language calls itself, and the locale of its catalogue and numbers."""

    name: str
    locale: str


LANGUAGES = {"en": Language("English", "en"), "zh": Language("中文", "zh_CN")}  # key: in links


@cache
def catalogue(locale: str) -> gettext.NullTranslations:
    """Read the translations into a locale; where there are none, every sentence stays."""
    path = LOCALE / locale / "LC_MESSAGES" / "glassbrain.po"
    if not path.is_file():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def locale() -> str:
    """Locale of this session; English until one is chosen."""
    return LANGUAGES[st.session_state.get("lang", "en")].locale


def enter() -> None:
    """Settle the language of this run; called by the router before anything is said.

    The address (``?lang=zh``) counts first, then what was chosen before, then the browser.
    A page's address loses its parameters when the page is changed: where another language
    than the browser's is read, it is written there again, so that a link keeps it.
    """
    said, browsers = st.query_params.get("lang"), of_browser()
    known = said if said in LANGUAGES else st.session_state.get("lang", browsers)
    st.session_state["lang"] = known
    if known != browsers:
        _tell()


def switch() -> None:
    """Offer the languages, each by its own name, and tell the browser which one is read."""
    with st.container(key="language"):
        st.segmented_control(
            "Language / 语言",
            list(LANGUAGES),
            format_func=lambda code: LANGUAGES[code].name,
            key="lang",
            on_change=_tell,
            required=True,
            label_visibility="collapsed",
        )
        tag = locale().replace("_", "-")
        script = f"<script>document.documentElement.lang = '{tag}'</script>"
        st.html(script, unsafe_allow_javascript=True)


def _tell() -> None:
    """Write the language into the address."""
    if st.query_params.get("lang") != st.session_state["lang"]:
        st.query_params["lang"] = st.session_state["lang"]


def of_browser() -> str:
    """Language that the browser asks for, if it is one of these; else English."""
    spoken = (st.context.locale or "").lower()
    return next((code for code in LANGUAGES if spoken.startswith(code)), "en")
