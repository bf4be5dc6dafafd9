"""Walk uphill from grey noise to what excites each class most, by tf-keras-vis."""

from __future__ import annotations

import hashlib
import io
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.evaluate.stored.files import write_json
from core.evaluate.stored.provenance import package_versions
from core.explain.explainer import Explainer, saliency
from core.explain.network import Network
from core.inference import Classifier
from core.labels import CLASS_NAMES, NUM_CLASSES
from core.portraits import FOLDER, NAME, Portrait, Portraits, command, picture_path
from core.preprocess import FloatImage
from core.registry import ModelSpec
from core.softmax import calibrated

STEPS = 256
SETTINGS = {
    "rate": 0.02,  # of RMSprop, in grey values from 0 to 1
    "total_variation": 40.0,
    "norm": 2.0,  # of the distance from black
    "jitter": 8.0,  # pixels
    "rotation": 3.0,  # degrees
}
_PACKAGES = ("keras", "numpy", "scipy", "tensorflow", "tensorflow-cpu", "tf-keras-vis")


def make(spec: ModelSpec, *, steps: int = STEPS, seed: int = 0) -> Portraits:
    """Make the portraits of a network, and store them in its folder.

    Parameters
    ----------
    spec : ModelSpec
    steps, seed : int
    """
    start = time.perf_counter()
    explainer = Explainer(Classifier(spec, "tensorflow"))
    network = explainer.network
    grey = maximise(network, steps=steps, seed=seed)
    seconds = time.perf_counter() - start
    x = (network.black + grey[..., None] * network.span).astype(np.float32)
    logits = network.logits(x)
    maps = saliency(network, x, "gradcam", CLASS_NAMES)  # its own class's of each
    probabilities = calibrated(logits, spec.manifest.temperature)
    (spec.folder / FOLDER).mkdir(exist_ok=True)
    found = {}
    for i, name in enumerate(CLASS_NAMES):
        content = png(grey[i])
        picture_path(spec, name).write_bytes(content)
        found[name] = Portrait(
            sha256=hashlib.sha256(content).hexdigest(),
            logit=round(float(logits[i, i]), 4),
            probability=round(float(probabilities[i, i]), 6),
            border=round(border(maps[i]), 4),
            texture=round(texture(grey[i]), 4),
        )
    result = Portraits(
        name=spec.name,
        weights_sha256=spec.manifest.weights_sha256,
        steps=steps,
        seed=seed,
        settings=SETTINGS,
        seconds=round(seconds, 1),
        command=command(spec.name)
        + (f" --steps {steps}" if steps != STEPS else "")
        + (f" --seed {seed}" if seed else ""),
        packages=package_versions(_PACKAGES),
        portraits=found,
    )
    write_json(spec.folder / FOLDER / NAME, result.model_dump(mode="json"))
    return result


def maximise(network: Network, *, steps: int, seed: int) -> FloatImage:
    """Find a grey picture for each class whose logit is as high as it gets.

    Scans are grey, so the search is: one value a pixel, 0 (black) to 1 (white), the same in
    all channels. Total variation and the distance from black are held down; jitter and
    rotation at each step leave only what does not hang on single pixels.

    Parameters
    ----------
    network : Network
    steps, seed : int
        The same seed gives the same pictures on the same machine.

    Returns
    -------
    ndarray of float32, shape (4, S, S), range [0, 1]

    References
    ----------
    Erhan et al. 2009, "Visualizing higher-layer features of a deep network". Mahendran &
    Vedaldi 2016, arXiv:1512.02017 (total variation, jitter).
    """
    import keras
    import tensorflow as tf
    from tf_keras_vis.activation_maximization import ActivationMaximization
    from tf_keras_vis.activation_maximization.input_modifiers import Jitter, Rotate2D
    from tf_keras_vis.activation_maximization.regularizers import Norm, TotalVariation2D
    from tf_keras_vis.utils.scores import CategoricalScore

    keras.utils.set_random_seed(seed)  # jitter draws from NumPy's own generator
    side = network.size
    inputs = keras.Input((side, side, 1), name="grey")
    model = keras.Model(inputs, network.model(inputs * network.span + network.black))
    rotate = Rotate2D(degree=SETTINGS["rotation"])
    rotate.random_generator = np.random.default_rng(seed)
    start = np.random.default_rng(seed).uniform(0.2, 0.5, (NUM_CLASSES, side, side, 1))
    found = ActivationMaximization(model)(
        CategoricalScore(list(range(NUM_CLASSES))),
        seed_input=tf.constant(start, tf.float32),
        input_range=(0.0, 1.0),
        input_modifiers=[Jitter(jitter=int(SETTINGS["jitter"])), rotate, _within],
        regularizers=[
            TotalVariation2D(weight=SETTINGS["total_variation"]),
            Norm(weight=SETTINGS["norm"], p=2),
        ],
        steps=steps,
        optimizer=keras.optimizers.RMSprop(SETTINGS["rate"], 0.95),
    )
    return np.asarray(found, np.float32)[..., 0].clip(0, 1)


def _within(values: Any) -> Any:
    """Keep grey values between black and white at every step, not only at the end."""
    return np.clip(np.asarray(values), 0.0, 1.0)


def png(grey: FloatImage) -> bytes:
    """Write a picture (S, S) as an 8-bit PNG."""
    with io.BytesIO() as buffer:
        Image.fromarray(np.rint(grey * 255).astype(np.uint8)).save(buffer, "PNG", optimize=True)
        return buffer.getvalue()


def border(cells: NDArray[np.floating]) -> float:
    """Share of a class map's evidence for the class in its outermost cells, over their number's.

    Parameters
    ----------
    cells : ndarray, shape (h, w)
        Contributions; what is below zero speaks against and is left out.

    Returns
    -------
    float
        1 where it is spread evenly, 0 where nothing speaks for the class.
    """
    positive = np.maximum(np.asarray(cells, np.float64), 0)
    if min(positive.shape) < 3 or not positive.any():
        return 0.0
    inner = positive[1:-1, 1:-1]
    share = 1 - inner.sum() / positive.sum()
    return float(share / (1 - inner.size / positive.size))


def texture(grey: FloatImage) -> float:
    """Share of a picture's spectral power at periods below 8 pixels; the mean left out."""
    power = np.abs(np.fft.fft2(grey.astype(np.float64) - grey.mean())) ** 2
    rows, columns = (np.fft.fftfreq(n) for n in grey.shape)
    fine = np.hypot(rows[:, None], columns[None]) > 1 / 8
    return float(power[fine].sum() / power.sum()) if power.sum() > 0 else 0.0
