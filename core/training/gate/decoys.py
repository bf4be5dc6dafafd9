"""Pictures that are no scans, made out of training scans and random numbers: to learn against.

A detector that is shown only scans has to guess along which of a thousand directions a
picture may differ. These say: a head's outline alone is not enough, nor are its tones, nor
its patches in another order (negative data augmentation, Sinha et al. 2021,
arXiv:2102.05113; outlier exposure, Hendrycks et al. 2019, arXiv:1812.04606). None of them
is a photograph or a real drawing: those are what the detector is measured on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from core.preprocess import FloatImage
from core.training.gate.textures import (
    SIDE,
    blob,
    clouds,
    grid,
    leaves,
    levels,
    strokes,
    surface,
    waves,
)

Scans = Sequence[FloatImage]
Maker = Callable[[np.random.Generator, Scans], FloatImage]


def scan(rng: np.random.Generator, scans: Scans) -> FloatImage:
    """Make one of the scans, (SIDE, SIDE), mirrored or not."""
    picture = cv2.resize(scans[int(rng.integers(len(scans)))], (SIDE, SIDE))
    return np.asarray(picture[:, :: int(rng.choice([-1, 1]))], np.float32)


def shuffled(rng: np.random.Generator, scans: Scans) -> FloatImage:
    """Make a scan cut into tiles that are put back in another order."""
    n = int(rng.integers(2, 9))
    side = SIDE // n
    picture = scan(rng, scans)[: n * side, : n * side]
    tiles = picture.reshape(n, side, n, side).swapaxes(1, 2).reshape(n * n, side, side)
    return (
        tiles[rng.permutation(n * n)]
        .reshape(n, n, side, side)
        .swapaxes(1, 2)
        .reshape(n * side, n * side)
    )


def phases(rng: np.random.Generator, scans: Scans) -> FloatImage:
    """Make the frequencies of a scan in random places."""
    spectrum = np.abs(np.fft.fft2(scan(rng, scans)))
    noise = np.angle(np.fft.fft2(rng.normal(size=spectrum.shape)))
    return levels(np.fft.ifft2(spectrum * np.exp(1j * noise)).real)


def filled(rng: np.random.Generator, scans: Scans) -> FloatImage:
    """Make something else inside a round outline on a dark ground."""
    inside = surface(rng)
    if rng.random() < 0.25:
        inside = part(rng, scans)
    elif rng.random() < 0.2:
        inside = strokes(rng)
    return np.asarray(blob(rng) * (rng.uniform(0, 0.4) + inside * rng.uniform(0.6, 1)), np.float32)


def silhouette(rng: np.random.Generator, scans: Scans) -> FloatImage:
    """Make the outline of a real head around something else."""
    head = cv2.GaussianBlur(scan(rng, scans), (0, 0), 2) > 0.15
    head = cv2.morphologyEx(head.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8))
    inside = surface(rng) if rng.random() < 0.7 else shuffled(rng, scans)
    inside = cv2.resize(inside, (SIDE, SIDE))
    return np.asarray(cv2.GaussianBlur(head * (0.2 + 0.8 * inside), (0, 0), 0.8), np.float32)


def part(rng: np.random.Generator, scans: Scans) -> FloatImage:
    """Make a piece out of the middle of a scan, enlarged."""
    side = int(SIDE * rng.uniform(0.2, 0.5))
    top, left = (int(rng.integers(SIDE // 6, SIDE - SIDE // 6 - side)) for _ in range(2))
    piece = scan(rng, scans)[top : top + side, left : left + side]
    return np.asarray(cv2.resize(piece, (SIDE, SIDE)), np.float32)


def swirled(rng: np.random.Generator, scans: Scans) -> FloatImage:
    """Make a scan twisted or pulled out of shape."""
    x, y = grid()
    if rng.random() < 0.5:
        turn = rng.choice([-1, 1]) * rng.uniform(1.5, 6) * np.exp(-2 * np.hypot(x, y))
        x, y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    else:
        pull = rng.uniform(0.3, 0.9)
        x = x + pull * (clouds(rng, power=2.2) - 0.5)
        y = y + pull * (clouds(rng, power=2.2) - 0.5)
    to = [((c + 1) * (SIDE - 1) / 2).astype(np.float32) for c in (x, y)]
    return np.asarray(cv2.remap(scan(rng, scans), to[0], to[1], cv2.INTER_LINEAR), np.float32)


def halves(rng: np.random.Generator, scans: Scans) -> FloatImage:
    """Mirror one half of a scan onto the other, or join the halves of two scans."""
    one = scan(rng, scans)
    cut = SIDE // 2
    if rng.random() < 0.4:
        half = one[cut:] if rng.random() < 0.5 else one[:cut][::-1]
        return np.concatenate([half[::-1], half])
    other = scan(rng, scans)
    rows = np.concatenate([one[:cut], other[:cut]])
    return rows if rng.random() < 0.5 else np.concatenate([one[cut:], other[cut:]])


def sheet(rng: np.random.Generator, scans: Scans) -> FloatImage:
    """Make several scans side by side."""
    down, across = [(1, 2), (2, 1), (2, 2), (2, 3), (3, 3), (3, 4), (4, 4)][int(rng.integers(7))]
    return np.concatenate(
        [np.concatenate([scan(rng, scans) for _ in range(across)], 1) for _ in range(down)]
    )


def framed(rng: np.random.Generator, scans: Scans) -> FloatImage:
    """Make a scan in a corner or in the middle of something larger, as on a screen or a page."""
    side = int(SIDE * rng.uniform(1.5, 3))
    ground = cv2.resize(strokes(rng) if rng.random() < 0.7 else surface(rng), (side, side))
    top, left = (int(rng.integers(0, side - SIDE + 1)) for _ in range(2))
    ground[top : top + SIDE, left : left + SIDE] = scan(rng, scans)
    return np.asarray(ground, np.float32)


def inverted(rng: np.random.Generator, scans: Scans) -> FloatImage:
    """Make a negative."""
    return 1 - scan(rng, scans)


def page(rng: np.random.Generator, scans: Scans) -> FloatImage:
    """Make strokes, a texture, or one over the other."""
    kind = rng.integers(5)
    if kind == 0:
        return strokes(rng)
    if kind == 1:
        return np.asarray(0.5 * strokes(rng) + 0.5 * surface(rng), np.float32)
    return (leaves, clouds, waves)[int(kind) - 2](rng)


DECOYS: dict[str, Maker] = {
    maker.__name__: maker
    for maker in (
        shuffled, phases, filled, silhouette, part, swirled, halves, sheet, framed, inverted, page,
    )
}  # fmt: skip
_WEIGHTS = {"filled": 4, "silhouette": 3, "page": 2}


def decoy(rng: np.random.Generator, scans: Scans) -> FloatImage:
    """Make any of them; outlines around something else the most often, being the hardest."""
    weights = np.array([_WEIGHTS.get(name, 1) for name in DECOYS], float)
    name = rng.choice(list(DECOYS), p=weights / weights.sum())
    picture: NDArray[np.floating] = DECOYS[name](rng, scans)
    if rng.random() < 0.3:
        picture = np.clip(picture, 0, 1) ** rng.uniform(0.5, 2)
    if rng.random() < 0.2:
        picture = picture + rng.normal(0, rng.uniform(0.01, 0.1), picture.shape)
    return np.asarray(np.clip(picture, 0, 1), np.float32)
