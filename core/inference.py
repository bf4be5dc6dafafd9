"""A scan in, a prediction and its class maps out: the compiled fast path."""

from __future__ import annotations

import importlib.util
import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core import converted
from core.answer import Answered, Limits
from core.engine import (
    Backend,
    Forward,
    openvino_forward,
    openvino_run,
    tensorflow_forward,
    unsound,
)
from core.errors import ModelError
from core.gate import Glance, glance
from core.imaging import MRIImage
from core.preprocess import FloatImage, Geometry, prepare, scale
from core.registry import ModelSpec, load_model
from core.settings import Settings
from core.turns import RUNNING

if TYPE_CHECKING:
    import keras

log = logging.getLogger(__name__)


# Where OpenVINO's forward pass took a tenth less time than TensorFlow's, or still less, in one run
# of `python -m core benchmark` (batch 1, stored in models/_benchmark, which a test compares). It
# also takes a fifth of the memory.
_OPENVINO_EARNS = frozenset(
    {"Xception", "MobileNetV2", "InceptionV3", "ResNet50", "DenseNet121", "VGG16"}
)


@dataclass(frozen=True)
class Prediction(Answered):
    """What one model says of one scan, with the evidence for every class.

    Attributes
    ----------
    model, weights_sha256, image_sha256 : str
        Which weights answered for which bytes.
    logits, probabilities : ndarray of float32, shape (4,)
        In the order of `core.labels.CLASS_NAMES`; probabilities are calibrated, that is
        the softmax of logits over the manifest's temperature (arXiv:1706.04599).
    class_maps : ndarray of float32, shape (h, w, 4)
        Contribution of each place to each logit, signed; its positive part is Grad-CAM.
    geometry : Geometry
        Where the network's square input lies on the scan.
    limits : Limits
        The manifest's thresholds, which say whether this is an answer (`core.answer`).
    latency_ms : float
        Preparation and forward pass.
    gate : Glance or None
        What the gate sees of the scan, the same for every network; None if there is no gate.
    """

    model: str
    weights_sha256: str
    image_sha256: str
    logits: NDArray[np.float32] = field(repr=False)
    probabilities: NDArray[np.float32]
    class_maps: NDArray[np.float32] = field(repr=False)
    geometry: Geometry = field(repr=False)
    limits: Limits
    latency_ms: float
    gate: Glance | None = None


