"""Guided backpropagation, kept because it is well known; it is not to be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.errors import N_
from core.explain.base import Method, Request
from core.explain.network import Network
from core.preprocess import FloatImage

if TYPE_CHECKING:
    pass


def _compute(network: Network, x: FloatImage, request: Request) -> FloatImage:
    """Largest absolute value, over the channels, of the guided gradient by each pixel.

    References
    ----------
    Springenberg et al. 2015, arXiv:1412.6806. The warning: Adebayo et al. 2018,
    arXiv:1810.03292.
    """
    gradients = network.guided_gradients(x, request.weights, request.progress)
    return np.asarray(np.abs(gradients).max(-1), np.float32)


GUIDED_BACKPROP = Method(
    name="guided-backprop",
    title=N_("Guided backpropagation"),
    family="gradient",
    summary=N_(
        "Sharp and popular, but it fails the field's sanity check: much the same map comes "
        "from random weights."
    ),
    reference="arXiv:1412.6806",
    cost="fast",
    compute=_compute,
    needs_gradient=True,
)
