"""One network in training: its optimiser, its logits, its batch-norm statistics."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from core.preprocess import Scaling, scale
from core.training.recipe import Precision, Recipe

_EVALUATION_BATCH = 64


@contextmanager
def computing_in(precision: Precision) -> Iterator[None]:
    """Build layers that compute in the given precision; their weights are float32."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def compile_model(model: keras.Model, recipe: Recipe, steps: int, *, head_only: bool) -> None:
    """Attach a fresh optimiser and say which layers learn.

    AdamW (arXiv:1711.05101) on gradients clipped to a common norm of 1. The rate climbs
    from a hundredth of its peak to the peak, then falls along a cosine to a hundredth
    (arXiv:1608.03983). Biases and batch norm's scales and shifts are not decayed. The
    optimiser keeps an exponential moving average of the weights beside them.

    Parameters
    ----------
    model : keras.Model
        Compiled in place.
    recipe : Recipe
    steps : int
        Length of the schedule.
    head_only : bool
        Whether the layer ``logits`` alone learns; frozen batch norms then use and keep
        their moving statistics.
    """
    for layer in model.layers:
        layer.trainable = not head_only or layer.name == "logits"
    warm = max(1, round(recipe.warmup * steps))
    rate = keras.optimizers.schedules.CosineDecay(
        recipe.peak_rate / 100,
        decay_steps=max(1, steps - warm),
        alpha=0.01,
        warmup_target=recipe.peak_rate,
        warmup_steps=warm,
    )
    optimizer = keras.optimizers.AdamW(
        rate,
        weight_decay=recipe.weight_decay,
        global_clipnorm=1.0,
        use_ema=True,
        ema_momentum=recipe.average,
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    loss = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=recipe.label_smoothing
    )
    # XLA makes these convolutions three to five times slower on a CPU, faster on a GPU.
    jit = keras.backend.backend() != "tensorflow"
    model.compile(optimizer, loss, metrics=["accuracy"], jit_compile=jit)
    optimizer.build(model.trainable_variables)


def logits_of(
    model: keras.Model, squares: NDArray[np.float32], scaling: Scaling
) -> NDArray[np.float32]:
    """Predict prepared squares in batches of at most 64.

    Parameters
    ----------
    model : keras.Model
    squares : ndarray of float32, shape (N, S, S), range [0, 1]
    scaling : {"tf", "caffe", "torch"}

    Returns
    -------
    ndarray of float32, shape (N, 4)
    """
    batches = np.array_split(squares, max(1, -(-len(squares) // _EVALUATION_BATCH)))
    return np.concatenate([to_numpy(model.predict_on_batch(scale(b, scaling))) for b in batches])


def mean_nll(logits: NDArray[np.float32], y: NDArray[np.int64]) -> float:
    """Mean negative log-likelihood of the true classes, natural logarithm.

    Parameters
    ----------
    logits : ndarray of float32, shape (N, 4)
    y : ndarray of int, shape (N,)
    """
    shifted = logits - logits.max(1, keepdims=True)
    return float((np.log(np.exp(shifted).sum(1)) - shifted[np.arange(len(y)), y]).mean())


def recalibrate_batch_norm(
    model: keras.Model, squares: NDArray[np.float32], scaling: Scaling, seed: int
) -> None:
    """Replace moving statistics by the mean of batch statistics over training images.

    Moving averages belong to weights that have since changed, and to averaged weights not
    at all; re-estimating them is worth up to ten points of accuracy (Izmailov et al. 2018,
    arXiv:1803.05407, section 3.2). The images are shuffled, not augmented. Frozen layers
    keep their statistics.

    Parameters
    ----------
    model : keras.Model
        Changed in place; does nothing without batch normalisation.
    squares : ndarray of float32, shape (N, S, S), range [0, 1]
    scaling : {"tf", "caffe", "torch"}
    seed : int
        Of the order, which decides what images share a batch.
    """
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    if not norms:
        return
    momenta = [layer.momentum for layer in norms]
    order = np.random.default_rng(seed).permutation(len(squares))
    for i, batch in enumerate(np.array_split(order, max(1, len(order) // _EVALUATION_BATCH))):
        for layer in norms:
            layer.momentum = i / (i + 1)  # a running mean over batches
        model(scale(squares[batch], scaling), training=True)
    for layer, momentum in zip(norms, momenta, strict=True):
        layer.momentum = momentum


def to_numpy(tensor: Any) -> NDArray[Any]:
    """Copy a tensor or variable of any backend into NumPy."""
    return np.asarray(keras.ops.convert_to_numpy(tensor))
