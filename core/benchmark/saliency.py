"""How fast saliency maps are, against tf-keras-vis and against a bare gradient."""

from __future__ import annotations

import gc
from typing import Any

import numpy as np

from core.architectures import ARCHITECTURES
from core.benchmark.timing import Call, compare
from core.preprocess import FloatImage

_NOISY = 8  # copies for SmoothGrad, steps for integrated gradients
_CHANNELS = 32  # of Score-CAM
_GRADIENT_METHODS = {
    "gradient": 1,
    "gradient-input": 1,
    "guided-backprop": 1,
    "smoothgrad": _NOISY,
    "vargrad": _NOISY,
    "integrated-gradients": _NOISY,
    "integrated-gradients-blur": _NOISY,
}
_PAIRS = {
    "gradcam": 1,
    "gradcam-plus-plus": 1,
    "layercam": 1,
    "gradient": 1,
    "smoothgrad": _NOISY,
    "scorecam": _CHANNELS,
}


def benchmark_explain(name: str, size: int, repeats: int) -> dict[str, Any]:
    """Time the saliency methods of one architecture with random weights, one image.

    Every call is timed in turn within one run. tf-keras-vis is set up once, outside the
    clock, and gets the same image, layer, class, and number of noisy copies and channels.

    Parameters
    ----------
    name : str
        Key of `core.architectures.ARCHITECTURES`.
    size : int
        Input side in pixels.
    repeats : int
        Timed calls of each kind.

    Returns
    -------
    dict
        ``milliseconds`` (medians), ``tf_keras_vis_over_ours`` by method, and
        ``over_forward_and_backward``: a gradient method's time over that of as many single
        compiled passes there and back as it takes samples.
    """
    import keras

    from core.explain import Network, saliency
    from core.training.architectures import build
    from core.training.recipe import input_scaling

    architecture = ARCHITECTURES[name]
    model = build(name, init="random", size=size)
    network = Network(model, architecture.cam_layer, input_scaling(name, "random"))
    x = np.random.default_rng(0).uniform(-1, 1, (1, size, size, 3)).astype(np.float32)
    counts = {**_PAIRS, **_GRADIENT_METHODS}

    def ours(method: str, samples: int) -> Call:
        return lambda: saliency(network, x, method, 0, samples=samples)

    calls: dict[str, Call] = {"forward and backward": _bare(model, x)}
    calls |= {method: ours(method, count) for method, count in counts.items()}
    calls |= {f"{method} (tf-keras-vis)": call for method, call in _reference(network, x).items()}
    ms = compare(calls, repeats)
    keras.backend.clear_session()
    gc.collect()
    return {
        "model": name,
        "input_size": size,
        "samples": counts,
        "milliseconds": {key: round(value, 2) for key, value in ms.items()},
        "tf_keras_vis_over_ours": {
            method: round(ms[f"{method} (tf-keras-vis)"] / ms[method], 2) for method in _PAIRS
        },
        "over_forward_and_backward": {
            method: round(ms[method] / (ms["forward and backward"] * count), 2)
            for method, count in _GRADIENT_METHODS.items()
        },
    }


def _bare(model: Any, x: FloatImage) -> Call:
    """One compiled forward and backward pass, with nothing around it."""
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec(x.shape)], autograph=False)  # type: ignore[untyped-decorator]
    def gradient(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            score = model(x, training=False)[:, 0]
        return tape.gradient(score, x)

    return lambda: gradient(tf.constant(x)).numpy()


def _reference(network: Any, x: FloatImage) -> dict[str, Call]:
    """Draw the same maps with tf-keras-vis."""
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.gradcam_plus_plus import GradcamPlusPlus
    from tf_keras_vis.layercam import Layercam
    from tf_keras_vis.saliency import Saliency
    from tf_keras_vis.scorecam import Scorecam
    from tf_keras_vis.utils.scores import CategoricalScore

    score = CategoricalScore(0)
    cam = {
        "penultimate_layer": network.cam_layer,
        "seek_penultimate_conv_layer": False,
        "expand_cam": False,
    }
    plain, plus, layer, few, gradient = (
        visualisation(network.model)
        for visualisation in (Gradcam, GradcamPlusPlus, Layercam, Scorecam, Saliency)
    )
    return {
        "gradcam": lambda: plain(score, x, **cam),
        "gradcam-plus-plus": lambda: plus(score, x, **cam),
        "layercam": lambda: layer(score, x, **cam),
        "gradient": lambda: gradient(score, x),
        "smoothgrad": lambda: gradient(score, x, smooth_samples=_NOISY),
        "scorecam": lambda: few(score, x, max_N=_CHANNELS, **cam),
    }
