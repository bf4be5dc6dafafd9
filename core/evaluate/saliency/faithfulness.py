"""Does the answer depend on what a map marks? Curves and scores of one map of one scan.

All of it asks the network itself about altered copies of the scan, in one batch through
its one compiled forward pass. The score that is followed is the softmax probability, at
temperature 1, of the explained class. MuFidelity is in `core.evaluate.saliency.mu_fidelity`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from core.explain.integrated_gradients import black, blurred
from core.explain.network import Network
from core.inference import softmax
from core.preprocess import FloatImage

Floats = NDArray[np.float64]

STEPS = 10


@dataclass(frozen=True)
class Curves:
    """How the probability moves as a scan is taken away, or brought in, by a map.

    Attributes
    ----------
    shares : ndarray of float64, shape (K + 1,)
        Share of the pixels that were changed, most marked first: 0, 1/K, ..., 1.
    deletion : ndarray of float64, shape (K + 1,)
        Probability as marked pixels turn black. A faithful map makes it fall early.
    insertion : ndarray of float64, shape (K + 1,)
        Probability as marked pixels come into a blurred scan. It should rise early.
    """

    shares: Floats
    deletion: Floats
    insertion: Floats

    @cached_property
    def deletion_auc(self) -> float:
        """Area under the deletion curve by the trapezoidal rule, in [0, 1]: less is better."""
        return float(np.trapezoid(self.deletion, self.shares))

    @cached_property
    def insertion_auc(self) -> float:
        """Area under the insertion curve by the trapezoidal rule, in [0, 1]: more is better."""
        return float(np.trapezoid(self.insertion, self.shares))


def enlarged(values: FloatImage, size: int) -> FloatImage:
    """Draw a map (h, w) on the input square (size, size) by bilinear interpolation."""
    return np.asarray(cv2.resize(values, (size, size), interpolation=cv2.INTER_LINEAR))


def ranking(values: FloatImage) -> NDArray[np.intp]:
    """Flat positions of a map (S, S), highest value first; of equals in a fixed random order.

    In reading order a map of two values would be deleted from its upper left corner on.
    """
    mixed = np.random.default_rng(0).permutation(values.size)
    return np.asarray(mixed[np.argsort(-values.ravel()[mixed], kind="stable")])


def stages(image: FloatImage, start: FloatImage, order: NDArray[np.intp], steps: int) -> FloatImage:
    """Replace `start` by `image` in steps, pixels in the given order.

    Parameters
    ----------
    image, start : ndarray of float32, shape (S, S, 3)
    order : ndarray of int, shape (S * S,)
    steps : int
        K. After k steps round(k / K * S * S) pixels are of `image`.

    Returns
    -------
    ndarray of float32, shape (K + 1, S, S, 3)
        From `start` to `image`, both included.
    """
    place = np.empty(order.size, np.intp)
    place[order] = np.arange(order.size)
    counts = np.rint(np.linspace(0, order.size, steps + 1)).astype(np.intp)
    shown = place.reshape(image.shape[:2]) < counts[:, None, None]
    return np.where(shown[..., None], image, start).astype(np.float32)


def probability(network: Network, x: FloatImage, target: int) -> Floats:
    """Softmax probability (N,) of one class for inputs (N, S, S, 3), at temperature 1."""
    return softmax(network.logits(x))[:, target].astype(np.float64)


def curves(
    network: Network, image: FloatImage, values: FloatImage, target: int, steps: int = STEPS
) -> Curves:
    """Delete and insert the pixels of a scan in the order of a map.

    Parameters
    ----------
    network : Network
    image : ndarray of float32, shape (S, S, 3)
        Scaled for the network.
    values : ndarray of float32, shape (h, w)
        The map as computed: pixels that speak against the class come last.
    target : int
        Index of the explained class.
    steps : int
        K. The paper changes 224 pixels at a time; here a K-th of them all.

    Returns
    -------
    Curves

    Notes
    -----
    As in the paper, deletion goes to a constant and insertion starts from a blur. The
    constant here is black, the air around the head; the blur's standard deviation is a
    sixteenth of the side, as in `core.explain.integrated_gradients`, where the paper's
    (5 of 224 pixels) would leave a tumour in plain view.

    References
    ----------
    Petsiuk et al. 2018, arXiv:1806.07421.
    """
    order = ranking(enlarged(values, network.size))
    deleted = stages(black(network, image), image, order, steps)
    inserted = stages(image, blurred(network, image), order, steps)
    scores = probability(network, np.concatenate([deleted, inserted]), target)
    shares = np.linspace(0.0, 1.0, steps + 1)
    return Curves(shares, scores[: steps + 1], scores[steps + 1 :])


def through_map(network: Network, image: FloatImage, values: FloatImage) -> FloatImage:
    """Show a scan (S, S, 3) only where its map (h, w) is warm: black + heat (scan - black).

    Heat is the positive part of the map over its highest value, as it is drawn.
    """
    heat = enlarged(values, network.size).clip(0, None)
    heat = heat / (heat.max() or 1)
    ground = black(network, image)
    return np.asarray(ground + heat[..., None] * (image - ground), np.float32)


def drop_and_increase(whole: float, through: float) -> tuple[float, float]:
    """Average drop and increase in confidence, for one scan.

    Parameters
    ----------
    whole, through : float
        Probability of the explained class on the scan, and on the scan seen through the
        map (`through_map`).

    Returns
    -------
    drop : float
        max(0, whole - through) / whole, in [0, 1]: less is better.
    increase : float
        1 if the probability is higher through the map, else 0: more is better.

    Notes
    -----
    The paper gives both in percent.

    References
    ----------
    Chattopadhay et al. 2018, arXiv:1710.11063.
    """
    return max(0.0, whole - through) / whole, float(through > whole)
