"""Score-CAM and its faster form: feature maps weighed by what they show the network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.errors import N_
from core.explain.base import Method, Request, each
from core.explain.batches import in_batches
from core.explain.network import Network
from core.inference import softmax
from core.preprocess import FloatImage

_FEW = 10  # channels of Faster Score-CAM, as its author has it


def channels(maps: FloatImage, few: int | None) -> NDArray[np.intp]:
    """Which feature maps (h, w, K) to try: those that vary, at most `few`, most varied first.

    A constant map shows no place more than another; on a ReLU layer it is a dead channel,
    all zero, and leaving it out changes nothing.
    """
    spread = maps.std((0, 1))
    order = np.argsort(-spread, kind="stable")
    return np.asarray(order[spread[order] > 0][:few], np.intp)


def shares(network: Network, image: FloatImage, masks: FloatImage, request: Request) -> FloatImage:
    """Score of each masked copy (B,): the weighted probabilities of the classes."""

    def run(part: slice) -> FloatImage:
        answers = softmax(network.masked_logits(image, masks[part]))
        return np.asarray(answers @ request.weights[0], np.float32)

    return np.concatenate(in_batches(len(masks), network.batch, run, request.progress))


def _score_cam(
    network: Network, image: FloatImage, request: Request, few: int | None
) -> FloatImage:
    """Sum over k of p_k A_k, where p_k is the class's probability with the scan seen through A_k.

    A_k is scaled to [0, 1] and drawn on the input as a mask. Unlike the paper and like
    tf-keras-vis, p_k is not compared with a black scan's and not passed through a softmax
    over k. Unlike tf-keras-vis, what is masked turns black, not the scaled input's zero;
    maps are scaled before they are enlarged, between cell centres; channels that are the
    same everywhere are left out.
    "Rather than" is the difference of the two probabilities.

    References
    ----------
    Wang et al. 2020, arXiv:1910.01279.
    """
    maps = network.features(request.layer, image[None], request.weights)[0][0]
    used = channels(maps, few)
    if not len(used):
        return np.zeros(maps.shape[:2], np.float32)
    maps = maps[..., used]
    low, high = maps.min((0, 1)), maps.max((0, 1))
    masks = np.ascontiguousarray(((maps - low) / (high - low)).transpose(2, 0, 1))
    return np.asarray(maps @ shares(network, image, masks, request), np.float32)


def _full(network: Network, image: FloatImage, request: Request) -> FloatImage:
    return _score_cam(network, image, request, request.samples)


def _faster(network: Network, image: FloatImage, request: Request) -> FloatImage:
    return _score_cam(network, image, request, request.samples or _FEW)


SCORE_CAM = Method(
    name="scorecam",
    title="Score-CAM",
    family="class activation",
    summary=N_("Feature maps weighed by how probable the class is when only they are shown."),
    reference="arXiv:1910.01279",
    cost="very slow",
    compute=each(_full),
    takes_layer=True,
    signed=True,
)
FASTER_SCORE_CAM = Method(
    name="faster-scorecam",
    title="Faster Score-CAM",
    family="class activation",
    summary=N_("Score-CAM from the few feature maps that vary the most."),
    reference="https://github.com/tabayashi0117/Score-CAM",
    cost="slow",
    compute=each(_faster),
    takes_layer=True,
    signed=True,
)
