"""The contract that every saliency method keeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from core.explain.progress import Progress, ignore
from core.preprocess import FloatImage

if TYPE_CHECKING:
    from core.explain.network import Network

Family = Literal["class activation", "gradient", "perturbation", "control"]
Cost = Literal["instant", "fast", "slow", "very slow"]


@dataclass(frozen=True)
class Request:
    """What is asked of a method, checked beforehand by `core.explain.explainer`.

    Attributes
    ----------
    weights : ndarray of float32, shape (N, 4)
        The explained score of image i is ``weights[i] . logits``: one-hot for a class,
        +1 and -1 for "why this class rather than that one".
    layer : str
        Layer that class activation methods read; the others pay no heed.
    seed : int
        Fixes whatever is drawn at random.
    samples : int or None
        Noisy copies, path steps, masks or channels per image; None for the method's own.
    progress : callable
        Told ``(done, total)`` after each batch; may raise `Cancelled`.
    """

    weights: FloatImage
    layer: str
    seed: int = 0
    samples: int | None = None
    progress: Progress = ignore

    def of(self, i: int) -> Request:
        """Narrow the request to image i; its progress counts for one share of the whole."""
        n = len(self.weights)

        def progress(done: int, total: int) -> None:
            self.progress(i * total + done, n * total)

        return replace(self, weights=self.weights[i : i + 1], progress=progress)


Compute = Callable[["Network", FloatImage, Request], FloatImage]


@dataclass(frozen=True)
class Method:
    """A way to draw what a score rests on.

    Attributes
    ----------
    name : str
        Key in URLs, files and the CLI.
    title : str
        The field's usual name.
    family : str
        What kind of method it is; ``control`` marks maps that know nothing of the model.
    summary : str
        One sentence on what the map shows (a gettext message id).
    reference : str
        arXiv number, DOI or address.
    cost : str
        ``instant``: one forward pass; ``fast``: one forward and backward pass; ``slow``:
        tens of passes; ``very slow``: hundreds and more.
    compute : callable
        ``(network, x, request) -> map``: x is float32 (N, S, S, 3), scaled for the network;
        the map float32 (N, h, w) over the same square, h and w anything up to S. More is
        more support for the score; below zero speaks against it (`signed`). Deterministic,
        each image by itself, inputs left alone.
    needs_gradient : bool
        Whether the network must be differentiable.
    class_dependent : bool
        Whether the map can differ between classes.
    takes_layer : bool
        Whether the map is read from a layer that can be chosen.
    signed : bool
        Whether values may be negative. The heat that is drawn is always the positive part
        over the highest value.
    """

    name: str
    title: str
    family: Family
    summary: str
    reference: str
    cost: Cost
    compute: Compute = field(repr=False)
    needs_gradient: bool = False
    class_dependent: bool = True
    takes_layer: bool = False
    signed: bool = False


def each(one: Compute) -> Compute:
    """Make a method of batches out of one that takes a single image.

    Parameters
    ----------
    one : callable
        ``(network, x, request) -> map`` with x (S, S, 3), weights (1, 4) and map (h, w).
    """

    def compute(network: Network, x: FloatImage, request: Request) -> FloatImage:
        maps = [one(network, image, request.of(i)) for i, image in enumerate(x)]
        return np.stack(maps).astype(np.float32)

    return compute
