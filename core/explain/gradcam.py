"""Grad-CAM of any class, from the forward pass alone where the head allows it."""

from __future__ import annotations

import numpy as np

from core.errors import N_
from core.explain.base import Method, Request
from core.explain.drawing import draw
from core.explain.network import Network
from core.inference import Prediction
from core.labels import class_index
from core.preprocess import FloatImage


def grad_cam(prediction: Prediction, target: str, longest: int | None = None) -> FloatImage:
    """Grad-CAM of one class, drawn on the scan, from what a prediction already holds.

    Grad-CAM = ReLU(sum over k of a_k A_k), where a_k is the mean gradient of the class's
    logit over the feature map A_k. Behind global average pooling and a linear head a_k is
    the constant w_k / (h w), so no gradient is computed: see `core.engine`. Unlike the
    paper's figures, the map is scaled to its own maximum, not stretched from its minimum.

    Parameters
    ----------
    prediction : Prediction
    target : str
        A class name, predicted or not.
    longest : int, optional
        As `core.explain.drawing.draw`.

    Returns
    -------
    ndarray of float32, shape of the scan, range [0, 1]
        All zero where nothing speaks for `target`, or every place alike.

    Raises
    ------
    ValueError
        If `target` is not a class.

    References
    ----------
    Selvaraju et al. 2017, arXiv:1610.02391.
    """
    cells = prediction.class_maps[..., class_index(target)]
    return draw(cells, prediction.geometry, longest)[0]


def compute(network: Network, x: FloatImage, request: Request) -> FloatImage:
    """Grad-CAM at any layer: sum over k of (mean over i, j of dS/dA_k) A_k.

    The rectification is left to the drawing, so that negative cells, which speak against
    the score, are still there to be seen.

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
    Selvaraju et al. 2017, arXiv:1610.02391.
    """
    maps, gradients = network.features(request.layer, x, request.weights, request.progress)
    return np.asarray(np.einsum("nijk,nk->nij", maps, gradients.mean((1, 2))), np.float32)


GRAD_CAM = Method(
    name="gradcam",
    title="Grad-CAM",
    family="class activation",
    summary=N_("Where the last feature maps add to the class's score."),
    reference="arXiv:1610.02391",
    cost="instant",
    compute=compute,
    needs_gradient=True,
    takes_layer=True,
    signed=True,
)
