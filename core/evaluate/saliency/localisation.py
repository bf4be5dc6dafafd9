"""Does a map point at the lesion? Scores of heat on a scan against the expert's outline."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.preprocess import FloatImage

Mask = NDArray[np.bool_]

# The paper forgives 15 pixels on photographs of about 500: the same share of the longer side.
TOLERANCE = 0.03


@dataclass(frozen=True)
class Localisation:
    """How well heat and outline agree; all in [0, 1], more is better, 0 for an empty map.

    Attributes
    ----------
    pointing : float
        1 if the hottest pixel is on the lesion (`pointing`).
    energy : float
        Share of the heat that lies on the lesion.
    iou : float
        Overlap of the lesion with as many of the hottest pixels as it has itself.
    """

    pointing: float
    energy: float
    iou: float


def lesion_mask(outline: NDArray[np.float64], shape: tuple[int, int]) -> Mask:
    """Fill an outline on the scan's own pixels.

    Parameters
    ----------
    outline : ndarray of float64, shape (n, 2)
        x, y in 0..1 of the frame, edge to edge.
    shape : tuple of (int, int)
        Height and width of the scan.

    Returns
    -------
    ndarray of bool, shape (H, W)
        Pixels whose centre is inside; of an outline that holds no centre, the pixel under
        its middle.
    """
    from skimage.draw import polygon

    corners = outline[:, ::-1] * shape  # rows, columns, edge to edge
    mask = np.zeros(shape, bool)
    rows, columns = polygon(*(corners - 0.5).T, shape)
    mask[rows, columns] = True
    if not mask.any():
        row, column = np.minimum(corners.mean(axis=0), np.array(shape) - 1).astype(int)
        mask[row, column] = True
    return mask


def pointing(heat: FloatImage, lesion: Mask, tolerance: float = TOLERANCE) -> float:
    """Play the pointing game: say whether the hottest pixel is on the lesion, or close by.

    Parameters
    ----------
    heat : ndarray of float32, shape (H, W), 0 or more
    lesion : ndarray of bool, shape (H, W)
    tolerance : float
        How far beside the lesion still counts, as a share of the longer side: 3 %, or 7
        of 224 pixels, is what the paper's 15 are of its photographs.

    Returns
    -------
    float
        1 or 0; where several pixels are equally hot, the share of them that hits.

    References
    ----------
    Zhang et al. 2016, arXiv:1608.00507.
    """
    if heat.max() <= 0:
        return 0.0
    away = cv2.distanceTransform((~lesion).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    near = away <= tolerance * max(heat.shape)
    return float(near[heat == heat.max()].mean())


def energy(heat: FloatImage, lesion: Mask) -> float:
    """Share of the heat (H, W) on the lesion: the energy-based pointing game.

    The paper sums over the box around an object; here over the lesion itself.

    References
    ----------
    Wang et al. 2020, arXiv:1910.01279.
    """
    total = float(heat.sum(dtype=np.float64))
    return float(heat[lesion].sum(dtype=np.float64)) / total if total > 0 else 0.0


def iou_at_area(heat: FloatImage, lesion: Mask) -> float:
    """Overlap of the lesion with the hottest pixels, as many as the lesion has.

    Intersection over union; pixels without heat are never among the hottest, and of equals
    those in a fixed random order.
    """
    mixed = np.random.default_rng(0).permutation(heat.size)
    hottest = mixed[np.argsort(-heat.ravel()[mixed], kind="stable")][: lesion.sum()]
    top = np.zeros(heat.size, bool)
    top[hottest] = heat.ravel()[hottest] > 0
    both = top & lesion.ravel()
    return float(both.sum() / (top | lesion.ravel()).sum())


def localise(heat: FloatImage, outline: NDArray[np.float64]) -> Localisation:
    """Score heat (H, W) on a scan against the outline (n, 2) of its lesion."""
    lesion = lesion_mask(outline, heat.shape)
    return Localisation(pointing(heat, lesion), energy(heat, lesion), iou_at_area(heat, lesion))
