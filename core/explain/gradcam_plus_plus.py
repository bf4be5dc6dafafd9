"""Grad-CAM++: Grad-CAM whose weights count positive gradients only, place by place."""

from __future__ import annotations

import numpy as np

from core.errors import N_
from core.explain.base import Method, Request
from core.explain.network import Network
from core.preprocess import FloatImage


def compute(network: Network, x: FloatImage, request: Request) -> FloatImage:
    """Sum over k of A_k times sum over i, j of alpha_k ReLU(G_k), with G = dS/dA.

    alpha_k = G_k^2 / (2 G_k^2 + G_k^3 sum(A_k)), then scaled to sum to 1 over the places
    of each k, as the authors' code and tf-keras-vis do and the paper does not. The paper's
    factor exp(S) is the same everywhere and is left out: the drawn map does not change, and
    large scores cannot overflow. Behind average pooling and a linear head G is constant at
    the last layer, which makes the map there the same as LayerCAM's.

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
    Chattopadhay et al. 2018, arXiv:1710.11063.
    """
    maps, gradients = network.features(request.layer, x, request.weights, request.progress)
    g = gradients.astype(np.float64)
    denominator = 2 * g**2 + g**3 * maps.sum((1, 2), keepdims=True)
    alphas = np.divide(g**2, denominator, out=np.zeros_like(g), where=denominator != 0)
    total = alphas.sum((1, 2), keepdims=True)
    alphas = np.divide(alphas, total, out=alphas, where=total != 0)
    weights = (alphas * np.maximum(g, 0)).sum((1, 2))
    return np.asarray(np.einsum("nijk,nk->nij", maps, weights.astype(np.float32)), np.float32)


GRAD_CAM_PLUS_PLUS = Method(
    name="gradcam-plus-plus",
    title="Grad-CAM++",
    family="class activation",
    summary=N_("Like Grad-CAM, but only what raises the score counts."),
    reference="arXiv:1710.11063",
    cost="fast",
    compute=compute,
    needs_gradient=True,
    takes_layer=True,
    signed=True,
)
