"""How fast things are, as ratios within one run: absolute times belong to one machine."""

from __future__ import annotations

import gc
import importlib.util
import os
import platform
from typing import Any

import numpy as np
from tqdm import tqdm

from core.architectures import ARCHITECTURES
from core.benchmark.timing import Call, compare
from core.engine import openvino_forward, plain_forward, tensorflow_forward
from core.evaluate.stored.provenance import package_versions


def benchmark_architecture(name: str, size: int, repeats: int) -> dict[str, Any]:
    """Time one architecture with random weights at one input size, batch 1.

    Returns
    -------
    dict
        ``milliseconds`` (medians) and the ratios that follow from them. ``ours`` is the
        engine that the app would choose.
    """
    import keras

    from core.training.architectures import build

    architecture = ARCHITECTURES[name]
    model = build(name, init="random", size=size)
    x = np.random.default_rng(0).uniform(-1, 1, (1, size, size, 3)).astype(np.float32)
    plain = plain_forward(model)
    with_maps = tensorflow_forward(model, architecture.cam_layer)
    calls: dict[str, Call] = {
        "plain": lambda: plain(x),
        "tensorflow": lambda: with_maps(x),
        "predict": lambda: model.predict(x, verbose=0),
    }
    if importlib.util.find_spec("openvino"):
        openvino = openvino_forward(model, architecture.cam_layer)
        calls["openvino"] = lambda: openvino(x)
    if importlib.util.find_spec("tf_keras_vis"):
        calls["tf_keras_vis"] = _reference(model, x, architecture.cam_layer)
    ms = compare(calls, repeats)
    fast = "openvino" in ms and ms["openvino"] < 0.9 * ms["tensorflow"]
    ours = "openvino" if fast else "tensorflow"
    keras.backend.clear_session()
    gc.collect()
    return {
        "model": name,
        "input_size": size,
        "milliseconds": {key: round(value, 2) for key, value in ms.items()},
        "ours": ours,
        "class_and_four_maps_over_plain_forward": _ratio(ms, "tensorflow", "plain"),
        "ours_over_plain_forward": _ratio(ms, ours, "plain"),
        "tf_keras_vis_gradcam_over_ours": _ratio(ms, "tf_keras_vis", ours),
        "model_predict_over_ours": _ratio(ms, "predict", ours),
        "tensorflow_over_openvino": _ratio(ms, "tensorflow", "openvino"),
    }


def _ratio(ms: dict[str, float], above: str, below: str) -> float | None:
    return round(ms[above] / ms[below], 2) if above in ms and below in ms else None


def _reference(model: Any, x: Any, cam_layer: str) -> Call:
    """Grad-CAM of one class as tf-keras-vis draws it, set up once."""
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.utils.model_modifiers import ReplaceToLinear
    from tf_keras_vis.utils.scores import CategoricalScore

    gradcam = Gradcam(model, model_modifier=ReplaceToLinear(), clone=True)
    score = CategoricalScore(0)
    return lambda: gradcam(
        score, x, penultimate_layer=cam_layer, seek_penultimate_conv_layer=False, expand_cam=False
    )


def benchmark(
    model: str, size: int, repeats: int, *, app: bool, explain: bool = False
) -> dict[str, Any]:
    """Run the benchmark of one architecture or of all, and of the app's start.

    Parameters
    ----------
    model : str
        Key of `ARCHITECTURES`, or ``all``.
    size : int
        Input side in pixels.
    repeats : int
        Timed calls of each kind; medians are reported.
    app : bool
        Whether to start the app and the models in fresh processes as well.
    explain : bool
        Whether to time the saliency methods as well; that takes minutes a network.
    """
    names = list(ARCHITECTURES) if model == "all" else [model]
    bar = tqdm(names, desc="benchmark", unit="architecture", disable=None)
    result: dict[str, Any] = {
        "command": f"python -m core benchmark --model {model} --size {size} --repeats {repeats}",
        "machine": f"{os.cpu_count()} cores, {platform.platform()}",
        "packages": package_versions(("tensorflow-cpu", "tensorflow", "keras", "openvino")),
        "architectures": [benchmark_architecture(name, size, repeats) for name in bar],
    }
    if explain:
        from core.benchmark.saliency import benchmark_explain

        bar = tqdm(names, desc="benchmark, saliency", unit="architecture", disable=None)
        result["saliency"] = [benchmark_explain(name, size, repeats) for name in bar]
    if app:
        from core.benchmark.app import benchmark_app

        result["app"] = benchmark_app()
    return result
