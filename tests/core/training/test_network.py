"""Optimiser, schedule, likelihood and batch-norm statistics, against figures by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.architectures import ARCHITECTURES
from core.logits import logits_of
from core.preprocess import scale
from core.training.architectures import build
from tests.lazy import Lazy, later

from .toys import recipe

keras = Lazy("keras")
(BatchStatistics,) = later("core.training.statistics", "BatchStatistics")
cells_at, compile_model, computing_in, training_graph = later(
    "core.training.network", "cells_at", "compile_model", "computing_in", "training_graph"
)
lesion_loss, mean_nll, teachers_loss = later(
    "core.training.network", "lesion_loss", "mean_nll", "teachers_loss"
)


def toy_net(*, open_size: bool = True) -> keras.Model:
    """Convolution, normalisation, head: one of everything that training handles."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((None, None, 3) if open_size else (8, 8, 3))
    x = keras.layers.Conv2D(5, 3, name="conv")(inputs)
    x = keras.layers.BatchNormalization(name="norm", momentum=0.9)(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(4, name="logits")(x))


def toy_graph() -> keras.Model:
    """The toy net with the outputs that are trained."""
    model = toy_net()
    cells = keras.layers.Reshape((-1, 4))(model.output)
    return keras.Model(model.input, {"answer": model.output, "cells": cells})


def test_precision_is_that_of_products_and_only_inside() -> None:
    with pytest.raises(RuntimeError, match="stop"), computing_in("mixed_bfloat16"):
        mixed = toy_net()
        raise RuntimeError("stop")
    assert {layer.compute_dtype for layer in mixed.layers[1:]} == {"bfloat16"}
    assert {variable.dtype for variable in mixed.weights} == {"float32"}
    assert {layer.compute_dtype for layer in toy_net().layers} == {"float32"}


def test_schedule_climbs_then_falls_as_a_cosine() -> None:
    model = toy_graph()
    compile_model(model, recipe(peak_rate=1e-2, warmup=0.1), 100, head_only=False)
    rate = model.optimizer._learning_rate
    expected = {
        0: 1e-4,  # a hundredth of the peak
        5: (1e-4 + 1e-2) / 2,
        10: 1e-2,
        55: 1e-2 * (0.01 + 0.99 / 2),  # half way down
        100: 1e-4,
        200: 1e-4,
    }
    values = [float(rate(step)) for step in expected]
    assert values == pytest.approx(list(expected.values()), rel=1e-4)
    assert np.diff([float(rate(step)) for step in range(10, 101)]).max() < 0


def test_the_shortest_run_has_a_schedule() -> None:
    model = toy_graph()
    compile_model(model, recipe(peak_rate=1e-2), 1, head_only=False)
    assert [float(model.optimizer._learning_rate(s)) for s in (0, 1)] == pytest.approx([1e-4, 1e-2])


def test_decay_touches_kernels_only() -> None:
    model = toy_graph()
    compile_model(model, recipe(peak_rate=0.1, weight_decay=0.5), 1, head_only=False)
    for variable in model.trainable_variables:
        variable.assign(np.ones(variable.shape))
    zeros = [np.zeros(v.shape, np.float32) for v in model.trainable_variables]
    model.optimizer.apply(zeros, model.trainable_variables)
    rate = 0.1 / 100  # of the first step
    for variable in model.trainable_variables:
        expected = 1 - rate * 0.5 if variable.name == "kernel" else 1.0
        np.testing.assert_allclose(variable, expected, rtol=1e-6, err_msg=variable.path)


def test_gradients_are_clipped_together() -> None:
    """Adam forgets the scale of one gradient; its first moment does not."""
    model = toy_graph()
    compile_model(model, recipe(), 10, head_only=True)
    huge = [np.full(v.shape, 1e6, np.float32) for v in model.trainable_variables]
    model.optimizer.apply(huge, model.trainable_variables)
    moments = [np.asarray(v) for v in model.optimizer.variables if "momentum" in v.path]
    norm = np.sqrt(sum((m**2).sum() for m in moments))
    assert norm == pytest.approx(0.2, rel=1e-3)  # 1 - beta_1 of a gradient of norm 2


def test_average_starts_at_the_weights_and_follows_by_hand() -> None:
    model = toy_graph()
    compile_model(model, recipe(head_rate=0.1, average=0.75), 4, head_only=True)
    kernel = model.get_layer("logits").kernel
    ones = [np.ones(v.shape, np.float32) for v in model.trainable_variables]
    seen = []
    for _ in range(3):
        model.optimizer.apply(ones, model.trainable_variables)
        seen.append(kernel.numpy().copy())
    model.optimizer.finalize_variable_values(model.trainable_variables)
    expected = 0.75 * (0.75 * seen[0] + 0.25 * seen[1]) + 0.25 * seen[2]
    np.testing.assert_allclose(kernel, expected, rtol=1e-5)


def test_head_only_and_everything() -> None:
    model = toy_graph()
    compile_model(model, recipe(), 1, head_only=True)
    assert [v.path for v in model.trainable_variables] == ["logits/kernel", "logits/bias"]
    compile_model(model, recipe(), 1, head_only=False)
    assert len(model.trainable_variables) == 6


def test_loss_smooths_labels_and_reads_logits() -> None:
    model = toy_graph()
    compile_model(model, recipe(label_smoothing=0.2), 1, head_only=False)
    logits = np.array([[2.0, 0.0, 0.0, 0.0]])
    log_p = logits - np.log(np.exp(logits).sum())
    target = np.array([[0.85, 0.05, 0.05, 0.05]])
    loss = model.loss["answer"](np.eye(4)[[0]], logits)
    assert float(loss) == pytest.approx(-(target * log_p).sum(), rel=1e-5)


