"""A round of scans that a person reads before seeing what the networks said.

Everybody who asks for the same round gets the same scans in the same order: they are ranked
by a hash of the round and their id, which no library's random numbers can change.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from core.cases import Case, cases, find
from core.evaluate.board.answers import Answers, distinct
from core.evaluate.saliency.localisation import TOLERANCE
from core.labels import CLASS_NAMES, NUM_CLASSES

Kind = Literal["balanced", "hard"]
Point = tuple[float, float]

KINDS: tuple[Kind, ...] = get_args(Kind)
SIZES = (5, 10, 20)
SEEDS = range(1, 1000)


@dataclass(frozen=True)
class Round:
    """Which scans are asked: what a link names.

    Attributes
    ----------
    kind : {"balanced", "hard"}
        As many scans of each class as `size` allows; or scans that some network gets wrong.
    size : int
        One of `SIZES`.
    seed : int
        One of `SEEDS`.
    """

    kind: Kind
    size: int
    seed: int


@dataclass(frozen=True)
class Aim:
    """How well a point hits a lesion.

    Attributes
    ----------
    hit : bool
        On the outlined lesion, or no further from it than the pointing game forgives a map
        (`core.evaluate.saliency.localisation.TOLERANCE`).
    distance : float
        To the outline, as a share of the scan's longer side; 0 on the lesion.
    """

    hit: bool
    distance: float


@dataclass(frozen=True)
class Reply:
    """What a person said of one scan, before seeing anything else of it.

    Attributes
    ----------
    case : str
        Id of the scan.
    guess : str
        A class.
    point : tuple of (float, float), optional
        Where the tumour is said to be: x, y in 0..1 of the frame.
    aim : Aim, optional
        None where nothing was pointed at, or no outline is known.
    """

    case: str
    guess: str
    point: Point | None = None
    aim: Aim | None = None

    @property
    def truth(self) -> str:
        """The class that the scan's source gives."""
        return known(self.case).label

    @property
    def right(self) -> bool:
        """Whether the guess is the class that the source gives."""
        return self.guess == self.truth


def draw(asked: Round, answers: Answers | None) -> tuple[Case, ...]:
    """Draw the scans of a round, at most one of each patient.

    Parameters
    ----------
    asked : Round
    answers : Answers, optional
        What is stored of the networks; without it there are no hard cases.

    Returns
    -------
    tuple of Case
        As many as asked for, or all there are.
    """
    hard = _hard(answers) if answers else frozenset()
    pool = [c for c in cases().values() if asked.kind == "balanced" or c.path in hard]
    first: dict[str, Case] = {}
    for case in sorted(pool, key=lambda case: _rank(asked, case.id)):
        first.setdefault(case.group, case)
    ranked = list(first.values())
    if asked.kind == "hard":
        return tuple(ranked[: asked.size])
    names = sorted(CLASS_NAMES, key=lambda name: _rank(asked, name))
    share, more = divmod(asked.size, NUM_CLASSES)
    chosen = set[str]()
    for i, name in enumerate(names):
        of_class = [case.id for case in ranked if case.label == name]
        chosen |= set(of_class[: share + (i < more)])
    return tuple(case for case in ranked if case.id in chosen)


def aim(point: Point, outline: NDArray[np.float64], shape: tuple[int, int]) -> Aim:
    """Score a point against the outline of a lesion.

    Parameters
    ----------
    point : tuple of (float, float)
        x, y in 0..1 of the frame.
    outline : ndarray of float64, shape (n, 2)
        Corners in the same measure.
    shape : tuple of (int, int)
        Height and width of the scan, whose pixels are taken for square.
    """
    scale = np.array(shape[::-1]) / max(shape)
    corners, (x, y) = (outline * scale).astype(np.float32), map(float, point * scale)
    distance = max(0.0, -cv2.pointPolygonTest(corners, (x, y), True))
    return Aim(distance <= TOLERANCE, distance)


def known(key: str) -> Case:
    """Look up a case that is known to be there."""
    case = find(key)
    assert case is not None
    return case


def _hard(answers: Answers) -> frozenset[str]:
    """Find the paths of the pictures that at least one network gets wrong."""
    networks = answers.of_kind("model").values()
    wrong = np.any([v.answer != answers.truth for v in networks], axis=0)
    return frozenset(answers.table["path"][wrong & distinct(answers)])


def _rank(asked: Round, key: str) -> bytes:
    return hashlib.sha256(f"{asked.kind} {asked.seed} {key}".encode()).digest()
