"""A map as a picture to take away: at a size that can be printed, with a legend if wanted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.explain.overlay import RGB, ColourMap, colourise

LEAST = 1024  # px of the longer side; a larger scan keeps its own size
_FONT = Path(__file__).parent / "fonts" / "NotoSansSC-Regular.ttf"
_INK, _PAPER = (34, 39, 43), (255, 255, 255)
_MARGIN = 0.6  # of a line


def enlarged(rgb: RGB, least: int = LEAST) -> RGB:
    """Enlarge a picture whose longer side is under `least` to it; larger ones pass.

    Parameters
    ----------
    rgb : ndarray of uint8, shape (H, W, 3)
    least : int
        px.
    """
    height, width = rgb.shape[:2]
    scale = least / max(height, width)
    if scale <= 1:
        return rgb
    size = round(width * scale), round(height * scale)
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BICUBIC), np.uint8)


def with_legend(
    rgb: RGB, lines: Sequence[str], scale: tuple[ColourMap, str, str] | None = None
) -> RGB:
    """Put a legend under a picture.

    Parameters
    ----------
    rgb : ndarray of uint8, shape (H, W, 3)
    lines : sequence of str
        One below the other; what is too long is broken at spaces.
    scale : (ColourMap, str, str), optional
        A colour scale, and the words at its two ends.

    Returns
    -------
    ndarray of uint8, shape (H + h, W, 3)
    """
    width = rgb.shape[1]
    size = max(12, round(width / 46))
    font, high = ImageFont.truetype(str(_FONT), size), round(1.45 * size)
    margin = round(_MARGIN * high)
    room = width - 2 * margin
    broken = [part for line in lines for part in _broken(line, font, room)]
    rows = len(broken) + (2 if scale else 0)
    sheet = Image.new("RGB", (width, rows * high + 2 * margin), _PAPER)
    pen = ImageDraw.Draw(sheet)
    for n, line in enumerate(broken):
        pen.text((margin, margin + n * high), line, _INK, font)
    if scale:
        colours, low, top = scale
        at = margin + len(broken) * high
        shades = np.repeat(np.linspace(0, 1, room, dtype=np.float32)[None], high // 2, 0)
        sheet.paste(Image.fromarray(colourise(shades, colours)), (margin, at + high // 4))
        pen.text((margin, at + high), low, _INK, font)
        pen.text((width - margin - pen.textlength(top, font), at + high), top, _INK, font)
    return np.concatenate([rgb, np.asarray(sheet, np.uint8)])


def _broken(line: str, font: ImageFont.FreeTypeFont, room: int) -> list[str]:
    """Break a line so that each part is at most `room` px wide; Chinese breaks anywhere."""
    parts, words = [""], line.split(" ") if " " in line else list(line)
    gap = " " if " " in line else ""
    for word in words:
        longer = f"{parts[-1]}{gap}{word}" if parts[-1] else word
        if parts[-1] and font.getlength(longer) > room:
            parts.append(word)
        else:
            parts[-1] = longer
    return parts
