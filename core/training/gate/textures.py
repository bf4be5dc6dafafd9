"""Grey surfaces and outlines out of random numbers: what made-up pictures are put together from."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from core.preprocess import FloatImage

Mask = NDArray[np.float32]
SIDE = 128


def grid(side: int = SIDE) -> tuple[FloatImage, FloatImage]:
    """Make coordinates x and y of a square, each (side, side), from -1 to 1."""
    line = np.linspace(-1, 1, side, dtype=np.float32)
    x, y = np.meshgrid(line, line)
    return x, y


def levels(values: NDArray[np.floating]) -> FloatImage:
    """Stretch any values to [0, 1]; a flat surface becomes zeros."""
    low, high = float(values.min()), float(values.max())
    return np.asarray((values - low) / max(high - low, 1e-9), np.float32)


def clouds(rng: np.random.Generator, side: int = SIDE, power: float | None = None) -> FloatImage:
    """Make noise whose strength falls with frequency to a power: 0 is white, 3 is smooth."""
    power = rng.uniform(0.0, 3.0) if power is None else power
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(side), np.fft.fftfreq(side)))
    spectrum = np.fft.fft2(rng.normal(size=(side, side)))
    return levels(np.fft.ifft2(spectrum / np.maximum(frequency, 1 / side) ** power).real)


def leaves(rng: np.random.Generator, side: int = SIDE) -> FloatImage:
    """Cover a square with shapes of many sizes, each before the last, some under a texture.

    The dead-leaves model (Lee, Mumford, Huang 2001), whose statistics are near those of
    photographs.
    """
    picture = np.full((side, side), rng.random(), np.float32)
    for _ in range(int(rng.integers(20, 250))):
        radius = min(side / 2, 3 / rng.random() ** 0.9)
        centre, tone = rng.integers(0, side, 2), float(rng.random())
        if rng.random() < 0.5:
            axes = tuple(int(1 + radius * rng.uniform(0.4, 1)) for _ in range(2))
            cv2.ellipse(picture, centre.tolist(), axes, rng.uniform(0, 180), 0, 360, tone, -1)
        else:
            corners = centre + rng.normal(0, radius, (int(rng.integers(3, 7)), 2))
            cv2.fillPoly(picture, [corners.astype(np.int32)], tone)
    if rng.random() < 0.6:
        picture = picture + rng.uniform(0.05, 0.4) * clouds(rng, side)
    return levels(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 2)))


def waves(rng: np.random.Generator, side: int = SIDE) -> FloatImage:
    """Make stripes, rings or a lattice."""
    x, y = grid(side)
    angle, pitch = rng.uniform(0, np.pi), rng.uniform(3, 40)
    along = x * np.cos(angle) + y * np.sin(angle)
    across = y * np.cos(angle) - x * np.sin(angle)
    kind = rng.integers(4)
    if kind == 0:
        surface = np.sin(pitch * along)
    elif kind == 1:
        surface = np.sin(pitch * np.hypot(x - rng.normal(0, 0.3), y - rng.normal(0, 0.3)))
    elif kind == 2:
        surface = np.sin(pitch * along) * np.sin(pitch * across)
    else:
        surface = np.sin(pitch * along + 3 * np.sin(pitch * across / 3))
    return levels(np.sign(surface) if rng.random() < 0.3 else surface)


def shade(rng: np.random.Generator, side: int = SIDE) -> FloatImage:
    """Make one even shade, a ramp, or a ball lit from a side."""
    x, y = grid(side)
    kind = rng.integers(3)
    if kind == 0:
        return np.full((side, side), rng.uniform(0.2, 1), np.float32)
    if kind == 1:
        return levels(rng.normal() * x + rng.normal() * y)
    return levels(-np.hypot(x - rng.normal(0, 0.4), y - rng.normal(0, 0.4)))


def surface(rng: np.random.Generator, side: int = SIDE) -> FloatImage:
    """Make any of the surfaces."""
    return (clouds, leaves, leaves, waves, shade)[int(rng.integers(5))](rng, side)


def blob(rng: np.random.Generator, side: int = SIDE) -> Mask:
    """Make a round, egg-shaped, boxy or wavy outline around the middle, 1 inside, soft or sharp."""
    x, y = grid(side)
    x, y = x - rng.normal(0, 0.08), y - rng.normal(0, 0.08)
    a, b = rng.uniform(0.45, 0.97, 2)
    power = rng.choice([2.0, 2.0, 2.0, 2.5, 4.0, 12.0])
    angle = np.arctan2(y, x)
    wave = sum(
        (rng.normal(0, 0.06) * np.sin(k * angle + rng.uniform(0, 6.3)) for k in range(1, 5)),
        np.zeros_like(angle),
    )
    wave = wave * (rng.random() < 0.5)
    radius = (np.abs(x / a) ** power + np.abs(y / b) ** power) ** (1 / power) * (1 + wave)
    edge = rng.choice([0.01, 0.02, 0.05, 0.15, 0.4])
    return np.asarray(np.clip((1 - radius) / edge + 0.5, 0, 1), np.float32)


def strokes(rng: np.random.Generator, side: int = SIDE) -> FloatImage:
    """Make lines, circles, boxes and letters on a plain ground, as drawings and pages have them."""
    light = rng.random() < 0.6
    ground = rng.integers(200, 256) if light else rng.integers(0, 50)
    picture = np.full((side, side), ground, np.uint8)
    for _ in range(int(rng.integers(2, 60))):
        ink = int(rng.integers(0, 130) if light else rng.integers(130, 256))
        p, q = (rng.integers(0, side, 2).tolist() for _ in range(2))
        thick = int(rng.choice([1, 1, 2, 3, -1]))
        kind = rng.integers(4)
        if kind == 0:
            cv2.line(picture, p, q, ink, abs(thick))
        elif kind == 1:
            cv2.rectangle(picture, p, q, ink, thick)
        elif kind == 2:
            cv2.circle(picture, p, int(rng.integers(3, side // 3)), ink, thick)
        else:
            text = "".join(rng.choice(list("abcdefghijklmno ABCDE 0123456789"), 12))
            cv2.putText(picture, text, (p[0] // 2, p[1]), 0, rng.uniform(0.2, 1), ink, 1)
    return np.asarray(picture / 255, np.float32)
