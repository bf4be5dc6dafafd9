"""The answers to many files as one HTML table that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.reports.templates import fill
from core.reports.words import DISCLAIMER, ReportLanguage, moment


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
    return fill(
        "batch.html",
        lang=language.code,
        title=_("All files"),
        made=moment(made),
        heads=(_("Scan"), _("File"), _("Slice"), _("Answer"), _("Probability"), _("Note")),
        lines=lines,
        disclaimer=_(DISCLAIMER),
    )
