"""Every method, on a random small network and on trained weights, keeps the contract."""

from __future__ import annotations

import numpy as np
import pytest

from core.explain import METHODS, Network, saliency
from tests.core.explain.toys import scans
from tests.lazy import Lazy

keras = Lazy("keras")

FEW = 6  # samples: enough to differ, few enough to wait for


def close(ours, reference, share=1e-3):
    np.testing.assert_allclose(ours, reference, rtol=0, atol=share * np.abs(reference).max())


@pytest.mark.parametrize("name", METHODS)
def test_method_keeps_the_contract(name, network_and_scans, monkeypatch):
    monkeypatch.setattr("core.explain.occlusion._PATCH", 1 / 4)  # a fifth of the passes
    network, x = network_and_scans
    method, before, traced = METHODS[name], x.copy(), dict(network.compiled)
    maps = saliency(network, x, name, [0, 2], samples=FEW)
    new = {key: value for key, value in network.compiled.items() if key not in traced}

    assert maps.dtype == np.float32
    assert len(maps) == 2
    assert all(1 < side <= network.size for side in maps.shape[1:])
    assert np.isfinite(maps).all()
    assert maps.max() > maps.min()
    assert method.signed or maps.min() >= 0
    alone = saliency(network, x[1:], name, 2, samples=FEW)
    close(alone[0], maps[1])
    np.testing.assert_allclose(saliency(network, x[1:], name, 2, samples=FEW), alone, rtol=1e-5)
    other = saliency(network, x[1:], name, "glioma", samples=FEW)
    differs = np.abs(other - alone).max() > 1e-3 * np.abs(alone).max()
    assert differs == method.class_dependent
    np.testing.assert_array_equal(x, before)
    assert {key: network.compiled[key] for key in new} == new  # nothing was traced again
    assert set(network.compiled) == set(traced) | set(new)


@pytest.mark.parametrize("name", [n for n, m in METHODS.items() if m.class_dependent])
def test_why_this_rather_than_that(name, small):
    """Asking the other way round asks about the opposite score."""
    x = scans(32, 1)
    one = saliency(small, x, name, 0, versus=1, samples=FEW)
    other = saliency(small, x, name, 1, versus=0, samples=FEW)
    plain = saliency(small, x, name, 0, samples=FEW)
    assert np.abs(one - plain).max() > 1e-3 * np.abs(plain).max()
    positive_only = {"gradcam-plus-plus", "layercam", "guided-backprop"}
    if name in positive_only:
        assert np.abs(one - other).max() > 1e-3 * np.abs(one).max()
    elif METHODS[name].signed:
        close(-other, one)
    else:
        close(other, one)


@pytest.mark.parametrize("name", [n for n, m in METHODS.items() if m.takes_layer])
def test_any_layer(name, small):
    x = scans(32, 1)
    early = saliency(small, x, name, 0, layer="early", samples=FEW)
    assert early.shape == (1, 16, 16)
    assert saliency(small, x, name, 0, samples=FEW).shape == (1, 8, 8)


@pytest.mark.parametrize("name", ["smoothgrad", "vargrad", "rise", "lime", "random"])
def test_another_seed_draws_another_map(name, small):
    x = scans(32, 1)
    one, other = (saliency(small, x, name, 0, seed=s, samples=FEW) for s in (0, 1))
    assert np.abs(one - other).max() > 1e-3 * np.abs(one).max()


def test_data_of_the_methods():
    families = [m.family for m in METHODS.values()]
    assert families.count("control") == 3
    assert len(families) - families.count("control") >= 16
    for name, method in METHODS.items():
        assert method.name == name
        assert method.summary.endswith(".")
        if method.family == "control":
            assert not method.class_dependent
        if method.family == "gradient":
            assert method.needs_gradient
        assert method.takes_layer == (method.family == "class activation")


@pytest.mark.parametrize("name", [n for n, m in METHODS.items() if not m.needs_gradient])
def test_methods_that_say_they_need_no_gradient_run_without_one(name):
    """A network behind a rounding step has no gradient at all."""
    inputs = keras.Input((32, 32, 3))
    rounded = keras.layers.Lambda(lambda x: keras.ops.stop_gradient(x))(inputs)
    maps = keras.layers.Conv2D(6, 3, 4, activation="relu", name="maps")(rounded)
    logits = keras.layers.Dense(4)(keras.layers.GlobalMaxPooling2D()(maps))
    network = Network(keras.Model(inputs, logits), "maps", "tf")
    maps = saliency(network, scans(32, 1), name, 0, samples=FEW)
    assert maps.max() > maps.min()