class Classifier:
    """One model, loaded, verified and compiled; safe to share between threads.

    Parameters
    ----------
    spec : ModelSpec
    engine : {"auto", "tensorflow", "openvino"}
        ``auto`` takes OpenVINO where it is installed and was measured to be faster.

    Raises
    ------
    ModelError
        If the weights are not the manifest's, or OpenVINO is asked for and not there.
    """

    def __init__(self, spec: ModelSpec, engine: str | None = None) -> None:
        self.spec = spec
        self._model: keras.Model | None = None
        self._loading = threading.Lock()
        self.backend = choose_backend(spec, engine or Settings().engine)
        try:
            self.forward: Forward = self._compiled()
            self._check()  # a first call, which is slow in any case
        except ModelError:
            raise
        except Exception as error:  # whatever a stranger's model makes the libraries raise
            log.exception("compiling %s", spec.name)
            raise ModelError(
                "{name} cannot be compiled: it is not the flat graph of convolutions, average "
                "pooling and a linear head that this app explains.",
                name=spec.name,
            ) from error

    @property
    def model(self) -> keras.Model:
        """The network itself, which TensorFlow is imported for when it is first asked for."""
        with self._loading:
            if self._model is None:
                self._model = load_model(self.spec)
            return self._model

    @property
    def nbytes(self) -> int:
        """About what this takes: the weights, once for each form that is loaded."""
        forms = (self.backend == "openvino") + (self._model is not None)
        return 4 * self.spec.manifest.parameters * forms

    def _compiled(self) -> Forward:
        cam_layer = self.spec.manifest.cam_layer
        if self.backend == "tensorflow":
            return tensorflow_forward(self.model, cam_layer)
        try:
            return openvino_run(converted.ensure(self.spec).graph)
        except OSError as error:  # nowhere to keep it, so it is made for this process alone
            log.warning("%s cannot be kept converted: %s", self.spec.name, error)
            return openvino_forward(self.model, cam_layer)

    def _check(self) -> None:
        """Hold the model to ``logit = bias + sum of its class map``, on noise.

        A softmax in the head, a layer between pooling and head, the wrong layer named in the
        manifest: each breaks this sum, and with it every map that would be drawn.
        """
        size = self.spec.manifest.input_size
        draw = np.random.default_rng(0)
        dark, bright = draw.uniform(-1, 1, (2, 1, size, size, 3)).astype(np.float32)
        found = unsound(self.forward(dark), self.forward(0.3 * bright + np.float32(0.6)))
        if found:
            raise ModelError(
                "{name} is not what its manifest says: the class maps read from {layer} do not "
                "add up to its logits (by {found}), so no map of it could be trusted.",
                name=self.spec.name,
                layer=self.spec.manifest.cam_layer,
                found=found,
            )

    def prepare(self, pixels: FloatImage) -> tuple[FloatImage, Geometry]:
        """Apply the model's own preprocessing: input ``(1, S, S, 3)`` and its geometry."""
        manifest = self.spec.manifest
        params = manifest.preprocess.params
        square, geometry = prepare(
            pixels, manifest.input_size, crop=params.crop, version=manifest.preprocess.version
        )
        return scale(square[None], params.scaling), geometry

    def predict(self, image: MRIImage) -> Prediction:
        """Classify one scan and draw all four class maps in a single forward pass."""
        return self.predict_many([image])[0]

    def predict_many(self, images: Sequence[MRIImage]) -> list[Prediction]:
        """Classify scans in one forward pass; each answer is as alone, but for rounding."""
        start = time.perf_counter()
        prepared = [self.prepare(image.pixels) for image in images]
        with RUNNING.first():
            out = self.forward(np.concatenate([x for x, _geometry in prepared]))
        spent = (time.perf_counter() - start) * 1e3 / len(images)
        manifest = self.spec.manifest
        probabilities = softmax(out.logits / manifest.temperature)
        return [
            Prediction(
                model=self.spec.name,
                weights_sha256=manifest.weights_sha256,
                image_sha256=image.sha256,
                logits=out.logits[i],
                probabilities=probabilities[i],
                class_maps=out.maps[i],
                geometry=geometry,
                limits=manifest.limits,
                latency_ms=spent,
                gate=glance(image, self.spec.folder.parent),
            )
            for i, (image, (_x, geometry)) in enumerate(zip(images, prepared, strict=True))
        ]

    def embed(self, image: MRIImage) -> NDArray[np.float32]:
        """Give what the linear head sees of a scan: the pooled last feature maps, shape (K,)."""
        x, _geometry = self.prepare(image.pixels)
        with RUNNING.first():
            return np.asarray(self.forward(x).embedding[0])


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities (..., 4) of logits (..., 4)."""
    e = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(e / e.sum(-1, keepdims=True), np.float32)


def choose_backend(spec: ModelSpec, engine: str) -> Backend:
    """Say what runs a network: as asked, or for ``auto`` whichever was measured to be faster.

    Raises
    ------
    ModelError
        If OpenVINO is asked for and not installed.
    """
    installed = importlib.util.find_spec("openvino") is not None
    if engine == "openvino":
        if not installed:
            raise ModelError("OpenVINO is not installed; set GLASSBRAIN_ENGINE to tensorflow.")
        return "openvino"
    earns = installed and spec.manifest.architecture in _OPENVINO_EARNS
    return "openvino" if engine == "auto" and earns else "tensorflow"
