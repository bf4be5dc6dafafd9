"""The answers to many files as one HTML table that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.reports.words import DISCLAIMER, ReportLanguage, moment

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Line:
    """One file: a thumbnail as a data URL, its name, which slice, and what was said of it."""

    picture: str
    file: str
    place: str
    answer: str
    share: str
    note: str


def batch_html(lines: Sequence[Line], language: ReportLanguage, made: datetime) -> str:
    """Write many answers down as a page: no script, and no request to anywhere.

    Parameters
    ----------
    lines : sequence of Line
        In the reader's language; names of files are text, never markup.
    language : ReportLanguage
    made : datetime
        Printed on the page; the same lines at the same moment give the same text.
    """
    _ = language.gettext
    return _TEMPLATES.get_template("batch.html").render(
        lang=language.code,
        title=_("All files"),
        made=moment(made),
        heads=(_("Scan"), _("File"), _("Slice"), _("Answer"), _("Probability"), _("Note")),
        lines=lines,
        disclaimer=_(DISCLAIMER),
    )
