"""XGrad-CAM: Grad-CAM whose averages follow where each feature map is active."""

from __future__ import annotations

import numpy as np

from core.errors import N_
from core.explain.base import Method, Request
from core.explain.network import Network
from core.preprocess import FloatImage


def compute(network: Network, x: FloatImage, request: Request) -> FloatImage:
    """Sum over k of a_k A_k, where a_k = sum over i, j of (A_k / sum(A_k)) dS/dA_k.

    The weights come from two axioms, sensitivity and conservation. A map that sums to zero
    has no such average and gets weight 0. Where the gradient is constant (the layer before
    global average pooling and a linear head) this is Grad-CAM up to a factor.

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
    Fu et al. 2020, arXiv:2008.02312.
    """
    maps, gradients = network.features(request.layer, x, request.weights, request.progress)
    totals = maps.sum((1, 2))
    weights = np.divide(
        (maps * gradients).sum((1, 2)), totals, out=np.zeros_like(totals), where=totals != 0
    )
    return np.asarray(np.einsum("nijk,nk->nij", maps, weights), np.float32)


XGRAD_CAM = Method(
    name="xgradcam",
    title="XGrad-CAM",
    family="class activation",
    summary=N_("Grad-CAM averaged where a feature map is active; at the last layer, Grad-CAM."),
    reference="arXiv:2008.02312",
    cost="fast",
    compute=compute,
    needs_gradient=True,
    takes_layer=True,
    signed=True,
)
