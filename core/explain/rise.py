"""RISE: which parts are in view when the score is high, over random masks."""

from __future__ import annotations

import cv2
import numpy as np

from core.errors import N_
from core.explain.base import Method, Request, each
from core.explain.batches import in_batches
from core.explain.network import Network
from core.preprocess import FloatImage

_MASKS = 1000
_CELLS = 8
_SHOWN = 0.5  # probability that a cell is shown


def mask(size: int, seed: int, i: int) -> FloatImage:
    """Draw the i-th mask (size, size) of a seed, in [0, 1].

    An 8 x 8 grid of shown and hidden cells, enlarged with soft edges to one cell more than
    the square, and cut out at a random place. Each mask has its own random stream, so it
    does not matter how they are batched.
    """
    draw = np.random.default_rng((seed, i))
    grid = (draw.random((_CELLS + 1, _CELLS + 1)) < _SHOWN).astype(np.float32)
    cell = -(-size // _CELLS)
    top, left = draw.integers(0, cell, 2)
    large = cv2.resize(grid, ((_CELLS + 1) * cell,) * 2, interpolation=cv2.INTER_LINEAR)
    return np.asarray(large[top : top + size, left : left + size], np.float32)


def _one(network: Network, image: FloatImage, request: Request) -> FloatImage:
    """Mean over masks of (S_i - mean S) M_i, over the probability that a cell is shown.

    The paper's map is the mean of S_i M_i over that probability, the expected score when
    the pixel is shown. Taking the mean score away makes zero mean "no matter", and takes
    out the haze that the masks' own uneven coverage would leave. The score is a logit, not
    a probability; 1000 masks instead of 4000 to 8000.

    References
    ----------
    Petsiuk et al. 2018, arXiv:1806.07421.
    """
    n = request.samples or _MASKS
    size = network.size
    weighted, shown = np.zeros((2, size, size), np.float64)

    def run(part: slice) -> FloatImage:
        masks = np.stack([mask(size, request.seed, i) for i in range(n)[part]])
        scores = np.asarray(network.masked_logits(image, masks) @ request.weights[0])
        weighted[:] += np.tensordot(scores, masks, 1)
        shown[:] += masks.sum(0)
        return scores

    scores = np.concatenate(in_batches(n, network.batch, run, request.progress))
    return np.asarray((weighted - scores.mean() * shown) / (n * _SHOWN), np.float32)


RISE = Method(
    name="rise",
    title="RISE",
    family="perturbation",
    summary=N_("How much higher the score is when that place is in view, over random masks."),
    reference="arXiv:1806.07421",
    cost="very slow",
    compute=each(_one),
    signed=True,
)
