"""Scans as other scanners and other software might have given them: still to be let pass."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from core.preprocess import FloatImage
from core.training.gate.textures import clouds


def relative(rng: np.random.Generator, scan: FloatImage) -> FloatImage:
    """Change what a scanner, a reader of files or a person decides: tones, sharpness, frame.

    Parameters
    ----------
    rng : numpy Generator
    scan : ndarray of float32, shape (H, W), range [0, 1]

    Returns
    -------
    ndarray of float32, range [0, 1]
    """
    one = scan[:, ::-1] if rng.random() < 0.5 else scan
    height, width = one.shape
    picture: NDArray[np.floating] = without_skull(rng, one) if rng.random() < 0.2 else one
    turn = cv2.getRotationMatrix2D(
        (width / 2, height / 2), rng.normal(0, 6), rng.uniform(0.85, 1.1)
    )
    turn[:, :2] *= np.exp(rng.normal(0, 0.06, (2, 1)))
    turn[:, 2] += np.array([width, height]) / 2 - turn[:, :2] @ [width / 2, height / 2]
    turn[:, 2] += rng.normal(0, 0.02, 2) * [width, height]
    if rng.random() < 0.7:
        picture = cv2.warpAffine(picture, turn, (width, height))
    if rng.random() < 0.6:
        picture = picture ** np.exp(rng.normal(0, 0.35))
    if rng.random() < 0.3:
        field = cv2.resize(clouds(rng, 32, 2.5), (width, height))
        picture = picture * (1 - rng.uniform(0, 0.5) * field)
    if rng.random() < 0.4:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.6))
    if rng.random() < 0.3:
        picture = picture + rng.normal(0, rng.uniform(0.005, 0.05), picture.shape)
    return np.asarray(np.clip(picture, 0, 1), np.float32)


def without_skull(rng: np.random.Generator, scan: FloatImage) -> FloatImage:
    """Take away what lies near the outline of the head, as tools that keep the brain alone do."""
    top = float(np.quantile(scan, 0.99)) or 1.0
    head = (cv2.GaussianBlur(scan, (0, 0), 2) > 0.12 * top).astype(np.uint8)
    head = cv2.morphologyEx(head, cv2.MORPH_CLOSE, np.ones((31, 31), np.uint8))
    depth = cv2.distanceTransform(cv2.copyMakeBorder(head, 1, 1, 1, 1, 0), cv2.DIST_L2, 5)[
        1:-1, 1:-1
    ]
    inside = depth > rng.uniform(0.12, 0.3) * depth.max()
    return np.asarray(np.clip(scan / top, 0, 1) * inside, np.float32)