def test_mean_nll_by_hand() -> None:
    logits = np.log(np.array([[0.7, 0.1, 0.1, 0.1], [0.2, 0.5, 0.2, 0.1]], np.float32))
    expected = -(np.log(0.7) + np.log(0.2)) / 2
    assert mean_nll(logits, np.array([0, 2])) == pytest.approx(expected, rel=1e-6)
    assert mean_nll(logits + 1000, np.array([0, 2])) == pytest.approx(expected, rel=1e-3)
    certain = np.array([[500.0, -500.0, 0.0, 0.0]], np.float32)
    assert mean_nll(certain, np.array([1])) == pytest.approx(1000)  # no overflow


@pytest.mark.parametrize("n", [1, 64, 65, 150])
def test_logits_do_not_depend_on_batches(n: int) -> None:
    model = toy_net()
    squares = np.random.default_rng(0).random((n, 8, 8), np.float32)
    together = model(scale(squares, "tf"), training=False)
    logits = logits_of(model, squares, "tf")
    assert logits.shape == (n, 4) and logits.dtype == np.float32
    np.testing.assert_allclose(logits, together, atol=1e-5)


def toy_squares(n: int) -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(256, size=(n, 8, 8), dtype=np.uint8)


def test_statistics_are_the_mean_over_batches() -> None:
    model = toy_net()
    norm = model.get_layer("norm")
    norm.moving_mean.assign(np.full(5, 9.0))
    norm.moving_variance.assign(np.full(5, 99.0))
    squares = toy_squares(96)  # three batches of 32
    BatchStatistics(model, "tf").estimate(squares, seed=7)

    before = keras.Model(model.input, model.get_layer("conv").output)
    order = np.random.default_rng(7).permutation(96)
    inputs = [scale(squares[b].astype(np.float32) / 255, "tf") for b in np.split(order, 3)]
    batches = [np.asarray(before(x)) for x in inputs]
    np.testing.assert_allclose(
        norm.moving_mean, np.mean([b.mean((0, 1, 2)) for b in batches], 0), atol=1e-5
    )
    np.testing.assert_allclose(
        norm.moving_variance, np.mean([b.var((0, 1, 2)) for b in batches], 0), rtol=1e-4
    )


def test_statistics_change_nothing_else() -> None:
    model = toy_net()
    kernels = [v.numpy().copy() for v in model.layers[1].weights + model.layers[-1].weights]
    statistics = BatchStatistics(model, "tf")
    for n in (10, 64):  # once compiled, for any number
        statistics.estimate(toy_squares(n), seed=0)
    norm = model.get_layer("norm")
    assert norm.momentum == 0.9 and np.abs(norm.moving_mean.numpy()).max() > 0.01
    after = model.layers[1].weights + model.layers[-1].weights
    for variable, before in zip(after, kernels, strict=True):
        np.testing.assert_array_equal(variable, before)


def test_statistics_of_a_net_without_normalisation() -> None:
    inputs = keras.Input((8, 8, 3))
    model = keras.Model(inputs, keras.layers.Dense(4)(keras.layers.Flatten()(inputs)))
    before = model.get_weights()
    BatchStatistics(model, "tf").estimate(toy_squares(4), seed=0)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_lesion_loss_by_hand() -> None:
    """Two cells: the lesion is in the second, of class 1; no outline costs nothing."""
    target = np.zeros((2, 2, 4), np.float32)
    target[0, 1, 1] = 1
    cells = np.zeros((2, 2, 4), np.float32)
    cells[:, 1, 1] = np.log(3)
    cells[:, 0, 2] = 9  # other classes' maps do not matter
    loss = np.asarray(lesion_loss(target, cells))
    np.testing.assert_allclose(loss, [-np.log(0.75), 0], atol=1e-6)


def test_teachers_loss_is_least_where_it_agrees() -> None:
    taught = np.array([[2.0, 0.0, 0.0, 0.0]], np.float32)
    same, other = (
        float(np.asarray(teachers_loss(taught, x))[0]) for x in (taught, taught[:, ::-1])
    )
    soft = np.exp(taught[0] / 2) / np.exp(taught[0] / 2).sum()
    assert same == pytest.approx(-(soft * np.log(soft)).sum(), rel=1e-5)
    assert other > same + 0.1


@pytest.fixture(scope="module")
def mobilenet() -> keras.Model:
    return build("mobilenetv2", init="random", seed=1)


def test_the_training_graph_has_the_same_logits_and_their_cells(mobilenet: keras.Model) -> None:
    """The logit of each class is the bias and the mean over cells of its map, exactly."""
    graph = training_graph(mobilenet, 0.25, 0, taught=True)
    assert {id(v) for v in graph.trainable_variables} == {
        id(v) for v in mobilenet.trainable_variables
    }
    x = np.random.default_rng(0).uniform(-1, 1, (2, 64, 64, 3)).astype(np.float32)
    out = {key: np.asarray(value) for key, value in graph(x, training=False).items()}
    rows, columns = cells_at(mobilenet, 64)
    assert (rows, columns) == (4, 4) and out["cells"].shape == (2, 16, 4)
    np.testing.assert_allclose(out["answer"], mobilenet(x, training=False), atol=1e-5)
    np.testing.assert_array_equal(out["answer"], out["taught"])

    cam = mobilenet.get_layer(ARCHITECTURES["mobilenetv2"].cam_layer).output
    features = np.asarray(keras.Model(mobilenet.input, cam)(x, training=False))
    kernel, bias = mobilenet.get_layer("logits").get_weights()
    maps = np.einsum("nhwk,kc->nhwc", features, kernel)
    np.testing.assert_allclose(out["answer"], bias + maps.mean((1, 2)), atol=1e-5)
