"""What the gate's network learns from: scans, their relatives, scans turned or inverted, decoys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.gate.network import INVERTED, OTHER, SCAN, SIDEWAYS, UPSIDE_DOWN
from core.gate.views import views
from core.preprocess import FloatImage
from core.training.gate.decoys import decoy
from core.training.gate.kin import relative

DECOYS = 9000


@dataclass(frozen=True)
class Lesson:
    """What the network learns from.

    Attributes
    ----------
    views : ndarray of uint8, shape (N, 64, 64, 2)
    kinds : ndarray of int64, shape (N,)
        Indices of `core.gate.network.NAMES`.
    """

    views: NDArray[np.uint8]
    kinds: NDArray[np.int64]


def lesson(scans: list[FloatImage], labels: NDArray[np.str_], rng: np.random.Generator) -> Lesson:
    """Draw scans, their relatives, scans the wrong way round, and decoys.

    Scans of a tumour are known to lie upright, so that only those are turned to show what
    wrong is; among those without a tumour, some come turned already.
    """
    upright = [i for i, label in enumerate(labels) if label != "notumor"]

    def pictures() -> Iterator[tuple[FloatImage, int]]:
        for picture in scans:
            yield picture, SCAN
            yield relative(rng, picture), SCAN
            yield relative(rng, picture), SCAN
        for i in upright:
            yield relative(rng, scans[i])[::-1], UPSIDE_DOWN
            if rng.random() < 0.5:
                yield np.rot90(relative(rng, scans[i])), SIDEWAYS
        for picture in scans[::2]:
            yield 1 - relative(rng, picture), INVERTED
        for _ in range(DECOYS):
            yield decoy(rng, scans), OTHER

    return _seen(pictures())


def _seen(pictures: Iterator[tuple[FloatImage, int]]) -> Lesson:
    seen, kinds = [], []
    for picture, kind in pictures:
        both = views(np.ascontiguousarray(picture, np.float32))
        seen.append(np.rint(both * 255).astype(np.uint8))
        kinds.append(kind)
    return Lesson(np.stack(seen), np.array(kinds, np.int64))
