"""How tf-keras-vis is called for each method that it shares with us."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.explain.network import Network
from core.explain.progress import Progress
from core.preprocess import FloatImage

SAMPLES = {"scorecam": 32, "smoothgrad": 10}  # feature maps, and noisy copies, of both maps


class Counted:
    """The score of one class that tells how often it was asked, so that a wait can be left."""

    def __init__(self, target: int, total: int, progress: Progress) -> None:
        self.target, self.total, self.progress, self.asked = target, total, progress, 0

    def __call__(self, outputs: Any) -> Any:
        """Pick the scores of the class, (N,), out of the outputs, (N, classes)."""
        self.progress(min(self.asked, self.total - 1), self.total)
        self.asked += 1
        return outputs[:, self.target]


def _cam(module: str, name: str, **more: Any) -> Callable[..., Any]:
    def call(network: Network, x: FloatImage, score: Counted, layer: str) -> Any:
        from importlib import import_module

        visualisation = getattr(import_module(f"tf_keras_vis.{module}"), name)
        return visualisation(network.model)(
            score,
            x,
            penultimate_layer=layer,
            seek_penultimate_conv_layer=False,  # the layer itself, not a convolution before it
            expand_cam=False,
            normalize_cam=False,
            **more,
        )

    return call


def _scorecam(network: Network, x: FloatImage, score: Counted, layer: str) -> Any:
    import keras

    channels = int(network.model.get_layer(layer).output.shape[-1])
    few = min(SAMPLES["scorecam"], channels)
    spoke = keras.config.is_interactive_logging_enabled()
    keras.config.disable_interactive_logging()  # its `predict` would draw a bar on stdout
    try:
        return _cam("scorecam", "Scorecam", max_N=few)(network, x, score, layer)
    finally:
        if spoke:
            keras.config.enable_interactive_logging()


def _gradient(samples: int) -> Callable[..., Any]:
    def call(network: Network, x: FloatImage, score: Counted, _layer: str) -> Any:
        from tf_keras_vis.saliency import Saliency

        return Saliency(network.model)(
            score, x, smooth_samples=samples, smooth_noise=0.2, normalize_map=False
        )

    return call


CALLS: dict[str, Callable[..., Any]] = {  # method -> its map by tf-keras-vis, (1, h, w)
    "gradcam": _cam("gradcam", "Gradcam"),
    "gradcam-plus-plus": _cam("gradcam_plus_plus", "GradcamPlusPlus"),
    "layercam": _cam("layercam", "Layercam"),
    "scorecam": _scorecam,
    "gradient": _gradient(0),
    "smoothgrad": _gradient(SAMPLES["smoothgrad"]),
}
