"""A scan in, a prediction and its class maps out: the compiled fast path."""

from __future__ import annotations

import importlib.util
import logging
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.engine import Backend, Forward, openvino_forward, tensorflow_forward
from core.errors import ModelError
from core.imaging import MRIImage
from core.labels import CLASS_NAMES
from core.ood import in_distribution
from core.preprocess import FloatImage, Geometry, prepare, scale
from core.registry import ModelSpec, load_model
from core.settings import Settings

if TYPE_CHECKING:
    import keras

log = logging.getLogger(__name__)

# One network runs at a time in the whole process: two would share the same cores and
# finish later than one after the other, and memory stays bounded.
RUNNING = threading.Semaphore(1)

# Where OpenVINO's forward pass was at least a fifth faster than TensorFlow's in one run of
# `python -m core benchmark` (batch 1, stored in models/_benchmark, which a test compares).
_OPENVINO_EARNS = frozenset({"Xception", "MobileNetV2", "InceptionV3", "ResNet50", "DenseNet121"})


@dataclass(frozen=True)
class Prediction:
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
    abstained : bool
        Whether the top probability is under the manifest's threshold.
    latency_ms : float
        Preparation and forward pass.
    in_distribution : bool or None
        Whether the scan resembles any training picture (`core.ood`); None if not known.
    """

    model: str
    weights_sha256: str
    image_sha256: str
    logits: NDArray[np.float32] = field(repr=False)
    probabilities: NDArray[np.float32]
    class_maps: NDArray[np.float32] = field(repr=False)
    geometry: Geometry = field(repr=False)
    abstained: bool
    latency_ms: float
    in_distribution: bool | None = None

    @property
    def class_name(self) -> str:
        """The most probable class."""
        return CLASS_NAMES[int(self.probabilities.argmax())]


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
        self.model: keras.Model = load_model(spec)
        self.backend = _choose_backend(spec, engine or Settings().engine)
        build = openvino_forward if self.backend == "openvino" else tensorflow_forward
        self.forward: Forward = build(self.model, spec.manifest.cam_layer)
        size = spec.manifest.input_size
        self.forward(np.zeros((1, size, size, 3), np.float32))  # the first call is slow

    def prepare(self, pixels: FloatImage) -> tuple[FloatImage, Geometry]:
        """Apply the model's own preprocessing: input ``(1, S, S, 3)`` and its geometry."""
        manifest = self.spec.manifest
        params = manifest.preprocess.params
        square, geometry = prepare(pixels, manifest.input_size, crop=params.crop)
        return scale(square[None], params.scaling), geometry

    def predict(self, image: MRIImage) -> Prediction:
        """Classify one scan and draw all four class maps in a single forward pass."""
        start = time.perf_counter()
        x, geometry = self.prepare(image.pixels)
        with RUNNING:
            logits, maps = self.forward(x)
        manifest = self.spec.manifest
        probabilities = softmax(logits[0] / manifest.temperature)
        threshold = manifest.abstain_threshold
        return Prediction(
            model=self.spec.name,
            weights_sha256=manifest.weights_sha256,
            image_sha256=image.sha256,
            logits=logits[0],
            probabilities=probabilities,
            class_maps=maps[0],
            geometry=geometry,
            abstained=threshold is not None and float(probabilities.max()) < threshold,
            latency_ms=(time.perf_counter() - start) * 1e3,
            in_distribution=in_distribution(image.pixels, self.spec.folder.parent),
        )


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities (..., 4) of logits (..., 4)."""
    e = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(e / e.sum(-1, keepdims=True), np.float32)


def import_in_background() -> threading.Thread:
    """Start importing TensorFlow, so that the first prediction does not wait for it."""

    def work() -> None:
        import keras  # noqa: F401

    thread = threading.Thread(target=work, name="import-tensorflow", daemon=True)
    thread.start()
    return thread


def _choose_backend(spec: ModelSpec, engine: str) -> Backend:
    installed = importlib.util.find_spec("openvino") is not None
    if engine == "openvino":
        if not installed:
            raise ModelError("OpenVINO is not installed; set GLASSBRAIN_ENGINE to tensorflow.")
        return "openvino"
    earns = installed and spec.manifest.architecture in _OPENVINO_EARNS
    return "openvino" if engine == "auto" and earns else "tensorflow"
