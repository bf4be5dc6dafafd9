"""Pictures that are no brain scans as people have them, by code: what the gate is measured on.

None of these makers is used to fit the gate or to choose its threshold
(`core.training.gate.decoys` are). Each gives a grey picture (H, W) in [0, 1].
"""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

from core.preprocess import FloatImage
from core.training.gate import drawings, shapes
from core.training.gate.drawings import canvas, done, write
from core.training.gate.material import Maker, Material, Rng, photograph, scan
from core.training.gate.shapes import round_mask


def document(rng: Rng, material: Material) -> FloatImage:
    """Draw a page of text, with or without a picture."""
    picture, draw = canvas(int(rng.integers(235, 256)), 300, 400)
    write(rng, draw, (25, 25, 275, 380), int(rng.integers(9, 18)), int(rng.integers(0, 90)))
    if rng.random() < 0.4:
        photo = Image.fromarray((photograph(rng, material.photographs, 120) * 255).astype(np.uint8))
        picture.paste(photo, (int(rng.integers(30, 150)), int(rng.integers(60, 240))))
    return done(picture)


def photograph_in_disc(rng: Rng, material: Material) -> FloatImage:
    """Draw a photograph inside a disc on black."""
    return round_mask(rng) * photograph(rng, material.photographs)


def photograph_in_ellipse(rng: Rng, material: Material) -> FloatImage:
    """Draw a photograph inside an ellipse of a head's proportions on black."""
    return round_mask(rng, float(rng.uniform(0.72, 0.88))) * photograph(rng, material.photographs)


def vignette(rng: Rng, material: Material) -> FloatImage:
    """Draw a photograph that fades to black."""
    y, x = np.mgrid[-1:1:320j, -1:1:320j]
    fade = np.clip((rng.uniform(0.85, 1.1) - np.hypot(x, y)) / rng.uniform(0.2, 0.7), 0, 1)
    return np.asarray(fade * photograph(rng, material.photographs), np.float32)


def window(rng: Rng, material: Material) -> FloatImage:
    """Draw a scan in the window of a viewer: bars, buttons, writing around and over it."""
    shade = int(rng.choice([20, 45, 200, 240]))
    picture, draw = canvas(shade, 480, 340)
    ink = 220 if shade < 128 else 30
    side = int(rng.integers(180, 270))
    x, y = int(rng.integers(90, 460 - side)), int(rng.integers(30, 335 - side))
    inside = cv2.resize(scan(rng, material.scans), (side, side), interpolation=cv2.INTER_AREA)
    picture.paste(Image.fromarray((inside * 255).astype(np.uint8)), (x, y))
    draw.rectangle((0, 0, 480, 22), int(rng.integers(70, 190)))
    write(rng, draw, (6, 40, 84, 330), 10, ink)
    for i in range(5):
        draw.rectangle((6 + 40 * i, 4, 36 + 40 * i, 18), int(rng.integers(100, 250)), 60)
    return done(picture)


def montage(rng: Rng, material: Material) -> FloatImage:
    """Draw scans in rows and columns, as a film or a contact sheet has them."""
    down, across = [(2, 2), (3, 3), (2, 3), (4, 5), (3, 4), (1, 2), (5, 5)][int(rng.integers(7))]
    rows = [
        np.concatenate([cv2.resize(scan(rng, material.scans), (96, 96)) for _ in range(across)], 1)
        for _ in range(down)
    ]
    return np.concatenate(rows)


def inverted(rng: Rng, material: Material) -> FloatImage:
    """Draw a scan as a negative."""
    return 1 - scan(rng, material.scans)


def upside_down(rng: Rng, material: Material) -> FloatImage:
    """Draw a scan that is known to lie upright, turned by half a circle."""
    return np.ascontiguousarray(scan(rng, material.upright)[::-1, ::-1])


def sideways(rng: Rng, material: Material) -> FloatImage:
    """Draw a scan that is known to lie upright, turned by a quarter of a circle."""
    return np.ascontiguousarray(np.rot90(scan(rng, material.upright), int(rng.choice([1, 3]))))


_DRAWN = (
    drawings.smiley, drawings.drawing, drawings.dark_document, drawings.bar_chart,
    drawings.line_chart, drawings.pie_chart, drawings.screen, drawings.logo, shapes.noise,
    shapes.noise_in_disc, shapes.disc, shapes.ball, shapes.pattern, shapes.phantom,
)  # fmt: skip
_COMPOSED = (
    document, photograph_in_disc, photograph_in_ellipse, vignette, window, montage, inverted,
    upside_down, sideways,
)  # fmt: skip
DRAWN: dict[str, Maker] = {maker.__name__: maker for maker in _DRAWN}
KINDS: dict[str, Maker] = DRAWN | {maker.__name__: maker for maker in _COMPOSED}
