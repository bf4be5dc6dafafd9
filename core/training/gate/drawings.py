"""Drawings, pages, charts and screens by code: no photograph and no scan is needed for them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.preprocess import FloatImage
from core.training.gate.material import Material, Rng

Draw = ImageDraw.ImageDraw
_WORDS = (
    "patient", "report", "the", "of", "a", "scan", "was", "made", "on", "and", "shows", "no",
    "sign", "to", "with", "invoice", "total", "date", "dear", "sir", "we", "thank", "you", "for",
    "your", "letter", "section", "figure", "table", "brain", "result", "see", "above",
)  # fmt: skip


def canvas(shade: int, width: int = 320, height: int = 320) -> tuple[Image.Image, Draw]:
    """Open a sheet of one shade, and what draws on it."""
    picture = Image.new("L", (width, height), shade)
    return picture, ImageDraw.Draw(picture)


def done(picture: Image.Image) -> FloatImage:
    """Take a drawn sheet as a picture."""
    return np.asarray(np.asarray(picture, np.float32) / 255, np.float32)


def write(rng: Rng, draw: Draw, box: tuple[int, int, int, int], size: int, ink: int) -> None:
    """Fill a box with lines of words."""
    left, top, right, bottom = box
    font = ImageFont.load_default(size)
    for y in range(top, bottom - size, int(size * 1.4)):
        line = " ".join(rng.choice(_WORDS, 12))
        while draw.textlength(line, font) > right - left:
            line = line[:-1]
        draw.text((left, y), line, ink, font)


def smiley(rng: Rng, material: Material) -> FloatImage:
    """Draw a drawn face, light on dark or dark on light."""
    dark = rng.random() < 0.6
    picture, draw = canvas(0 if dark else 255)
    x, y, r = (int(rng.integers(a, b)) for a, b in ((150, 170), (150, 170), (90, 140)))
    face, ink = (int(rng.integers(120, 256)), 0) if dark else (int(rng.integers(150, 256)), 30)
    draw.ellipse((x - r, y - r, x + r, y + r), face, ink, 4)
    for sign in (-1, 1):
        e, size = x + sign * r // 3, r // int(rng.integers(5, 9))
        draw.ellipse((e - size, y - r // 3 - size, e + size, y - r // 3 + size), ink)
    m = r // 2
    draw.arc((x - m, y - m // 2, x + m, y + m), 20, 160, ink, int(rng.integers(4, 12)))
    return done(picture)


def drawing(rng: Rng, material: Material) -> FloatImage:
    """Draw a house, a tree, a sun and a person in a few strokes."""
    dark = rng.random() < 0.4
    picture, draw = canvas(0 if dark else 255)
    ink = 255 if dark else 0
    x, y, w = (int(rng.integers(a, b)) for a, b in ((30, 90), (150, 190), (70, 120)))
    draw.rectangle((x, y, x + w, y + w), None, ink, 3)
    draw.polygon([(x, y), (x + w // 2, y - w // 2), (x + w, y)], None, ink, 3)
    draw.ellipse((220, 20, 280, 80), None if rng.random() < 0.5 else 128, ink, 3)
    tree = int(rng.integers(210, 260))
    draw.line((tree, 280, tree, 200), ink, 5)
    draw.ellipse((tree - 35, 140, tree + 35, 210), int(rng.integers(60, 200)), ink, 3)
    draw.line((20, 290, 300, 285), ink, 2)
    return done(picture)


def dark_document(rng: Rng, material: Material) -> FloatImage:
    """Draw a page with a dark middle, or light writing on a dark page."""
    if rng.random() < 0.5:
        picture, draw = canvas(250, 300, 400)
        write(rng, draw, (25, 25, 275, 380), 12, 40)
        draw.rectangle((50, 110, 250, 300), int(rng.integers(0, 50)))
        write(rng, draw, (65, 125, 235, 290), 12, 230)
    else:
        picture, draw = canvas(int(rng.integers(0, 40)), 300, 400)
        write(rng, draw, (25, 25, 275, 380), int(rng.integers(9, 26)), int(rng.integers(170, 256)))
    return done(picture)


def bar_chart(rng: Rng, material: Material) -> FloatImage:
    """Draw bars over an axis."""
    dark = rng.random() < 0.4
    picture, draw = canvas(15 if dark else 255, 380, 300)
    ink = 220 if dark else 20
    n = int(rng.integers(3, 12))
    for i, value in enumerate(rng.random(n)):
        x = 50 + i * 310 // n
        draw.rectangle((x, 260 - int(220 * value), x + 250 // n, 260), int(rng.integers(60, 200)))
    draw.line([(45, 25), (45, 260), (365, 260)], ink, 2)
    write(rng, draw, (60, 268, 360, 296), 12, ink)
    return done(picture)


def line_chart(rng: Rng, material: Material) -> FloatImage:
    """Draw curves or points over axes."""
    dark = rng.random() < 0.4
    picture, draw = canvas(15 if dark else 255, 380, 300)
    ink = 220 if dark else 20
    for _ in range(int(rng.integers(1, 5))):
        y = 150 + np.cumsum(rng.normal(0, 6, 300))
        shade = int(rng.integers(60, 200))
        if rng.random() < 0.7:
            draw.line([(50 + i, float(v)) for i, v in enumerate(y)], shade, 2)
        else:
            for x, v in zip(rng.normal(200, 60, 150), rng.normal(150, 40, 150), strict=True):
                draw.ellipse((x - 3, v - 3, x + 3, v + 3), shade)
    draw.rectangle((45, 25, 365, 265), None, ink, 2)
    write(rng, draw, (60, 270, 360, 296), 12, ink)
    return done(picture)


def pie_chart(rng: Rng, material: Material) -> FloatImage:
    """Draw a pie, on light or dark."""
    picture, draw = canvas(0 if rng.random() < 0.5 else 255)
    edges = np.concatenate([[0], np.sort(rng.uniform(0, 360, int(rng.integers(2, 7)))), [360]])
    for a, b in pairwise(edges.tolist()):
        draw.pieslice((45, 45, 275, 275), float(a), float(b), int(rng.integers(40, 250)), 255, 2)
    return done(picture)


def screen(rng: Rng, material: Material) -> FloatImage:
    """Draw a desktop with windows, bars and writing."""
    picture, draw = canvas(int(rng.integers(0, 255)), 480, 300)
    dark = rng.random() < 0.5
    for _ in range(int(rng.integers(1, 4))):
        x, y = int(rng.integers(5, 180)), int(rng.integers(5, 90))
        w, h = int(rng.integers(180, 290)), int(rng.integers(120, 190))
        draw.rectangle((x, y, x + w, y + h), int(rng.integers(10, 60) if dark else 245), 128)
        draw.rectangle((x, y, x + w, y + 16), int(rng.integers(70, 200)))
        write(rng, draw, (x + 8, y + 22, x + w - 8, y + h), 11, 210 if dark else 30)
    draw.rectangle((0, 280, 480, 300), int(rng.integers(20, 230)))
    return done(picture)


def logo(rng: Rng, material: Material) -> FloatImage:
    """Draw a few large letters or signs on a plain ground."""
    dark = rng.random() < 0.5
    picture, draw = canvas(0 if dark else 255, 320, int(rng.choice([160, 320])))
    ink = int(rng.integers(150, 256) if dark else rng.integers(0, 120))
    text = "".join(rng.choice(list("ABCDEFGHKMNOPRSTUVWXYZ&@8B0"), int(rng.integers(1, 5))))
    font = ImageFont.load_default(int(rng.integers(60, 200)))
    draw.text((picture.width // 2, picture.height // 2), text, ink, font, anchor="mm")
    return done(picture)
