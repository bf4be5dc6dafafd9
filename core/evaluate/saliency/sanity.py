"""Is a map about the model? What it does when weights, scan, method or model change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.errors import N_
from core.evaluate.saliency.faithfulness import enlarged
from core.explain.network import Network
from core.preprocess import FloatImage

if TYPE_CHECKING:
    import keras

Floats = NDArray[np.float64]

# Stage -> share of the layers with weights that are destroyed, counted from the answer down.
STAGES: dict[str, float] = {"head": 0.0, "half": 0.5, "all": 1.0}
STAGE_TITLES: dict[str, str] = {
    "head": N_("Last layer destroyed"),
    "half": N_("Upper half destroyed"),
    "all": N_("All layers destroyed"),
}
NOISE = 0.02  # standard deviation, of the way from black to white
SHIFT = 2  # pixels of the input, down and to the right


@dataclass(frozen=True)
class Similarity:
    """How alike two maps of one scan are; 1 is the same, NaN where not defined.

    Attributes
    ----------
    spearman : float
        Rank correlation of the values as computed, in [-1, 1].
    ssim : float
        Structural similarity of the heat as drawn, in [-1, 1].
    """

    spearman: float
    ssim: float


def similarity(first: FloatImage, second: FloatImage, size: int) -> Similarity:
    """Compare two maps of one scan.

    Parameters
    ----------
    first, second : ndarray of float32, shape (h, w), each its own
    size : int
        Side of the square that both are drawn on.

    Returns
    -------
    Similarity
        NaN where a map is constant; SSIM also where one has nothing to draw.

    Notes
    -----
    Adebayo et al. compare maps scaled to [0, 1], with and without their sign; here ranks
    keep the sign and the heat is the positive part over the highest value. SSIM is
    scikit-image's, with its 7 x 7 windows.

    References
    ----------
    Adebayo et al. 2018, arXiv:1810.03292. Wang et al. 2004, doi:10.1109/TIP.2003.819861.
    """
    from skimage.metrics import structural_similarity

    pair = np.stack([enlarged(values, size) for values in (first, second)])
    spearman = float(rank_correlations(pair)[0, 1])
    peaks = pair.max((1, 2), keepdims=True)
    if np.isnan(spearman) or (peaks <= 0).any():
        return Similarity(spearman, float("nan"))
    heat = (pair / peaks).clip(0, 1)
    return Similarity(spearman, float(structural_similarity(*heat, data_range=1.0)))


def rank_correlations(maps: FloatImage) -> Floats:
    """Spearman's correlation (M, M) between maps (M, S, S); NaN for a constant one."""
    from scipy.stats import rankdata

    ranks = np.stack([rankdata(values.ravel()) for values in maps])
    ranks -= ranks.mean(axis=1, keepdims=True)
    length = np.sqrt((ranks**2).sum(axis=1))
    length[length == 0] = np.nan
    return np.asarray(ranks @ ranks.T / np.outer(length, length))


def agreement(maps: Sequence[FloatImage], size: int) -> Floats:
    """Rank correlation between maps of one scan: of several methods, or of several models.

    Parameters
    ----------
    maps : sequence of ndarray of float32, shape (h, w), each its own
        Over the same square of the scan. Maps of models that see different parts of it
        must first be drawn on the scan (`core.preprocess.to_source`).
    size : int
        Side of the square that all are drawn on.

    Returns
    -------
    ndarray of float64, shape (M, M)
        Spearman's; NaN in the row of a constant map.
    """
    return rank_correlations(np.stack([enlarged(values, size) for values in maps]))


def cascade(model: keras.Model, seed: int = 0) -> Iterator[tuple[str, keras.Model]]:
    """Destroy a model's knowledge from the answer down, in the stages of `STAGES`.

    Yields
    ------
    stage : str
    model : keras.Model
        A copy of its own; the model passed in is left alone.

    Notes
    -----
    "Cascading randomisation". Adebayo et al. draw weights anew; here, as in Quantus, each
    tensor's values are shuffled, which keeps their scale, so that activations neither
    vanish nor explode and what is lost is what was learnt. Batch statistics count as
    weights. "head" is the last layer alone.

    References
    ----------
    Adebayo et al. 2018, arXiv:1810.03292.
    """
    model = _copied(model)
    layers = [layer for layer in reversed(model.layers) if layer.weights]
    rng = np.random.default_rng(seed)
    done = 0
    for stage, share in STAGES.items():
        upto = max(1, round(share * len(layers)))
        for layer in layers[done:upto]:
            values = layer.get_weights()
            layer.set_weights([rng.permutation(w.ravel()).reshape(w.shape) for w in values])
        done = max(done, upto)
        yield stage, _copied(model)


def noisy(network: Network, x: FloatImage, seed: int = 0) -> FloatImage:
    """Add a little noise to inputs (N, S, S, 3): one value a pixel, the same for each image.

    Its standard deviation is 2 % of the way from black to white; grey values stay in range.
    """
    draws = np.random.default_rng(seed).standard_normal((*x.shape[1:3], 1)) * NOISE
    grey = (x - network.black) / network.span
    return np.asarray(network.black + network.span * (grey + draws).clip(0, 1), np.float32)


def shifted(network: Network, x: FloatImage) -> FloatImage:
    """Move inputs (N, S, S, 3) two pixels down and to the right; what comes in is black."""
    moved = np.broadcast_to(network.black, x.shape).copy()
    moved[:, SHIFT:, SHIFT:] = x[:, :-SHIFT, :-SHIFT]
    return np.asarray(moved, np.float32)


def overlap(before: FloatImage, after: FloatImage, size: int) -> tuple[FloatImage, FloatImage]:
    """Lay the maps of a scan and of the shifted scan on each other.

    Parameters
    ----------
    before, after : ndarray of float32, shape (h, w)
    size : int
        Side S of the input.

    Returns
    -------
    tuple of two ndarrays of float32, shape (S - 2, S - 2)
        The part of the scan that both saw, place for place.
    """
    still, moved = enlarged(before, size), enlarged(after, size)
    return still[:-SHIFT, :-SHIFT], moved[SHIFT:, SHIFT:]


def _copied(model: keras.Model) -> keras.Model:
    import keras

    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return copy
