"""An A4 sheet and its typography: one family, two weights, two columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
from fpdf import FPDF
from PIL import Image

from core.errors import N_
from core.explain.overlay import RGB
from core.labels import CLASSES
from core.reports.words import DISCLAIMER, ReportLanguage, moment

FONTS = Path(__file__).parent / "fonts"
FAMILY = "Noto"
UNKNOWN = "□"  # stands for a character that the fonts do not have
MARGIN, GAP = 18.0, 6.0  # mm
WIDTH = 210 - 2 * MARGIN
COLUMN = (WIDTH - GAP) / 2
LEFT, RIGHT = MARGIN, MARGIN + COLUMN + GAP

INK, MUTED, ACCENT, RULE, TRACK = "#22272b", "#59616a", "#7a570b", "#d9d2c3", "#ece7dc"

# What may not be parted at the end of a line: a Latin word, or a Han character with the
# punctuation that belongs to it. (fpdf2 breaks at spaces, of which Chinese has none.)
_PIECE = re.compile(
    "[（【「《“]*(?:[\u2e80-\u2fff\u3040-\u9fff]|[^ \u2e80-\u9fff\uff00-\uffef]+)?"
    "[，。；：、）】」》”！？％]* *|."
)


class Sheet(FPDF):
    """A document with a head and the notice on each page.

    Parameters
    ----------
    language : ReportLanguage
    title : str
        Of the document.
    made : datetime
        When; the same content made at the same moment is the same file.
    """

    def __init__(self, language: ReportLanguage, title: str, made: datetime) -> None:
        super().__init__("portrait", "mm", "A4")
        self.language, self.made = language, made
        self.add_font(FAMILY, "", FONTS / "NotoSansSC-Regular.ttf")
        self.add_font(FAMILY, "B", FONTS / "NotoSansSC-Bold.ttf")
        self.set_fallback_fonts([FAMILY], exact_match=False)
        self._known = {c for font in self.fonts.values() for c in getattr(font, "cmap", ())}
        self._unknown = False  # whether a character had to be replaced
        self.set_margins(MARGIN, 24, MARGIN)
        self.set_auto_page_break(True, 22)
        self.c_margin = 0
        self.set_title(title)
        self.set_lang(language.code)
        self.set_creator("Glassbrain")
        self.set_creation_date(made)
        self.add_page()

    def header(self) -> None:
        """Name the app and the moment."""
        self.set_xy(MARGIN, 11)
        self.style(9, INK, bold=True)
        self.cell(COLUMN, 5, "Glassbrain")
        self.style(8, MUTED)
        self.set_x(RIGHT)
        self.cell(COLUMN, 5, moment(self.made), align="R")
        self.rule(17.5)
        self.set_xy(MARGIN, 24)

    def normalize_text(self, text: str) -> str:
        """Put a visible sign in place of a character that the fonts do not have."""
        written = "".join(c if ord(c) in self._known or c.isspace() else UNKNOWN for c in text)
        self._unknown = self._unknown or written != text
        return str(super().normalize_text(written))

    def footer(self) -> None:
        """Close each page with the notice and its number; say what the sign stands for."""
        if self._unknown:
            self.set_xy(MARGIN, 297 - 20)
            self.style(8, MUTED)
            words = self.language.gettext(N_("{sign}: a character that this report's font lacks."))
            self.cell(WIDTH, 4, words.format(sign=UNKNOWN))
        self.rule(297 - 16)
        self.set_xy(MARGIN, 297 - 14)
        self.style(8, INK)
        self.cell(WIDTH * 0.8, 5, self.language.gettext(DISCLAIMER))
        self.style(8, MUTED)
        self.set_x(RIGHT)
        self.cell(COLUMN, 5, str(self.page_no()), align="R")

    def style(self, size: float, colour: str = INK, *, bold: bool = False) -> None:
        """Choose size in points, colour and weight of what is written next."""
        self.set_font(FAMILY, "B" if bold else "", size)
        self.set_text_color(colour)

    def rule(self, y: float) -> None:
        """Draw a hairline across the sheet."""
        self.set_draw_color(RULE)
        self.set_line_width(0.2)
        self.line(MARGIN, y, MARGIN + WIDTH, y)

    def write_block(self, text: str, x: float, width: float, leading: float = 1.45) -> None:
        """Write a paragraph from the present height down, in the present style."""
        self.set_x(x)
        lines = self.lines(text, width)
        height = self.font_size * leading
        self.multi_cell(width, height, "\n".join(lines), align="L", new_x="LEFT", new_y="NEXT")

    def lines(self, text: str, width: float) -> list[str]:
        """Break a text into lines that fit, in Latin script and in Chinese."""
        lines = [""]
        for piece in _PIECE.findall(text.replace("\u202f", "\u00a0")):
            if self.get_string_width((lines[-1] + piece).rstrip(" ")) > width - 0.1 and lines[-1]:
                lines.append("")
            lines[-1] += piece
        return [line.rstrip(" ") for line in lines]

    def heading(self, text: str, x: float = LEFT, width: float = WIDTH) -> None:
        """Head a section."""
        self.style(11, ACCENT, bold=True)
        self.write_block(text, x, width)
        self.ln(1.5)

    def picture(self, rgb: RGB, x: float, y: float, side: float, alt: str) -> None:
        """Lay a picture on a black square, as large as it fits."""
        self.set_fill_color(0)
        self.rect(x, y, side, side, style="F")
        height, width = rgb.shape[:2]
        scale = side / max(height, width)
        w, h = width * scale, height * scale
        self.image(Image.fromarray(rgb), x + (side - w) / 2, y + (side - h) / 2, w, h, alt_text=alt)

    def ramp(self, shades: RGB, x: float, y: float, ends: tuple[str, str]) -> None:
        """Draw the colour scale, one column wide, with the meaning of its ends."""
        self.image(Image.fromarray(np.ascontiguousarray(shades)), x, y, COLUMN, 2.2, alt_text="")
        self.set_xy(x, y + 2.8)
        self.style(7.5, MUTED)
        self.cell(COLUMN / 2, 4, ends[0])
        self.cell(COLUMN / 2, 4, ends[1], align="R", new_x="LMARGIN", new_y="NEXT")

    def bars(self, probabilities: Sequence[float], x: float, width: float) -> None:
        """Draw the four probabilities, in the order and colours of `core.labels`."""
        top = max(probabilities)
        for tumour, share in zip(CLASSES, map(float, probabilities), strict=True):
            y = self.get_y()
            self.style(9.5, INK if share == top else MUTED, bold=share == top)
            self.set_xy(x, y)
            self.cell(width * 0.7, 5, self.language.gettext(tumour.title))
            percent = self.language.percent(share).replace("\u202f", "\u00a0")
            self.cell(width * 0.3, 5, percent, align="R")
            for colour, length in ((TRACK, width), (tumour.colour, width * share)):
                self.set_fill_color(colour)
                if length:
                    self.rect(x, y + 5.6, length, 1.8, style="F")
            self.set_xy(x, y + 10.5)

    def facts(
        self, rows: Iterable[tuple[str, str]], x: float, width: float, names: float = 26
    ) -> None:
        """List names and values, `names` mm apart."""
        for name, value in rows:
            y = self.get_y()
            self.style(8, MUTED)
            self.write_block(name, x, names - 2)
            below = self.get_y()
            self.set_y(y)
            self.style(8)
            self.write_block(value, x + names, width - names)
            self.set_y(max(below, self.get_y()) + 1)
