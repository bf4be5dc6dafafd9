"""How far one map of one scan can be trusted: its faithfulness and, where known, its aim."""

from __future__ import annotations

from dataclasses import dataclass

from core.evaluate.saliency.faithfulness import (
    Curves,
    curves,
    drop_and_increase,
    probability,
    through_map,
)
from core.evaluate.saliency.mu_fidelity import Subsets, mu_fidelity
from core.explain.network import Network
from core.preprocess import FloatImage


@dataclass(frozen=True)
class Faithfulness:
    """Whether the answer depends on what a map marks.

    Attributes
    ----------
    curves : Curves
        Deletion and insertion.
    average_drop, increase : float
        See `core.evaluate.saliency.faithfulness.drop_and_increase`.
    mu_fidelity : float
        NaN where not defined; see `core.evaluate.saliency.mu_fidelity`.
    """

    curves: Curves
    average_drop: float
    increase: float
    mu_fidelity: float


def judge(
    network: Network, image: FloatImage, values: FloatImage, target: int, asked: Subsets
) -> Faithfulness:
    """Measure how faithful one map is.

    Parameters
    ----------
    network : Network
    image : ndarray of float32, shape (S, S, 3)
        Scaled for the network.
    values : ndarray of float32, shape (h, w)
        The map as computed.
    target : int
        Index of the explained class.
    asked : Subsets
        Of the same scan and class: the same for all maps of them.
    """
    found = curves(network, image, values, target)
    through = probability(network, through_map(network, image, values)[None], target)
    drop, increase = drop_and_increase(float(found.deletion[0]), float(through[0]))
    return Faithfulness(found, drop, increase, mu_fidelity(values, asked, network.size))
