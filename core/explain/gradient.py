"""The plain gradient, and the gradient times the input."""

from __future__ import annotations

import numpy as np

from core.errors import N_
from core.explain.base import Method, Request
from core.explain.network import Network
from core.preprocess import FloatImage


def vanilla(network: Network, x: FloatImage, request: Request) -> FloatImage:
    """Largest absolute value, over the channels, of the score's gradient by each pixel.

    The score is a logit (or a difference of two), as in the paper.

    Parameters
    ----------
    network : Network
    x : ndarray of float32, shape (N, S, S, 3)
    request : Request

    Returns
    -------
    ndarray of float32, shape (N, S, S)

    References
    ----------
    Simonyan et al. 2014, arXiv:1312.6034.
    """
    gradients = network.gradients(x, request.weights, request.progress)
    return np.asarray(np.abs(gradients).max(-1), np.float32)


def times_input(network: Network, x: FloatImage, request: Request) -> FloatImage:
    """Gradient times the pixel's distance from black, summed over the channels.

    The paper multiplies by the input itself, whose zero depends on the scaling; here black
    is zero under every scaling, so that the air around the head can count for nothing.

    Parameters
    ----------
    network : Network
    x : ndarray of float32, shape (N, S, S, 3)
    request : Request

    Returns
    -------
    ndarray of float32, shape (N, S, S)

    References
    ----------
    Shrikumar et al. 2016, arXiv:1605.01713.
    """
    gradients = network.gradients(x, request.weights, request.progress)
    return np.asarray((gradients * (x - network.black)).sum(-1), np.float32)


GRADIENT = Method(
    name="gradient",
    title=N_("Gradient"),
    family="gradient",
    summary=N_("How much a small change of each pixel would change the score, up or down."),
    reference="arXiv:1312.6034",
    cost="fast",
    compute=vanilla,
    needs_gradient=True,
)
GRADIENT_INPUT = Method(
    name="gradient-input",
    title=N_("Gradient × input"),
    family="gradient",
    summary=N_("The gradient times how far the pixel is from black."),
    reference="arXiv:1605.01713",
    cost="fast",
    compute=times_input,
    needs_gradient=True,
    signed=True,
)
