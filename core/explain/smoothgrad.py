"""SmoothGrad and VarGrad: the gradient over noisy copies of the scan."""

from __future__ import annotations

import numpy as np

from core.errors import N_
from core.explain.base import Method, Request, each
from core.explain.network import Network
from core.preprocess import FloatImage

_SAMPLES = 25
_LEVEL = 0.2  # standard deviation of the noise, of the scan's own range of grey


def noisy_copies(network: Network, image: FloatImage, request: Request) -> FloatImage:
    """Copy an image (S, S, 3) n times, with noise on its grey values: (n, S, S, 3).

    One value a pixel, the same in all three channels, so that a noisy copy is a scan like
    any other; tf-keras-vis draws each channel by itself, which makes coloured noise.
    """
    n = request.samples or _SAMPLES
    sigma = _LEVEL * np.ptp(network.grey(image))
    draws = np.random.default_rng(request.seed).standard_normal((n, *image.shape[:2], 1))
    return np.asarray(image + draws * sigma * network.span, np.float32)


def smooth(network: Network, copies: FloatImage, request: Request) -> FloatImage:
    """Average |dS/dx| over noisy copies (n, S, S, 3), then take the largest channel: (S, S).

    As in tf-keras-vis; the paper leaves open whether the absolute value comes before the
    mean or after.

    References
    ----------
    Smilkov et al. 2017, arXiv:1706.03825.
    """
    gradients = network.gradients(copies, request.weights, request.progress)
    return np.asarray(np.abs(gradients).mean(0).max(-1), np.float32)


def variance(network: Network, copies: FloatImage, request: Request) -> FloatImage:
    """Variance of dS/dx over noisy copies (n, S, S, 3), then the largest channel: (S, S).

    References
    ----------
    Adebayo et al. 2018, arXiv:1810.03307.
    """
    gradients = network.gradients(copies, request.weights, request.progress)
    return np.asarray(gradients.var(0).max(-1), np.float32)


def _smooth(network: Network, image: FloatImage, request: Request) -> FloatImage:
    return smooth(network, noisy_copies(network, image, request), request)


def _variance(network: Network, image: FloatImage, request: Request) -> FloatImage:
    return variance(network, noisy_copies(network, image, request), request)


SMOOTH_GRAD = Method(
    name="smoothgrad",
    title="SmoothGrad",
    family="gradient",
    summary=N_("The gradient, averaged over noisy copies of the scan."),
    reference="arXiv:1706.03825",
    cost="slow",
    compute=each(_smooth),
    needs_gradient=True,
)
VAR_GRAD = Method(
    name="vargrad",
    title="VarGrad",
    family="gradient",
    summary=N_("Where the gradient changes the most over noisy copies of the scan."),
    reference="arXiv:1810.03307",
    cost="slow",
    compute=each(_variance),
    needs_gradient=True,
)
