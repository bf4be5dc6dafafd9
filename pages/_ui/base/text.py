"""Words and numbers as a person reads them, in the language of the session.

Every sentence on screen goes through `_` or `ngettext`. The core marks its own with
``N_`` or gives them as the template of an error; they are looked up here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from babel import Locale
from babel.numbers import format_compact_decimal

from core.architectures import ARCHITECTURES
from core.errors import N_, GlassbrainError
from core.explain import METHODS
from core.labels import CLASSES, class_index
from core.protocols import OFFICIAL, UNSEEN
from core.reports.words import ReportLanguage
from core.shipped import Shipped
from pages._ui.base.language import catalogue, locale

PLANES = {"axial": N_("axial"), "coronal": N_("coronal"), "sagittal": N_("sagittal")}
_PROTOCOLS: dict[str, str] = {UNSEEN: N_("unseen patients"), OFFICIAL: N_("the official split")}
ROUND_KINDS = {"balanced": N_("Balanced"), "hard": N_("Hard cases")}

# Where Streamlit's Markdown sees a link in bare text, escaped or not: an address of the web, or
# of a person. A word joiner there shows nothing and ends that.
_LINKS = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=@)", re.IGNORECASE)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:])")


def _(message: str) -> str:
    """Translate a sentence."""
    return catalogue(locale()).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """Translate a sentence that counts something."""
    return catalogue(locale()).ngettext(singular, plural, n)


def listed(parts: Iterable[str]) -> str:
    """Write one thing after the other."""
    return _(", ").join(parts)


def plain(text: object) -> str:
    """Escape what Markdown would read into text that is not ours.

    The one way for whatever comes from an address, a file's name or a manifest.
    """
    return _MARKDOWN.sub(r"\\\1", _LINKS.sub("\u2060", " ".join(str(text).split())))


def sentence(error: GlassbrainError) -> str:
    """Translate the sentence of an error, safe to show as Markdown.

    Between backticks Markdown reads nothing, so nothing is escaped there.
    """
    words = {k: plain(_readable(v)) for k, v in error.params.items()}
    code = {k: str(v).replace("`", "'") for k, v in error.params.items()}
    parts = enumerate(_(error.template).split("`"))
    return "`".join(part.format(**(code if n % 2 else words)) for n, part in parts)


def cell(error: GlassbrainError) -> str:
    """Translate the sentence of an error for a table, which reads no Markdown."""
    return _(error.template).format(**{k: _readable(v) for k, v in error.params.items()})


def _readable(value: object) -> object:
    """Name a network or a protocol as a person does; anything else stays as it is."""
    if not isinstance(value, str):
        return value
    if value in _PROTOCOLS:
        return _(_PROTOCOLS[value])
    return ARCHITECTURES[value].title if value in ARCHITECTURES else value


def class_title(name: str) -> str:
    """Name a class as a person does."""
    return _(CLASSES[class_index(name)].title)


def sample_title(sample: Shipped) -> str:
    """Class, plane and number of a sample."""
    parts = [class_title(sample.label), _(PLANES[sample.plane]) if sample.plane else ""]
    return " · ".join([*filter(None, parts), sample.id.split("-", 1)[1]])


def method_name(name: str) -> str:
    """Name a saliency method as a person does."""
    return _(METHODS[name].title)


def percent(share: float) -> str:
    """Write a probability with one decimal; never a rounded certainty."""
    return report_language().percent(share)


def proportion(share: float, decimals: int = 1) -> str:
    """Write a measured proportion; unlike a probability it may be exactly 0 or all."""
    return _("{number}\u202f%").format(number=f"{100 * share:.{decimals}f}")


def count(n: int, *, brief: bool = False) -> str:
    """Write a large number, in the units of a million or of ten thousand that it is read in."""
    if n < 1e6:
        return f"{n:,}"
    spoken = Locale.parse(locale())
    forms = spoken.compact_decimal_formats  # Chinese has the short one only: 万
    form = "long" if "long" in forms and not brief else "short"
    return str(format_compact_decimal(n, format_type=form, locale=spoken, fraction_digits=1))


def report_language() -> ReportLanguage:
    """Language of this session for a report, which may be made after the page has run."""
    code = locale()
    return ReportLanguage(code.replace("_", "-"), catalogue(code).gettext)
