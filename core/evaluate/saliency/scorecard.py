"""How far one map of one scan can be trusted: its faithfulness and, where known, its aim."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.evaluate.saliency.faithfulness import (
    Curves,
    curves,
    drop_and_increase,
    probability,
    through_map,
)
from core.evaluate.saliency.localisation import Localisation, localise
from core.evaluate.saliency.mu_fidelity import Subsets, mu_fidelity, subsets
from core.explain.explainer import Explainer, SaliencyMap
from core.explain.network import Network
from core.imaging import MRIImage
from core.labels import class_index
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


@dataclass(frozen=True)
class Scorecard:
    """What is shown with a map; `localisation` is None where no outline is known."""

    faithfulness: Faithfulness
    localisation: Localisation | None


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


def score(
    explainer: Explainer,
    image: MRIImage,
    shown: SaliencyMap,
    outline: NDArray[np.float64] | None = None,
) -> Scorecard:
    """Measure one map of a scan: 88 forward passes.

    Parameters
    ----------
    explainer : Explainer
    image : MRIImage
    shown : SaliencyMap
        What `Explainer.explain` gave for it.
    outline : ndarray of float64, shape (n, 2), optional
        The expert's outline: x, y in 0..1 of the frame.
    """
    x, _ = explainer.classifier.prepare(image.pixels)
    target = class_index(shown.target)
    asked = subsets(explainer.network, x[0], target)
    faithful = judge(explainer.network, x[0], shown.values, target, asked)
    return Scorecard(faithful, None if outline is None else localise(shown.heat, outline))
