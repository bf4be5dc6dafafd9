"""Batch-norm statistics of weights that were not trained with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from core.logits import to_numpy
from core.preprocess import Scaling, scale

_STATISTICS_BATCH = 32


class BatchStatistics:
    """Batch-norm statistics of given weights, estimated over training pictures.

    Moving averages belong to weights that have since changed, and to averaged weights not
    at all; re-estimating them is worth up to ten points of accuracy (Izmailov et al. 2018,
    arXiv:1803.05407, section 3.2). The forward pass is compiled once and runs over 32
    pictures at a time, which bounds the memory it takes. Every layer must be trainable: a
    frozen one keeps its statistics, and what was trained behind it expects them.

    Parameters
    ----------
    model : keras.Model
    scaling : {"tf", "caffe", "torch"}
    """

    def __init__(self, model: keras.Model, scaling: Scaling) -> None:
        self.model, self.scaling = model, scaling
        self.norms = [
            layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)
        ]
        self._forward = _statistics_pass(model, self.norms)

    def estimate(self, squares: NDArray[np.uint8], seed: int) -> None:
        """Replace moving statistics by the mean of batch statistics.

        Parameters
        ----------
        squares : ndarray of uint8, shape (N, S, S)
            Not augmented. Does nothing without batch normalisation or pictures.
        seed : int
            Of the order, which decides what images share a batch.
        """
        if not self.norms or len(squares) == 0:
            return
        order = np.random.default_rng(seed).permutation(len(squares))
        whole = max(1, len(order) // _STATISTICS_BATCH)
        sums: list[NDArray[Any]] | None = None
        for i in range(whole):
            batch = squares[order[i * _STATISTICS_BATCH : (i + 1) * _STATISTICS_BATCH]]
            x = np.asarray(batch / np.float32(255), np.float32)
            found = self._forward(scale(x, self.scaling))
            sums = found if sums is None else [a + b for a, b in zip(sums, found, strict=True)]
        moving = [v for layer in self.norms for v in (layer.moving_mean, layer.moving_variance)]
        for variable, total in zip(moving, sums or [], strict=True):
            variable.assign(total / whole)


def _statistics_pass(
    model: keras.Model, norms: list[keras.layers.BatchNormalization]
) -> Callable[[NDArray[np.float32]], list[NDArray[Any]]]:
    """Compile a pass that returns means and variances of one batch, layer by layer."""
    variables = [v for layer in norms for v in (layer.moving_mean, layer.moving_variance)]
    momenta = [layer.momentum for layer in norms]

    @contextmanager
    def forgetful() -> Iterator[None]:
        """While the pass is traced: what a layer keeps is the batch's own statistics."""
        for layer in norms:
            layer.momentum = 0.0
        try:
            yield
        finally:
            for layer, momentum in zip(norms, momenta, strict=True):
                layer.momentum = momentum

    if keras.backend.backend() == "jax":
        import jax

        rest = {v.path: i for i, v in enumerate(model.non_trainable_variables)}
        places = [rest[v.path] for v in variables]

        @jax.jit  # type: ignore[untyped-decorator]
        def step(trainable: Any, rest: Any, x: Any) -> Any:
            _, new = model.stateless_call(trainable, rest, x, training=True)
            return [new[i] for i in places]

        def run(x: NDArray[np.float32]) -> list[NDArray[Any]]:
            with forgetful():
                trainable = [v.value for v in model.trainable_variables]
                found = step(trainable, [v.value for v in model.non_trainable_variables], x)
            return [np.asarray(v) for v in found]

        return run

    import tensorflow as tf

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def traced(x: Any) -> None:
        model(x, training=True)

    def run_tensorflow(x: NDArray[np.float32]) -> list[NDArray[Any]]:
        with forgetful():
            traced(tf.convert_to_tensor(x))
        return [to_numpy(v) for v in variables]

    return run_tensorflow
