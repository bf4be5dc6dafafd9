"""One network in training: its graph, its losses, its optimiser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from core.architectures import ARCHITECTURES
from core.labels import NUM_CLASSES
from core.training.recipe import Precision, Recipe

_TEMPERATURE = 2.0  # of distillation
_TEACHING = 0.5 * _TEMPERATURE**2  # its weight; gradients shrink with the temperature squared


@contextmanager
def computing_in(precision: Precision) -> Iterator[None]:
    """Build layers that compute in the given precision; their weights are float32."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def training_graph(model: keras.Model, dropout: float, seed: int, *, taught: bool) -> keras.Model:
    """Give the same network its class maps as a second output.

    The head is applied to each cell, and the logits are the mean over cells: the same
    numbers, because the head is linear. Dropout leaves out whole channels, as it does
    behind the average.

    Parameters
    ----------
    model : keras.Model
        What `core.training.architectures.build` made; its layers are shared, not copied.
    dropout : float
        Rate before the head.
    seed : int
    taught : bool
        Whether teachers are listened to.

    Returns
    -------
    keras.Model
        Outputs ``answer`` (N, 4), logits; ``cells`` (N, h w, 4), each cell's evidence for
        each class; ``taught``, the logits once more, if `taught`.
    """
    features = model.get_layer(ARCHITECTURES[model.name].cam_layer).output
    kept = keras.layers.SpatialDropout2D(dropout, seed=seed, dtype="float32")(features)
    maps = model.get_layer("logits")(kept)
    cells = keras.layers.Reshape((-1, NUM_CLASSES), dtype="float32")(maps)
    answer = keras.layers.GlobalAveragePooling1D(dtype="float32")(cells)
    outputs = {"answer": answer, "cells": cells}
    return keras.Model(model.inputs[0], outputs | ({"taught": answer} if taught else {}))


def cells_at(model: keras.Model, size: int) -> tuple[int, int]:
    """Rows and columns of a network's last layer for inputs of the given side."""
    backbone = keras.Model(
        model.inputs[0], model.get_layer(ARCHITECTURES[model.name].cam_layer).output
    )
    _, rows, columns, _ = backbone.compute_output_shape((1, size, size, 3))
    return rows, columns


def lesion_loss(target: Any, cells: Any) -> Any:
    """Cross-entropy between where the true class's evidence lies and where the lesion is.

    The softmax over cells of the true class's map against the lesion's share in each cell;
    0 for a picture without an outline. Ross et al. 2017 (arXiv:1703.03717) penalise input
    gradients outside an annotated region; this pulls the class map, which is what is
    shown, towards it, and costs no second backward pass.

    Parameters
    ----------
    target : tensor (N, h w, 4)
        Of `core.training.batches.lesion_cells`.
    cells : tensor (N, h w, 4)

    Returns
    -------
    tensor (N,)
    """
    return -ops.sum(target * ops.log_softmax(cells, axis=1), axis=(1, 2))


def teachers_loss(taught: Any, logits: Any) -> Any:
    """Cross-entropy with the teachers' softened answers (arXiv:1503.02531), (N,)."""
    soft = ops.softmax(taught / _TEMPERATURE)
    return -ops.sum(soft * ops.log_softmax(logits / _TEMPERATURE), axis=-1)


def compile_model(graph: keras.Model, recipe: Recipe, steps: int, *, head_only: bool) -> None:
    """Attach losses and a fresh optimiser, and say which layers learn.

    AdamW (arXiv:1711.05101) on gradients clipped to a common norm of 2. The rate climbs
    from a hundredth of its peak to the peak, then falls along a cosine to a hundredth
    (arXiv:1608.03983). Biases and batch norm's scales and shifts are not decayed. The
    optimiser keeps an exponential moving average of the weights beside them, in the same
    compiled step.

    Parameters
    ----------
    graph : keras.Model
        What `training_graph` made; compiled in place.
    recipe : Recipe
    steps : int
        Length of the schedule.
    head_only : bool
        Whether the layer ``logits`` alone learns; frozen batch norms then use and keep
        their moving statistics.
    """
    for layer in graph.layers:
        layer.trainable = not head_only or layer.name == "logits"
    peak = recipe.head_rate if head_only else recipe.peak_rate
    warm = max(1, round(recipe.warmup * steps))
    rate = keras.optimizers.schedules.CosineDecay(
        peak / 100,
        decay_steps=max(1, steps - warm),
        alpha=0.01,
        warmup_target=peak,
        warmup_steps=warm,
    )
    optimizer = keras.optimizers.AdamW(
        rate,
        weight_decay=recipe.weight_decay,
        beta_2=0.99,
        global_clipnorm=2.0,
        use_ema=True,
        ema_momentum=recipe.average,
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    answer = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=recipe.label_smoothing
    )
    losses: dict[str, Any] = {"answer": answer, "cells": lesion_loss}
    weights = {"answer": 1.0, "cells": recipe.guide}
    if recipe.teachers:
        losses["taught"], weights["taught"] = teachers_loss, _TEACHING
    # XLA makes these convolutions three to five times slower on a CPU, faster on a GPU.
    jit = keras.backend.backend() != "tensorflow"
    graph.compile(
        optimizer, losses, loss_weights=weights, metrics={"answer": "accuracy"}, jit_compile=jit
    )
    optimizer.build(graph.trainable_variables)


def mean_nll(logits: NDArray[np.float32], y: NDArray[np.int64]) -> float:
    """Mean negative log-likelihood of the true classes, natural logarithm.

    Parameters
    ----------
    logits : ndarray of float32, shape (N, 4)
    y : ndarray of int, shape (N,)
    """
    shifted = logits - logits.max(1, keepdims=True)
    return float((np.log(np.exp(shifted).sum(1)) - shifted[np.arange(len(y)), y]).mean())
