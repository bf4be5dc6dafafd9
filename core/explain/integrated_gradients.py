"""Integrated gradients from a black scan, and from a blurred one."""

from __future__ import annotations

import cv2
import numpy as np

from core.errors import N_
from core.explain.base import Method, Request, each
from core.explain.network import Network
from core.preprocess import FloatImage

_STEPS = 32
_BLUR = 1 / 16  # standard deviation of the blur, of the input's side


def black(network: Network, image: FloatImage) -> FloatImage:
    """Give a black scan (S, S, 3): everything that is there counts."""
    return np.broadcast_to(network.black, image.shape)


def blurred(network: Network, image: FloatImage) -> FloatImage:
    """Blur the scan, (S, S, 3): its details count, its overall light does not."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), image.shape[0] * _BLUR), np.float32)


def integrate(
    network: Network, image: FloatImage, baseline: FloatImage, request: Request
) -> FloatImage:
    """Gradients along the straight line from a baseline, times the way from there.

    (x - b) times the integral over t in [0, 1] of dS/dx at b + t (x - b), summed over the
    channels. The values sum to S(x) - S(b) as far as the midpoint rule, used here with 32
    steps where the paper has right ends and 20 to 300, meets the integral.

    Parameters
    ----------
    network : Network
    image, baseline : ndarray of float32, shape (S, S, 3)
    request : Request
        With one row of weights.

    Returns
    -------
    ndarray of float32, shape (S, S)

    References
    ----------
    Sundararajan et al. 2017, arXiv:1703.01365.
    """
    steps = request.samples or _STEPS
    t = ((np.arange(steps, dtype=np.float32) + 0.5) / steps)[:, None, None, None]
    way = image - baseline
    gradients = network.gradients(baseline + t * way, request.weights, request.progress)
    return np.asarray((gradients.mean(0) * way).sum(-1), np.float32)


def _from_black(network: Network, image: FloatImage, request: Request) -> FloatImage:
    return integrate(network, image, black(network, image), request)


def _from_blurred(network: Network, image: FloatImage, request: Request) -> FloatImage:
    return integrate(network, image, blurred(network, image), request)


INTEGRATED_GRADIENTS = Method(
    name="integrated-gradients",
    title=N_("Integrated gradients"),
    family="gradient",
    summary=N_("What each pixel adds to the score on the way from a black scan to this one."),
    reference="arXiv:1703.01365",
    cost="slow",
    compute=each(_from_black),
    needs_gradient=True,
    signed=True,
)
INTEGRATED_GRADIENTS_BLUR = Method(
    name="integrated-gradients-blur",
    title=N_("Integrated gradients, blurred start"),
    family="gradient",
    summary=N_("What each detail adds to the score on the way from a blurred scan to this one."),
    reference="doi:10.23915/distill.00022",
    cost="slow",
    compute=each(_from_blurred),
    needs_gradient=True,
    signed=True,
)
