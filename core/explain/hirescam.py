"""HiResCAM: the gradient times the feature map, cell by cell."""

from __future__ import annotations

import numpy as np

from core.errors import N_
from core.explain.base import Method, Request
from core.explain.network import Network
from core.preprocess import FloatImage


def compute(network: Network, x: FloatImage, request: Request) -> FloatImage:
    """Sum over k of dS/dA_k times A_k, without averaging the gradient.

    The map marks only cells that the score was computed from. At the layer before global
    average pooling and a linear head it equals Grad-CAM; at earlier layers it does not.
    As with Grad-CAM here, rectification is left to the drawing.

    Parameters
    ----------
    network : Network
    x : ndarray of float32, shape (N, S, S, 3)
    request : Request

    Returns
    -------
    ndarray of float32, shape (N, h, w)

    References
    ----------
    Draelos and Carin 2020, arXiv:2011.08891.
    """
    maps, gradients = network.features(request.layer, x, request.weights, request.progress)
    return np.asarray(np.einsum("nijk,nijk->nij", maps, gradients), np.float32)


HIRES_CAM = Method(
    name="hirescam",
    title="HiResCAM",
    family="class activation",
    summary=N_("Only cells that the score was computed from; at the last layer, Grad-CAM."),
    reference="arXiv:2011.08891",
    cost="fast",
    compute=compute,
    needs_gradient=True,
    takes_layer=True,
    signed=True,
)
