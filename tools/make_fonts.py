"""Make the fonts of the reports: Noto Sans CJK SC, cut down to what a report can say.

Run as ``python tools/make_fonts.py FOLDER`` with the folder of NotoSansCJK-Regular.ttc
and NotoSansCJK-Bold.ttc (Debian: the package fonts-noto-cjk, /usr/share/fonts/opentype/noto).
The regular weight holds all Han characters of GB 2312; the bold, for headings, its first
level, the 3755 in common use. Reports fall back from bold to regular by character.

Outlines become quadratic, within 2/1000 em: PDF readers take TrueType fonts with plain
two-byte codes, where fpdf2 gives fonts of the original's kind a code map of their own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

SIMPLIFIED = 2  # index within the collections
TOLERANCE = 2.0  # of 1000 units an em
LATIN = (
    (0x20, 0x7F), (0xA0, 0x180), (0x391, 0x3CA), (0x2010, 0x2028), (0x202F, 0x203B),
    (0x2070, 0x20A0), (0x2190, 0x2194), (0x2200, 0x2270),
)  # fmt: skip
LEVELS = {"Regular": 0xF8, "Bold": 0xD8}  # first row of GB 2312 (+ 0xA0) that is left out

FONTS = Path(__file__).resolve().parents[1] / "core" / "reports" / "fonts"


def characters(end: int) -> Iterable[int]:
    """List the code points of Latin, Greek and signs, and of GB 2312 up to a row."""
    for first, last in LATIN:
        yield from range(first, last)
    for row in range(0xA1, end):
        for cell in range(0xA1, 0xFF):
            yield from map(ord, bytes((row, cell)).decode("gb2312", "ignore"))


def to_truetype(font: TTFont) -> None:
    """Replace cubic outlines by quadratic ones."""
    outlines, glyphs = font.getGlyphSet(), {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(outlines)
        outlines[name].draw(Cu2QuPen(pen, TOLERANCE, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = font.getGlyphOrder(), glyphs
    for name, glyph in glyphs.items():
        glyph.recalcBounds(font["glyf"])
        width, _ = font["hmtx"].metrics[name]
        font["hmtx"].metrics[name] = width, getattr(glyph, "xMin", 0)
    unused = (
        "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs",
        "maxStackElements", "maxSizeOfInstructions", "maxComponentElements",
    )  # fmt: skip
    vars(font["maxp"]).update(dict.fromkeys(unused, 0), tableVersion=0x10000, maxZones=1)
    font["post"].formatType = 3.0  # without the names of glyphs
    font.sfntVersion = "\0\1\0\0"
    for table in ("CFF ", "VORG"):
        del font[table]


def make(folder: Path) -> None:
    """Write the fonts beside this file."""
    for weight, end in LEVELS.items():
        options = subset.Options(
            font_number=SIMPLIFIED, hinting=False, layout_features=[], notdef_outline=True,
            recalc_bounds=True,
            name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        )  # fmt: skip
        font = subset.load_font(str(folder / f"NotoSansCJK-{weight}.ttc"), options)
        cut = subset.Subsetter(options)
        cut.populate(unicodes=characters(end))
        cut.subset(font)
        to_truetype(font)
        target = FONTS / f"NotoSansSC-{weight}.ttf"
        subset.save_font(font, str(target), options)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
