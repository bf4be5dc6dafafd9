"""Whether a scan looks like anything that the networks learned from.

A network has four answers and gives one of them to a photograph of a cat as well. Before
its answer is believed, the scan's thumbnail is compared with those of all training
pictures: a distance to the nearest neighbour (Sun et al. 2022, arXiv:2204.06507, who
measure it between a network's features; here between thumbnails, so that one answer holds
for all networks, and so that anybody can see what is compared).

How well that works is measured and stored beside it (`core.training.ood` makes both). It
is no proof of fitness: a head in another sequence, or any bright disc on black, passes.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from core.evaluate.schema import Figure
from core.preprocess import FloatImage, prepare

log = logging.getLogger(__name__)

SIDE = 16
FOLDER = "_ood"
FACTS_NAME = "ood.json"
THUMBNAILS_NAME = "thumbnails.npz"


class Foreign(BaseModel):
    """Pictures that are no brain MRI, and which of them pass for one."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    n: int
    refused: int
    passed: tuple[str, ...]


class Facts(BaseModel):
    """A whole ``ood.json``: the threshold, where it comes from and how well it does.

    Attributes
    ----------
    thumbnails_sha256 : str
        Of the file of training thumbnails.
    pictures : int
        Training pictures behind it.
    threshold : float
        Likeness under which a scan is called foreign.
    kept_on_validation : float
        Share of validation pictures that the threshold was chosen to keep.
    kept : Figure
        Share of the pictures of unseen patients (fold 0) that it keeps.
    kept_n : int
    foreign : Foreign
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: Literal[1] = 1
    thumbnails_sha256: str
    pictures: int
    threshold: float
    kept_on_validation: float
    kept: Figure
    kept_n: int
    foreign: Foreign
    dataset_sha256: str
    split_sha256: str
    command: str
    packages: dict[str, str]


@dataclass(frozen=True)
class Reference:
    """What scans are compared with.

    Attributes
    ----------
    facts : Facts
    thumbnails : ndarray of float32, shape (2 N, 256)
        See `thumbnail`; the pictures, and all of them mirrored.
    """

    facts: Facts
    thumbnails: NDArray[np.float32]


def thumbnail(frame: FloatImage) -> FloatImage:
    """Shrink a whole frame to 16 x 16, zero mean, unit norm.

    The dot product of two thumbnails is their correlation, so the nearest neighbour is the
    most correlated picture.

    Parameters
    ----------
    frame : ndarray of float32, shape (H, W), range [0, 1]

    Returns
    -------
    ndarray of float32, shape (16, 16)
        All zero for a frame without any contrast.
    """
    small = cv2.resize(frame, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    small = small - small.mean()
    return np.asarray(small / max(float(np.linalg.norm(small)), 1e-9), np.float32)


def of_pictures(squares: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Thumbnails of small grey squares (N, 16, 16), then of their mirror images: (2 N, 256)."""
    both = np.concatenate([squares, squares[:, :, ::-1]]).astype(np.float32) / 255
    return np.stack([thumbnail(square).ravel() for square in both])


def likeness(pixels: FloatImage, thumbnails: NDArray[np.float32]) -> float:
    """Correlation of a scan's thumbnail with the most similar of `thumbnails`.

    Parameters
    ----------
    pixels : ndarray of float32, shape (H, W), range [0, 1]
    thumbnails : ndarray of float32, shape (N, 256)

    Returns
    -------
    float
        In [-1, 1]; 0 for a scan without contrast.
    """
    square, _ = prepare(pixels, SIDE, crop=False)
    return float((thumbnails @ thumbnail(square).ravel()).max())


def in_distribution(pixels: FloatImage, models_dir: Path) -> bool | None:
    """Whether a scan resembles a training picture; None where nothing is stored to compare with.

    Parameters
    ----------
    pixels : ndarray of float32, shape (H, W), range [0, 1]
    models_dir : Path
    """
    reference = read_reference(models_dir)
    if reference is None:
        return None
    return likeness(pixels, reference.thumbnails) >= reference.facts.threshold


def read_reference(models_dir: Path) -> Reference | None:
    """Read what is stored; None where it is missing, or altered (the log says so)."""
    folder = models_dir / FOLDER
    try:
        changed = [(folder / name).stat().st_mtime_ns for name in (FACTS_NAME, THUMBNAILS_NAME)]
    except OSError:
        return None
    return _read(folder, tuple(changed))


@lru_cache(maxsize=4)
def _read(folder: Path, changed: tuple[int, ...]) -> Reference | None:
    try:
        facts = Facts.model_validate_json((folder / FACTS_NAME).read_bytes())
        file = folder / THUMBNAILS_NAME
        if hashlib.sha256(file.read_bytes()).hexdigest() != facts.thumbnails_sha256:
            raise ValueError(f"{file} is not the file that {FACTS_NAME} was made with")
        with np.load(file) as arrays:
            return Reference(facts, of_pictures(arrays["pictures"]))
    except (OSError, ValueError, ValidationError, KeyError) as error:
        log.error("Foreign scans cannot be told: %s", error)
        return None
