"""A second opinion on a map: the same question asked of tf-keras-vis, an independent library.

Our methods are our own code. Where tf-keras-vis has the method too, its map of the same
network, layer and class says whether the code is right: the two should rank the places of a
scan alike. What differs by design is said in `DIFFERENCES`. It is slow (it rebuilds the
model at each call and runs without compilation) and is therefore asked for, never shown by
itself.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from importlib.metadata import version

import numpy as np

from core.errors import N_, ExplainError
from core.explain.drawing import draw
from core.explain.explainer import Explainer, SaliencyMap, saliency
from core.explain.methods import METHODS
from core.explain.network import Network
from core.explain.progress import Progress, ignore
from core.explain.second_opinion_calls import CALLS, SAMPLES, Counted
from core.imaging import MRIImage
from core.labels import class_index
from core.preprocess import FloatImage

SAME = N_("Both compute the same formula; what remains is rounding.")
DIFFERENCES: dict[str, str] = {  # method -> what differs by design; these methods it has
    "gradcam": SAME,
    "gradcam-plus-plus": N_(
        "Both compute the same formula; tf-keras-vis multiplies by the exponential of the score, "
        "which is the same everywhere and moves no rank."
    ),
    "layercam": SAME,
    "scorecam": N_(
        "tf-keras-vis hides with grey, the zero of the scaled input, and lays the mask's corner "
        "cells on the scan's corners; here what is hidden turns black and a cell lies where the "
        "network's does."
    ),
    "gradient": SAME,
    "smoothgrad": N_(
        "Both average over noisy copies, each over its own draw; the noise of tf-keras-vis is "
        "coloured, ours is grey, as scans are."
    ),
}

_DRAWING = threading.Lock()  # tf-keras-vis draws from NumPy's global generator


@dataclass(frozen=True)
class Opinion:
    """What an independent library draws for the same question.

    Attributes
    ----------
    heat, ours : ndarray of float32, shape of the scan, range [0, 1]
        Its map and our own, drawn alike.
    spearman : float
        Rank correlation of both over the places of the map; NaN where one is constant.
    method : str
    samples : int or None
        Of both maps, where the method takes some: feature maps or noisy copies.
    seconds : float
        That its map took.
    library : str
        Name and version.
    """

    heat: FloatImage = field(repr=False)
    ours: FloatImage = field(repr=False)
    spearman: float
    method: str
    samples: int | None
    seconds: float
    library: str


def library() -> str:
    """Name the library and its version."""
    return f"tf-keras-vis {version('tf-keras-vis')}"


def ask(
    explainer: Explainer, image: MRIImage, drawn: SaliencyMap, progress: Progress = ignore
) -> Opinion:
    """Ask tf-keras-vis what it draws where we drew a map.

    Parameters
    ----------
    explainer : Explainer
        Of the network that `drawn` explains.
    image : MRIImage
    drawn : SaliencyMap
        Of one class, by a method of `DIFFERENCES`.
    progress : callable
        Told ``(done, total)``; may raise `Cancelled`.

    Raises
    ------
    ExplainError
        If tf-keras-vis has no such method, or the map compares two classes.
    """
    if drawn.versus is not None:
        raise ExplainError("tf-keras-vis explains one class, not one rather than another.")
    network = explainer.network
    x, geometry = explainer.classifier.prepare(image.pixels)
    target, layer = class_index(drawn.target), drawn.layer
    theirs, ours, seconds = both(network, x, drawn.method, target, layer, progress=progress)
    return Opinion(
        heat=draw(theirs, geometry)[0],
        ours=draw(ours, geometry)[0],
        spearman=agreement(ours, theirs),
        method=drawn.method,
        samples=SAMPLES.get(drawn.method),
        seconds=seconds,
        library=library(),
    )


def both(
    network: Network,
    x: FloatImage,
    method: str,
    target: int,
    layer: str | None = None,
    *,
    seed: int = 0,
    progress: Progress = ignore,
) -> tuple[FloatImage, FloatImage, float]:
    """Draw one map twice, as alike as the two codes allow.

    Parameters
    ----------
    network : Network
    x : ndarray of float32, shape (1, S, S, 3)
    method : str
    target : int
        A class.
    layer : str, optional
        For methods that read one; the network's own otherwise.
    seed : int
    progress : callable

    Returns
    -------
    theirs, ours : ndarray of float32, shape (h, w)
    seconds : float
        That theirs took.
    """
    start = time.perf_counter()
    theirs = reference(network, x, method, target, layer, seed=seed, progress=progress)
    seconds = time.perf_counter() - start
    layer = layer if METHODS[method].takes_layer else None
    ours = saliency(
        network, x, method, target, layer=layer, seed=seed, samples=SAMPLES.get(method)
    )[0]
    return theirs, ours, seconds


def reference(
    network: Network,
    x: FloatImage,
    method: str,
    target: int,
    layer: str | None = None,
    *,
    seed: int = 0,
    progress: Progress = ignore,
) -> FloatImage:
    """Draw a map with tf-keras-vis: float32 (h, w), not negative.

    Raises
    ------
    ExplainError
        If it has no such method.
    """
    if method not in DIFFERENCES:
        raise ExplainError(
            "tf-keras-vis has no {method}; it has {known}.",
            method=METHODS[method].title if method in METHODS else method,
            known=", ".join(METHODS[name].title for name in DIFFERENCES),
        )
    total = SAMPLES.get(method, 1)
    score = Counted(target, total, progress)
    progress(0, total)
    with _DRAWING:
        kept = np.random.get_state()
        np.random.seed(seed)
        try:
            values = CALLS[method](network, x, score, layer or network.cam_layer)
        finally:
            np.random.set_state(kept)
    progress(total, total)
    return np.asarray(values[0], np.float32)


def agreement(ours: FloatImage, theirs: FloatImage) -> float:
    """Rank correlation of two maps (h, w), of what is drawn of them: what is below zero is not.

    NaN where one of them is the same everywhere.
    """
    from scipy.stats import spearmanr

    pair = [np.maximum(values, 0).ravel() for values in (ours, theirs)]
    if any(np.ptp(values) == 0 for values in pair):
        return float("nan")
    return float(spearmanr(*pair).statistic)
