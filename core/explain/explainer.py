"""From a question about a scan to a map on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from core.errors import ExplainError
from core.explain.base import Method, Request
from core.explain.drawing import draw
from core.explain.methods import METHODS
from core.explain.network import Network
from core.explain.overlay import robust
from core.explain.progress import Progress, ignore
from core.explain.targets import Target, class_name, weights_for, weights_of
from core.imaging import MRIImage
from core.inference import Classifier, Prediction
from core.preprocess import FloatImage

PREDICTED = "predicted"


@dataclass(frozen=True)
class SaliencyMap:
    """One method's answer, with what was asked.

    Attributes
    ----------
    values : ndarray of float32, shape (h, w)
        As computed, over the network's square input; negative speaks against.
    heat : ndarray of float32, shape of the scan, range [0, 1]
        What is drawn: the positive part over the highest value, on the scan; all zero if
        `empty`, and where the network saw nothing.
    method, target : str
        Names.
    versus, layer : str or None
        None where not asked for, or without meaning for the method.
    empty : str or None
        Why there is nothing to draw (as `core.explain.drawing.why_empty`, gettext message
        ids), else None.
    """

    values: FloatImage = field(repr=False)
    heat: FloatImage = field(repr=False)
    method: str
    target: str
    versus: str | None
    layer: str | None
    empty: str | None

    @property
    def pixelwise(self) -> bool:
        """Whether each pixel has a value of its own, so that a few can rule the scale."""
        return METHODS[self.method].family == "gradient"

    @property
    def shown(self) -> FloatImage:
        """What a screen shows of `heat`: of maps of single pixels, up to a robust percentile."""
        return robust(self.heat) if self.pixelwise else self.heat


class Explainer:
    """Everything that can be asked about one classifier's answers; safe to share.

    Parameters
    ----------
    classifier : Classifier
    """

    def __init__(self, classifier: Classifier) -> None:
        manifest = classifier.spec.manifest
        self.classifier = classifier
        self.network = Network(
            lambda: classifier.model,
            manifest.cam_layer,
            manifest.preprocess.params.scaling,
            size=manifest.input_size,
            forward=lambda x: classifier.forward(x).logits,
        )

    def explain(
        self,
        image: MRIImage,
        method: str,
        target: Target = PREDICTED,
        *,
        versus: Target | None = None,
        layer: str | None = None,
        seed: int = 0,
        samples: int | None = None,
        progress: Progress = ignore,
        prediction: Prediction | None = None,
    ) -> SaliencyMap:
        """Draw a map of one scan.

        Parameters
        ----------
        image : MRIImage
        method : str
            Key of `METHODS`.
        target : str or int
            A class by name or index, or ``predicted``.
        versus : str or int, optional
            Another class: why `target` rather than this.
        layer, seed, samples, progress
            As `saliency`.
        prediction : Prediction, optional
            This classifier's own for `image`, if it is at hand: saves a forward pass.

        Raises
        ------
        ExplainError
            As `saliency`.
        """
        chosen = method_of(method)
        if target == PREDICTED or is_free(method, layer, self.network.cam_layer):
            prediction = prediction or self.classifier.predict(image)
        if target == PREDICTED and prediction is not None:
            target = prediction.class_name
        weights = weights_of(target, versus)
        _check(chosen, self.network, versus, layer)
        if prediction is not None and is_free(method, layer, self.network.cam_layer):
            values, geometry = prediction.class_maps @ weights, prediction.geometry
        else:
            x, geometry = self.classifier.prepare(image.pixels)
            request = Request(weights[None], layer or self.network.cam_layer, seed, samples)
            request = replace(request, progress=progress)
            values = _finite(chosen, chosen.compute(self.network, x, request))[0]
        heat, empty = draw(values, geometry)
        return SaliencyMap(
            values=values,
            heat=heat,
            method=method,
            target=class_name(target),
            versus=None if versus is None else class_name(versus),
            layer=(layer or self.network.cam_layer) if chosen.takes_layer else None,
            empty=empty,
        )


def saliency(
    network: Network,
    x: FloatImage,
    method: str,
    target: Target | Sequence[Target],
    *,
    versus: Target | None = None,
    layer: str | None = None,
    seed: int = 0,
    samples: int | None = None,
    progress: Progress = ignore,
) -> FloatImage:
    """Compute maps of many prepared scans: for measuring rather than for looking.

    Parameters
    ----------
    network : Network
    x : ndarray of float32, shape (N, S, S, 3)
        What `Classifier.prepare` gives.
    method : str
        Key of `METHODS`.
    target : str, int or a sequence of N
        A class for all images, or one for each.
    versus : str or int, optional
        Another class: why `target` rather than this.
    layer : str, optional
        One of ``network.layers``, for methods that take a layer; the model's own otherwise.
    seed : int
    samples : int, optional
        Noisy copies, path steps, masks or channels per image; the method's own otherwise.
    progress : callable
        Told ``(done, total)``; may raise `Cancelled`.

    Returns
    -------
    ndarray of float32, shape (N, h, w)

    Raises
    ------
    ExplainError
        If there is no such method, class or layer, if a method that does not depend on the
        class is asked to compare two, or if the map is not finite.
    """
    chosen = method_of(method)
    weights = weights_for(len(x), target, versus)
    _check(chosen, network, versus, layer)
    request = Request(weights, layer or network.cam_layer, seed, samples, progress)
    return _finite(chosen, chosen.compute(network, x, request))


def method_of(name: str) -> Method:
    """Find a method.

    Raises
    ------
    ExplainError
        If there is none of that name.
    """
    if name not in METHODS:
        raise ExplainError(
            "There is no method {method}; there are {known}.",
            method=name,
            known=", ".join(METHODS),
        )
    return METHODS[name]


def is_free(method: str, layer: str | None, cam_layer: str) -> bool:
    """Whether a prediction already holds the map: Grad-CAM at the model's own layer."""
    return method == "gradcam" and layer in (None, cam_layer)


def _check(method: Method, network: Network, versus: Target | None, layer: str | None) -> None:
    if versus is not None and not method.class_dependent:
        raise ExplainError(
            "{method} is the same for every class, so it cannot compare two.", method=method.title
        )
    if layer is not None and not method.takes_layer:
        raise ExplainError("{method} is not read from a layer.", method=method.title)
    if layer is not None and layer != network.cam_layer:
        network.check_layer(layer)


def _finite(method: Method, maps: FloatImage) -> FloatImage:
    if not np.isfinite(maps).all():
        raise ExplainError(
            "{method} gave no finite map for this model and scan.", method=method.title
        )
    return np.asarray(maps, np.float32)
