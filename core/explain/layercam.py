"""LayerCAM: positive gradients weigh each cell of each feature map by itself."""

from __future__ import annotations

import numpy as np

from core.errors import N_
from core.explain.base import Method, Request
from core.explain.network import Network
from core.preprocess import FloatImage


def compute(network: Network, x: FloatImage, request: Request) -> FloatImage:
    """Sum over k of ReLU(dS/dA_k) A_k, cell by cell.

    Made for early layers, whose finer cells it keeps apart. The paper's fusion of several
    layers (with tanh scaling of the early ones) is not done: one layer, one map.

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
    Jiang et al. 2021, doi:10.1109/TIP.2021.3089943.
    """
    maps, gradients = network.features(request.layer, x, request.weights, request.progress)
    return np.asarray(np.einsum("nijk,nijk->nij", maps, np.maximum(gradients, 0)), np.float32)


LAYER_CAM = Method(
    name="layercam",
    title="LayerCAM",
    family="class activation",
    summary=N_("Cell by cell, what raises the score; finer at earlier layers."),
    reference="doi:10.1109/TIP.2021.3089943",
    cost="fast",
    compute=compute,
    needs_gradient=True,
    takes_layer=True,
    signed=True,
)
