"""Noise, patterns, discs, balls and phantoms by code."""

from __future__ import annotations

import cv2
import numpy as np

from core.preprocess import FloatImage
from core.training.gate.drawings import canvas, done
from core.training.gate.material import Material, Rng


def noise(rng: Rng, material: Material) -> FloatImage:
    """Draw white, coarse or salt-and-pepper noise."""
    n = int(rng.choice([20, 60, 160, 320]))
    values = (
        rng.random((n, n)) if rng.random() < 0.6 else rng.random((n, n)) < rng.uniform(0.1, 0.6)
    )
    fine = cv2.resize(values.astype(np.float32), (320, 320), interpolation=cv2.INTER_LINEAR)
    return np.asarray(fine, np.float32)


def round_mask(rng: Rng, ratio: float = 1.0) -> FloatImage:
    """Draw a disc of any size, or an ellipse, 1 inside."""
    mask = np.zeros((320, 320), np.float32)
    r = float(rng.uniform(90, 155))
    axes = int(r * ratio), int(r)
    centre = (int(rng.integers(155, 166)), int(rng.integers(155, 166)))
    cv2.ellipse(mask, centre, axes, float(rng.uniform(-15, 15)), 0, 360, 1.0, -1, cv2.LINE_AA)
    return mask


def noise_in_disc(rng: Rng, material: Material) -> FloatImage:
    """Draw noise inside a disc or an ellipse on black."""
    return round_mask(rng, float(rng.uniform(0.7, 1))) * (0.2 + 0.8 * noise(rng, material))


def disc(rng: Rng, material: Material) -> FloatImage:
    """Draw a plain disc, ring, egg or square on black."""
    picture, draw = canvas(0)
    r = int(rng.integers(70, 150))
    box, shade = (
        (160 - r, 160 - int(r * rng.uniform(0.7, 1)), 160 + r, 160 + r),
        rng.integers(90, 256),
    )
    shape = draw.rectangle if rng.random() < 0.3 else draw.ellipse
    shape(box, int(shade))
    for _ in range(int(rng.integers(0, 3))):
        s = int(rng.integers(8, r // 2))
        x, y = (int(rng.integers(160 - r // 2, 160 + r // 2)) for _ in range(2))
        draw.ellipse((x - s, y - s, x + s, y + s), int(rng.integers(0, 256)))
    soft = cv2.GaussianBlur(done(picture), (0, 0), float(rng.choice([0.5, 2, 8])))
    return np.asarray(soft, np.float32)


def ball(rng: Rng, material: Material) -> FloatImage:
    """Draw a lit sphere, a moon with craters, or the slice of a fruit."""
    y, x = np.mgrid[-1:1:320j, -1:1:320j]
    radius, angle = np.hypot(x, y) / rng.uniform(0.7, 0.95), np.arctan2(y, x)
    inside = radius < 1
    kind = rng.integers(3)
    if kind == 0:
        shade = np.sqrt(np.clip(1 - radius**2, 0, 1)) * (0.6 + 0.4 * (x + y) / 2)
    elif kind == 1:
        shade = 0.7 + 0.05 * cv2.resize(rng.normal(size=(40, 40)), (320, 320))
        for _ in range(30):
            cx, cy, s = rng.uniform(-0.7, 0.7), rng.uniform(-0.7, 0.7), rng.uniform(0.02, 0.15)
            ring = np.hypot(x - cx, y - cy) / s
            shade = shade - 0.15 * (ring < 1) + 0.15 * ((ring > 1) & (ring < 1.2))
    else:
        n = int(rng.integers(6, 13))
        shade = 0.75 - 0.35 * (np.abs(np.sin(n * angle / 2)) < 0.15) - 0.3 * (radius < 0.12)
        shade = np.where(radius > 0.88, 0.95, shade) + rng.normal(0, 0.02, x.shape)
    return np.clip(np.where(inside, shade, 0), 0, 1).astype(np.float32)


def pattern(rng: Rng, material: Material) -> FloatImage:
    """Draw a code of squares, a bar code, a chess board or stripes."""
    kind = rng.integers(4)
    n = int(rng.integers(6, 34))
    cells: np.ndarray = (rng.random((n, n)) < 0.5).astype(np.float32)
    if kind == 1:
        cells = np.repeat(cells[:1], n, 0)
    elif kind == 2:
        cells = (np.indices((n, n)).sum(0) % 2).astype(np.float32)
    elif kind == 3:
        cells = np.repeat(np.linspace(0, 1, n, dtype=np.float32)[None], n, 0)
    side = int(rng.integers(200, 320))
    cells = cv2.resize(cells, (side, side), interpolation=cv2.INTER_NEAREST)
    edge = 160 - side // 2
    framed = cv2.copyMakeBorder(
        cells, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=float(kind % 2)
    )
    return np.asarray(framed, np.float32)


def phantom(rng: Rng, material: Material) -> FloatImage:
    """Draw ellipses in a head's outline, after Shepp and Logan (1974), each time anew."""
    ellipses = [
        (1.0, 0.69, 0.92, 0, 0, 0), (-0.8, 0.6624, 0.874, 0, -0.0184, 0),
        (-0.2, 0.11, 0.31, 0.22, 0, -18), (-0.2, 0.16, 0.41, -0.22, 0, 18),
        (0.1, 0.21, 0.25, 0, 0.35, 0), (0.1, 0.046, 0.046, 0, 0.1, 0),
        (0.1, 0.046, 0.046, 0, -0.1, 0), (0.1, 0.046, 0.023, -0.08, -0.605, 0),
        (0.1, 0.046, 0.023, 0.06, -0.605, 0),
    ]  # fmt: skip
    y, x = np.mgrid[1:-1:320j, -1:1:320j]
    picture = np.zeros((320, 320))
    for i, (value, a, b, x0, y0, degrees) in enumerate(ellipses):
        t = np.deg2rad(degrees + rng.normal(0, 3) * (i > 1))
        u, v = x - x0 - rng.normal(0, 0.02) * (i > 1), y - y0
        u, v = u * np.cos(t) + v * np.sin(t), v * np.cos(t) - u * np.sin(t)
        picture[(u / a) ** 2 + (v / b) ** 2 < 1] += value * (1 + rng.normal(0, 0.3) * (i > 1))
    return np.clip(picture, 0, 1).astype(np.float32)
