"""Eigen-CAM: the strongest pattern of the feature maps, whatever the class."""

from __future__ import annotations

import numpy as np

from core.errors import N_
from core.explain.base import Method, Request, each
from core.explain.network import Network
from core.preprocess import FloatImage


def principal(maps: FloatImage) -> FloatImage:
    """First principal component (h, w) of feature maps (h, w, K).

    With the maps as a matrix A (h w, K) = U S V^T, the component is A v_1 = s_1 u_1. It is
    found from the small A A^T. A singular vector has no sign; it is turned so that the
    component's sum is not negative, which the paper leaves open.
    """
    h, w, k = maps.shape
    a = maps.reshape(h * w, k).astype(np.float64)
    values, vectors = np.linalg.eigh(a @ a.T if h * w <= k else a.T @ a)
    first = vectors[:, -1] * np.sqrt(max(values[-1], 0)) if h * w <= k else a @ vectors[:, -1]
    turned = -first if first.sum() < 0 else first
    return np.asarray(turned.reshape(h, w), np.float32)


def _one(network: Network, x: FloatImage, request: Request) -> FloatImage:
    maps, _ = network.features(request.layer, x[None], request.weights, request.progress)
    return principal(maps[0])


EIGEN_CAM = Method(
    name="eigencam",
    title="Eigen-CAM",
    family="class activation",
    summary=N_("The strongest pattern in the last feature maps; the same for every class."),
    reference="arXiv:2008.00299",
    cost="instant",
    compute=each(_one),
    class_dependent=False,
    takes_layer=True,
    signed=True,
)
