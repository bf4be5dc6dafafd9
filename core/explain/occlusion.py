"""Occlusion: how much the score falls when a patch of the scan turns black."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.errors import N_
from core.explain.base import Method, Request, each
from core.explain.batches import in_batches
from core.explain.network import Network
from core.preprocess import FloatImage

_PATCH = 1 / 8  # of the input's side; neighbours overlap by half


def corners(size: int, patch: int) -> NDArray[np.intp]:
    """Top left corners (B, 2) of half-overlapping patches that cover a square."""
    edge = np.arange(0, size - patch + 1, max(1, patch // 2))
    if edge[-1] != size - patch:
        edge = np.append(edge, size - patch)
    return np.stack(np.meshgrid(edge, edge, indexing="ij"), -1).reshape(-1, 2)


def _one(network: Network, image: FloatImage, request: Request) -> FloatImage:
    """Mean, over the patches that cover a pixel, of S(scan) - S(scan with the patch black).

    The paper covers with grey and slides pixel by pixel; here the patch is an eighth of
    the side, black as the air around the head, and moves by half of itself. The score is
    a logit, not a probability, which saturates.

    References
    ----------
    Zeiler and Fergus 2014, arXiv:1311.2901.
    """
    size = network.size
    patch = max(1, round(size * _PATCH))
    places = corners(size, patch)
    whole = float(network.logits(image[None])[0] @ request.weights[0])
    total, count = np.zeros((2, size, size), np.float32)

    def run(part: slice) -> None:
        masks = np.ones((len(places[part]), size, size), np.float32)
        for mask, (top, left) in zip(masks, places[part], strict=True):
            mask[top : top + patch, left : left + patch] = 0
        falls = whole - network.masked_logits(image, masks) @ request.weights[0]
        for fall, (top, left) in zip(falls, places[part], strict=True):
            total[top : top + patch, left : left + patch] += fall
            count[top : top + patch, left : left + patch] += 1

    in_batches(len(places), network.batch, run, request.progress)
    return total / count


OCCLUSION = Method(
    name="occlusion",
    title=N_("Occlusion"),
    family="perturbation",
    summary=N_("How much the score falls when that part of the scan is covered."),
    reference="arXiv:1311.2901",
    cost="very slow",
    compute=each(_one),
    signed=True,
)
