"""Does a map say how much parts of a scan count? MuFidelity, with the same parts for all maps.

The score that is followed is the logit of the explained class, which does not saturate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.evaluate.saliency.faithfulness import enlarged
from core.explain.integrated_gradients import black
from core.explain.network import Network
from core.preprocess import FloatImage

SUBSETS = 64
_CELLS = 8  # a side of the grid
_HIDDEN = 0.2  # share of its cells that a subset holds


@dataclass(frozen=True)
class Subsets:
    """What the score loses when random parts of a scan turn black: the same for every map.

    Attributes
    ----------
    hidden : ndarray of bool, shape (B, 8, 8)
        Cells of each subset.
    falls : ndarray of float64, shape (B,)
        Logit of the explained class on the scan, less that without the subset.
    """

    hidden: NDArray[np.bool_]
    falls: NDArray[np.float64]


def subsets(
    network: Network, image: FloatImage, target: int, count: int = SUBSETS, seed: int = 0
) -> Subsets:
    """Hide random fifths of a scan and ask what the score loses.

    Parameters
    ----------
    network : Network
    image : ndarray of float32, shape (S, S, 3)
    target : int
    count, seed : int
        How many subsets, and which.

    Returns
    -------
    Subsets
        Of 8 x 8 cells, 13 (a fifth) turn black in each.
    """
    rng = np.random.default_rng(seed)
    hidden = np.zeros((count, _CELLS, _CELLS), bool)
    for one in hidden:
        one.flat[rng.choice(one.size, round(_HIDDEN * one.size), replace=False)] = True
    cell = _cell_of(network.size)
    covered = hidden[:, cell[:, None], cell][..., None]
    copies = np.where(covered, black(network, image), image).astype(np.float32)
    logits = network.logits(np.concatenate([image[None], copies]))[:, target]
    return Subsets(hidden, logits[0] - logits[1:].astype(np.float64))


def mu_fidelity(values: FloatImage, asked: Subsets, size: int) -> float:
    """Rank correlation of what a map attributes to subsets and what the score loses there.

    Parameters
    ----------
    values : ndarray of float32, shape (h, w)
        The map as computed.
    asked : Subsets
    size : int
        Side of the network's input.

    Returns
    -------
    float
        Spearman's, in [-1, 1]: more is better. NaN if either side is constant.

    Notes
    -----
    The paper takes Pearson's correlation and subsets of features; here, as in Xplique,
    Spearman's, and cells of a grid, since single pixels change nothing that a network sees.

    References
    ----------
    Bhatt et al. 2020, arXiv:2005.00631.
    """
    from scipy.stats import rankdata

    cell = _cell_of(size)
    index = (cell[:, None] * _CELLS + cell).ravel()
    marked = np.bincount(index, enlarged(values, size).ravel().astype(np.float64), _CELLS**2)
    sums = asked.hidden.reshape(len(asked.hidden), -1) @ marked
    if np.ptp(sums) <= 1e-9 * np.abs(sums).max() or np.ptp(asked.falls) == 0:
        return float("nan")
    return float(np.corrcoef(rankdata(sums), rankdata(asked.falls))[0, 1])


def _cell_of(size: int) -> NDArray[np.intp]:
    """Cell of the grid, along one side, that each pixel lies in."""
    return np.arange(size) * _CELLS // size
