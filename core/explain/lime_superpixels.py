"""LIME: a linear model of the score over regions of the scan."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.errors import N_
from core.explain.base import Method, Request, each
from core.explain.batches import in_batches
from core.explain.network import Network
from core.preprocess import FloatImage

_SAMPLES = 300
_REGIONS = 50
_KERNEL_WIDTH = 0.25


def regions(grey: FloatImage) -> NDArray[np.intp]:
    """Cut a picture (S, S) into about fifty regions (S, S) of like grey, numbered from 0.

    SLIC by scikit-image (Achanta et al. 2012, doi:10.1109/TPAMI.2012.120).
    """
    from skimage.segmentation import slic

    cut = slic(grey, n_segments=_REGIONS, compactness=0.1, start_label=0, channel_axis=None)
    return np.asarray(cut, np.intp)


def fit(shown: NDArray[np.float32], scores: FloatImage) -> NDArray[np.float64]:
    """Weight (R,) of each region in a linear model of the score.

    Ridge regression (alpha 1) in which samples count for exp(-d^2 / w^2) ^ 1/2, with d the
    cosine distance to the whole scan and w = 0.25: the authors' library to the last digit.

    Parameters
    ----------
    shown : ndarray, shape (n, R), values 0 and 1
        Which regions were shown.
    scores : ndarray, shape (n,)
    """
    from sklearn.linear_model import Ridge

    distance = 1 - np.sqrt(shown.mean(1, dtype=np.float64))  # from the row of ones
    kernel = np.exp(-((distance / _KERNEL_WIDTH) ** 2) / 2)
    return np.asarray(Ridge(alpha=1).fit(shown, scores, sample_weight=kernel).coef_)


def _one(network: Network, image: FloatImage, request: Request) -> FloatImage:
    """Draw regions at random, shown or black, and fit the score; see `fit`.

    Hidden regions turn black; the paper fills them with grey. The score is a logit, not a
    probability. All regions stay in the model: choosing a few is for lists, not for maps.

    References
    ----------
    Ribeiro et al. 2016, arXiv:1602.04938.
    """
    segments = regions(network.grey(image))
    shape = request.samples or _SAMPLES, int(segments.max()) + 1
    shown = np.random.default_rng(request.seed).integers(0, 2, shape).astype(np.float32)
    shown[0] = 1

    def run(part: slice) -> FloatImage:
        masks = shown[part][:, segments]
        return np.asarray(network.masked_logits(image, masks) @ request.weights[0], np.float32)

    scores = in_batches(len(shown), network.batch, run, request.progress)
    return np.asarray(fit(shown, np.concatenate(scores))[segments], np.float32)


LIME = Method(
    name="lime",
    title="LIME",
    family="perturbation",
    summary=N_("How much each region adds to the score in a simple model of the network."),
    reference="arXiv:1602.04938",
    cost="very slow",
    compute=each(_one),
    signed=True,
)
