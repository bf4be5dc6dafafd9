"""One frozen graph, two engines: both give the Keras model's logits and the maps behind them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.architectures import ARCHITECTURES
from core.engine import HEAD, Forward, openvino_forward, tensorflow_forward

from .networks import random_network
from .toys import CAM_LAYER, toy_model

ENGINES = {"tensorflow": tensorflow_forward}
if find_spec("openvino"):
    ENGINES["openvino"] = openvino_forward


@dataclass(frozen=True)
class Case:
    """A model behind every engine, and three inputs."""

    model: Any
    runs: dict[str, Forward]
    x: NDArray[np.float32]


@pytest.fixture(scope="module", params=["toy", "mobilenetv2"])
def case(request: pytest.FixtureRequest) -> Case:
    if request.param == "toy":
        model, layer = toy_model(), CAM_LAYER
        x = np.random.default_rng(0).uniform(-1, 1, (3, 32, 32, 3)).astype(np.float32)
    else:
        layer = ARCHITECTURES["mobilenetv2"].cam_layer
        model, scan = random_network("mobilenetv2", layer)
        head = model.get_layer(HEAD)
        head.kernel.assign(head.kernel / 10)  # logits of the size that training gives
        x = scan * np.float32([1, 0.8, 0.5])[:, None, None, None]
    return Case(model, {name: make(model, layer) for name, make in ENGINES.items()}, x)


@pytest.fixture(params=ENGINES)
def run(request: pytest.FixtureRequest, case: Case) -> Forward:
    return case.runs[request.param]


def test_same_logits_as_keras(case: Case, run: Forward) -> None:
    expected = case.model(case.x, training=False).numpy()
    assert expected.std(0).min() > 1e-2  # each picture has its own answer
    for x, logits_of_keras in zip(case.x, expected, strict=True):
        logits, maps, _embedding = run(x[None])
        assert logits.shape == (1, 4) and logits.dtype == np.float32
        assert np.abs(logits[0] - logits_of_keras).max() < 1e-4
        assert maps.shape[0] == 1 and maps.shape[-1] == 4 and maps.dtype == np.float32


def test_a_logit_is_its_bias_and_its_map(case: Case, run: Forward) -> None:
    """Completeness: the map adds up to the logit, so nothing is left out of the picture."""
    logits, maps, _embedding = run(case.x[:1])
    bias = case.model.get_layer(HEAD).bias.numpy()
    assert np.abs(maps.sum((1, 2)) + bias - logits).max() < 1e-4


def test_engines_agree_on_maps(case: Case) -> None:
    maps = [run(case.x[:1])[1] for run in case.runs.values()]
    assert maps[0].std((1, 2)).min() > 1e-3
    assert max(np.abs(m - maps[0]).max() for m in maps) < 1e-4


def test_answers_are_copies(case: Case, run: Forward) -> None:
    """The next call must not write into an answer that somebody holds."""
    answer = run(case.x[:1])
    before = [array.copy() for array in answer]
    run(case.x[1:2])
    assert all(np.array_equal(a, b) for a, b in zip(answer, before, strict=True))


def test_dropout_sleeps_and_answers_repeat(case: Case, run: Forward) -> None:
    first, second = run(case.x[:1]), run(case.x[:1])
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
