"""The report of one reading, on two A4 pages."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from core.explain.overlay import colourise
from core.reports import words
from core.reports.reading import Reading, provenance
from core.reports.sheet import COLUMN, INK, LEFT, MUTED, RIGHT, WIDTH, Sheet
from core.reports.words import ReportLanguage


def reading_pdf(reading: Reading, language: ReportLanguage, made: datetime) -> bytes:
    """Write a reading down: what was answered, on what evidence, and how far to trust it.

    Parameters
    ----------
    reading : Reading
    language : ReportLanguage
    made : datetime
        Printed on each page; the same reading at the same moment gives the same bytes.

    Returns
    -------
    bytes
        A PDF whose fonts, cut down to the characters used, are inside.
    """
    sheet = Sheet(language, language.gettext("Reading of one scan"), made)
    _answer(sheet, reading)
    _pictures(sheet, reading)
    y = sheet.get_y() + 6
    _probabilities(sheet, reading, y)
    _trust(sheet, reading, y)
    sheet.add_page()
    _network(sheet, reading)
    sheet.ln(5)
    sheet.heading(language.gettext("What it rests on"))
    sheet.facts(provenance(reading, language), LEFT, WIDTH)
    return bytes(sheet.output())


def _answer(sheet: Sheet, reading: Reading) -> None:
    _ = sheet.language.gettext
    said, sentence = words.verdict(reading.outcome, reading.who, sheet.language)
    sheet.style(9, MUTED)
    sheet.write_block(_("Reading of one scan"), LEFT, WIDTH)
    sheet.style(25, INK, bold=True)
    sheet.write_block(said, LEFT, WIDTH, 1.3)
    if reading.source:  # as large as the answer: one of the two is wrong
        other = _("Its source says {answer}").format(answer=reading.source)
        sheet.write_block(other, LEFT, WIDTH, 1.3)
    sheet.style(10.5, MUTED)
    sheet.write_block(sentence, LEFT, WIDTH)
    if reading.outcome.verdict == "outside":
        sheet.style(9.5, INK)
        anyway = words.anyway(reading.outcome, reading.who, sheet.language)
        sheet.write_block(anyway, LEFT, WIDTH)
    sheet.ln(4)


def _pictures(sheet: Sheet, reading: Reading) -> None:
    """Lay the scan and its map side by side, each with its caption."""
    _, drawing = sheet.language.gettext, reading.drawing
    y, answer = sheet.get_y(), sheet.language.class_title(drawing.target)
    height, width = reading.image.shape
    sheet.picture(reading.scan, LEFT, y, COLUMN, _("The scan as it came"))
    below = y + COLUMN + 2
    sheet.set_y(below)
    sheet.style(8, MUTED)
    size = _("The scan, {width} × {height} px").format(width=width, height=height)
    outline = [_("Where an expert of the source drew the tumour, in cyan.")] * drawing.outlined
    for line in (size, *outline, *reading.notes):
        sheet.write_block(line, LEFT, COLUMN)
    left = sheet.get_y()
    sheet.set_y(below)
    if drawing.rgb is None:
        sheet.set_y(y)
        nothing = _("Nothing here speaks for {answer}.").format(answer=answer)
        sheet.write_block(nothing, RIGHT, COLUMN)
    else:
        caption = words.shown(drawing.method, drawing.title, drawing.target, sheet.language)
        control = words.is_control(drawing.method)
        alt = _("Heat map of the evidence for {answer} over the scan").format(answer=answer)
        sheet.picture(drawing.rgb, RIGHT, y, COLUMN, caption if control else alt)
        if not control:
            shades = np.repeat(np.linspace(0, 1, 256, dtype=np.float32)[None], 6, 0)
            ends = _("no evidence"), _("the most in this scan")
            sheet.ramp(colourise(shades, drawing.colour_map), RIGHT, below, ends)
        sheet.style(8, MUTED)
        sheet.write_block(caption, RIGHT, COLUMN)
        if drawing.verdict:
            sheet.style(8.5, INK, bold=True)
            sheet.write_block(drawing.verdict, RIGHT, COLUMN)
    sheet.set_y(max(left, sheet.get_y()))


def _probabilities(sheet: Sheet, reading: Reading, y: float) -> None:
    _ = sheet.language.gettext
    sheet.set_y(y)
    sheet.heading(_("Probability of each class"), LEFT, COLUMN)
    sheet.bars(reading.outcome.probabilities.tolist(), LEFT, COLUMN)
    rules = words.rules(reading.outcome.limits, sheet.language)
    if rules:
        sheet.style(8, MUTED)
        sheet.write_block(rules, LEFT, COLUMN)


def _trust(sheet: Sheet, reading: Reading, y: float) -> None:
    """Say what was measured on other scans: of the answers, and of the method of the map."""
    _ = sheet.language.gettext
    value, span = words.accuracy(reading.accuracy, sheet.language)
    sheet.set_y(y)
    sheet.heading(_("How far to trust it"), RIGHT, COLUMN)
    if reading.outcome.verdict == "outside":
        sheet.style(8.5)
        nothing = _("Not at all: what was measured was measured on other kinds of pictures.")
        sheet.write_block(nothing, RIGHT, COLUMN)
        return
    sheet.style(8, MUTED)
    sheet.write_block(_("Accuracy on unseen patients"), RIGHT, COLUMN)
    sheet.style(17, INK, bold=True)
    sheet.write_block(value, RIGHT, COLUMN, 1.3)
    sheet.style(8, MUTED)
    sheet.write_block(span, RIGHT, COLUMN)
    sheet.ln(2.5)
    sheet.style(8.5)
    where = (
        _("This map is a control: it would be the same with any network.")
        if words.is_control(reading.drawing.method)
        else _("A heat map shows where the network's evidence lies, not the outline of a tumour.")
    )
    tested = reading.drawing.tested
    method = f"{reading.drawing.title}. {tested}" if tested else ""
    for line in filter(None, (method, where)):
        sheet.write_block(line, RIGHT, COLUMN)
        sheet.ln(1.5)


def _network(sheet: Sheet, reading: Reading) -> None:
    """Extract the model card; of an ensemble, list what each member says."""
    _, y = sheet.language.gettext, sheet.get_y()
    if len(reading.networks) == 1:
        sheet.heading(_("The network"), LEFT, COLUMN)
        sheet.facts(words.card(reading.networks[0], sheet.language), LEFT, COLUMN)
    else:
        sheet.heading(_("Its members"), LEFT, COLUMN)
        for network, prediction in zip(reading.networks, reading.predictions, strict=True):
            share = sheet.language.percent(float(prediction.probabilities.max()))
            said = f"{sheet.language.class_title(prediction.class_name)}, {share}"
            sheet.facts([(network.title, said)], LEFT, COLUMN)
    left = sheet.get_y()
    sheet.set_y(y)
    sheet.heading(_("What limits it"), RIGHT, COLUMN)
    sheet.style(8)
    for line in words.limitations(reading.networks, sheet.language):
        sheet.write_block(line, RIGHT, COLUMN)
        sheet.ln(1.5)
    sheet.set_y(max(left, sheet.get_y()))
