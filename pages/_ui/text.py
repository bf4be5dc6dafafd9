"""Words and numbers as a person reads them, in the language of the session.

Every sentence on screen goes through `_` or `ngettext`. The core marks its own with
``N_`` or gives them as the template of an error; they are looked up here.
"""

from __future__ import annotations

import gettext
import re
from functools import cache

import streamlit as st

from core.errors import N_, GlassbrainError
from core.labels import CLASSES, class_index
from core.settings import PROJECT
from core.shelf import Shipped

DOMAIN = "glassbrain"
LOCALE = PROJECT / "locale"
PLANES = {"axial": N_("axial"), "coronal": N_("coronal"), "sagittal": N_("sagittal")}

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:])")


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE, [language], fallback=True)


def language() -> str:
    """Language of this session; English until one is chosen."""
    return str(st.session_state.get("language", "en"))


def _(message: str) -> str:
    """Translate a sentence."""
    return _catalogue(language()).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """Translate a sentence that counts something."""
    return _catalogue(language()).ngettext(singular, plural, n)


def plain(text: object) -> str:
    """Escape what Markdown would read into a file name."""
    return _MARKDOWN.sub(r"\\\1", " ".join(str(text).split()))


def sentence(error: GlassbrainError) -> str:
    """Translate the sentence of an error, safe to show as Markdown."""
    return _(error.template).format(**{k: plain(v) for k, v in error.params.items()})


def cell(error: GlassbrainError) -> str:
    """Translate the sentence of an error for a table, which reads no Markdown."""
    return _(error.template).format(**error.params)


def class_title(name: str) -> str:
    """Name a class as a person does."""
    return _(CLASSES[class_index(name)].title)


def sample_title(sample: Shipped) -> str:
    """Class, plane and number of a sample."""
    parts = [class_title(sample.label), _(PLANES[sample.plane]) if sample.plane else ""]
    return " · ".join([*filter(None, parts), sample.id.split("-", 1)[1]])


def percent(share: float) -> str:
    """Write a probability with one decimal; never a rounded certainty."""
    if share > 0.9995:
        return ">\u202f99.9\u202f%"
    if 0 < share < 0.0005:
        return "<\u202f0.1\u202f%"
    return f"{share:.1%}".replace("%", "\u202f%")


def count(n: int) -> str:
    """Write a large number, in millions where that reads better."""
    return _("{n} million").format(n=f"{n / 1e6:.1f}") if n >= 1e6 else f"{n:,}"
