"""A network as saliency methods see it: logits, gradients, features, masked copies."""

from __future__ import annotations

import functools
import threading
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.engine import valid_layers
from core.errors import ExplainError
from core.explain.batches import in_batches
from core.explain.progress import Progress, ignore
from core.labels import NUM_CLASSES
from core.preprocess import FloatImage, Scaling, scale
from core.settings import Settings
from core.store import store
from core.turns import RUNNING

if TYPE_CHECKING:
    import keras

_BATCH_PIXELS = 16 * 128 * 128  # a batch of 16 at 128 px; larger inputs get smaller batches
_PIXEL = 2048  # bytes a pixel of the input takes until its gradient is there (DenseNet121: 1950)
_SHARE = 1 / 16  # of the memory limit that a batch may take


def pictures(size: int, memory: int) -> int:
    """How many inputs of a side go through a network together within a limit of memory."""
    return max(1, min(_BATCH_PIXELS, int(_SHARE * memory / _PIXEL)) // size**2)


class Network:
    """One model with the compiled functions that saliency methods are made of.

    Each function is traced once, on first use, for any batch and any target (the class is
    a tensor of weights), and is kept in `core.store` for as long as there is room and this
    object lives. It may be shared by threads. The functions read the model's own weights: a
    graph that held them as constants would be a tenth faster at best and take ten times their
    size.

    Parameters
    ----------
    model : keras.Model or callable
        Flat functional graph, input (N, S, S, 3), output logits (N, 4); or what loads it,
        called when a method first needs it: maps that know nothing of it never do.
    cam_layer : str
        Layer that class activation maps are read from unless another is asked for.
    scaling : {"tf", "caffe", "torch"}
        Input scaling, which says what black is.
    batch : int, optional
        Images that go through the network together; by default fewer the larger they are, and
        the less memory there is.
    size : int, optional
        Side S of the input, where it is known without the model.
    forward : callable, optional
        Gives logits (N, 4) of inputs (N, S, S, 3) where that is at hand without the model.

    Attributes
    ----------
    black, span : ndarray of float32, shape (3,)
        Scaled value of a black pixel, and the way from there to a white one.
    """

    def __init__(
        self,
        model: keras.Model | Callable[[], keras.Model],
        cam_layer: str,
        scaling: Scaling,
        batch: int | None = None,
        size: int | None = None,
        forward: Callable[[FloatImage], FloatImage] | None = None,
    ) -> None:
        self._model = model
        self.cam_layer = cam_layer
        self.size: int = size or self.model.input_shape[1]
        self.batch = batch or pictures(self.size, Settings().memory)
        self._forward = forward
        black, white = scale(np.array([[0.0, 1.0]], np.float32), scaling)[0]
        self.black, self.span = black, white - black
        owner = object()
        self.compiled = store().part(owner)
        weakref.finalize(self, store().drop, owner)
        self._lock = threading.Lock()

    @property
    def model(self) -> keras.Model:
        """The network itself, loaded by now."""
        return self._model if hasattr(self._model, "layers") else self._model()

    @functools.cached_property
    def layers(self) -> tuple[str, ...]:
        """Layers that maps can be read from, input side first."""
        return valid_layers(self.model)

    def check_layer(self, name: str) -> str:
        """Return `name` if maps can be read there.

        Raises
        ------
        ExplainError
            If not, naming the layers that will do.
        """
        if name in self.layers:
            return name
        raise ExplainError(
            "No map can be read at {layer}; the layers of {model} with a spatial extent are "
            "{known}.",
            layer=name,
            model=self.model.name,
            known=", ".join(self.layers),
        )

    def grey(self, x: FloatImage) -> FloatImage:
        """Undo the scaling: grey values (..., S, S) in [0, 1] of inputs (..., S, S, 3)."""
        return np.asarray(((x - self.black) / self.span).mean(-1), np.float32)

    def logits(self, x: FloatImage, progress: Progress = ignore) -> FloatImage:
        """Logits (N, 4) of inputs (N, S, S, 3)."""
        return np.concatenate(
            in_batches(len(x), self.batch, lambda part: self._answer(x[part]), progress)
        )

    def masked_logits(self, image: FloatImage, masks: FloatImage) -> FloatImage:
        """Logits (B, 4) of one image seen through masks, in one batch.

        The input is ``black + mask (image - black)``: where a mask is 0 the scan is black.

        Parameters
        ----------
        image : ndarray of float32, shape (S, S, 3)
        masks : ndarray of float32, shape (B, h, w), range [0, 1]
            Drawn on the input by bilinear interpolation.
        """
        shown = np.stack([cv2.resize(mask, (self.size, self.size)) for mask in masks])[..., None]
        return self._answer(np.asarray(self.black + shown * (image - self.black), np.float32))

    def gradients(
        self, x: FloatImage, weights: FloatImage, progress: Progress = ignore
    ) -> FloatImage:
        """Gradient (N, S, S, 3) of ``weights . logits`` by the input.

        Parameters
        ----------
        x : ndarray of float32, shape (N, S, S, 3)
        weights : ndarray of float32, shape (N, 4) or (1, 4)
        progress : callable
        """
        return self._gradients("gradients", self.model, x, weights, progress)

    def guided_gradients(
        self, x: FloatImage, weights: FloatImage, progress: Progress = ignore
    ) -> FloatImage:
        """As `gradients`, through ReLUs that stop negative gradients."""
        return self._gradients("guided", self._guided, x, weights, progress)

    def features(
        self, layer: str, x: FloatImage, weights: FloatImage, progress: Progress = ignore
    ) -> tuple[FloatImage, FloatImage]:
        """Feature maps (N, h, w, K) of a layer, and the score's gradient by them."""
        import keras
        import tensorflow as tf

        def both(x: Any, weights: Any) -> Any:
            outputs = [self.model.get_layer(layer).output, self.model.output]
            maps, logits = keras.Model(self.model.inputs, outputs)(x, training=False)
            return maps, tf.gradients(tf.reduce_sum(weights * logits), maps)[0]

        call = self._function(f"features {layer}", both, "x", "weights")
        weights = np.broadcast_to(weights, (len(x), NUM_CLASSES))
        parts = in_batches(
            len(x), self.batch, lambda part: _run(call, x[part], weights[part]), progress
        )
        maps, gradients = zip(*parts, strict=True)
        return np.concatenate(maps), np.concatenate(gradients)

    def _answer(self, x: FloatImage) -> FloatImage:
        """Logits (B, 4) of one batch."""
        if self._forward is not None:
            with RUNNING:
                return self._forward(x)
        call = self._function("logits", lambda x: self.model(x, training=False), "x")
        return _run(call, x)[0]

    @functools.cached_property
    def _guided(self) -> keras.Model:
        from core.explain.guided import guided

        return guided(self.model)

    def _gradients(
        self,
        name: str,
        model: keras.Model,
        x: FloatImage,
        weights: FloatImage,
        progress: Progress,
    ) -> FloatImage:
        import tensorflow as tf

        def gradient(x: Any, weights: Any) -> Any:
            return tf.gradients(tf.reduce_sum(weights * model(x, training=False)), x)[0]

        call = self._function(name, gradient, "x", "weights")
        weights = np.broadcast_to(weights, (len(x), NUM_CLASSES))
        return np.concatenate(
            in_batches(
                len(x), self.batch, lambda part: _run(call, x[part], weights[part])[0], progress
            )
        )

    def _function(self, name: str, body: Callable[..., Any], *arguments: str) -> Any:
        """Trace `body` once; later calls find it under its name."""
        import tensorflow as tf

        shapes = {"x": (None, self.size, self.size, 3), "weights": (None, NUM_CLASSES)}
        with self._lock:
            call = self.compiled.get(name)
            if call is None:
                signature = [tf.TensorSpec(shapes[a], tf.float32) for a in arguments]
                traced = tf.function(body, input_signature=signature, autograph=False)
                call = self.compiled[name] = traced.get_concrete_function()
            return call


def _run(call: Any, *arguments: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    import tensorflow as tf

    with RUNNING:
        results = call(*(tf.constant(a, tf.float32) for a in arguments))
    return [r.numpy() for r in (results if isinstance(results, list | tuple) else [results])]
