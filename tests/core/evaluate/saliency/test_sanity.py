"""Similarity of maps, destroyed networks, altered scans."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.evaluate.saliency import sanity
from core.explain import Network, saliency
from tests.core.explain import toys

GOLDEN = Path(__file__).with_name("golden") / "similarity.npz"


@pytest.fixture(scope="module")
def network():
    return toys.small()


def test_similarity_agrees_with_quantus():
    with np.load(GOLDEN) as golden:
        for pair, ssim, spearman in zip(
            golden["pairs"], golden["ssim"], golden["spearman"], strict=True
        ):
            found = sanity.similarity(*pair, 16)
            assert found.ssim == pytest.approx(ssim, abs=1e-5)
            assert found.spearman == pytest.approx(spearman, abs=1e-9)


def test_a_map_is_like_itself_and_unlike_its_negative():
    values = np.random.default_rng(0).normal(size=(8, 8)).astype(np.float32)
    same = sanity.similarity(values, 3 * values, 8)
    assert same.spearman == pytest.approx(1)
    assert same.ssim == pytest.approx(1)
    opposite = sanity.similarity(values, -values, 8)
    assert opposite.spearman == pytest.approx(-1)
    assert opposite.ssim < 0.5


def test_what_has_no_similarity_is_not_given_one():
    values = np.random.default_rng(0).random((8, 8)).astype(np.float32)
    flat = sanity.similarity(values, np.ones((8, 8), np.float32), 8)
    assert np.isnan([flat.spearman, flat.ssim]).all()
    negative = sanity.similarity(values, values - 2, 8)  # the same ranks, nothing to draw
    assert negative.spearman == pytest.approx(1)
    assert np.isnan(negative.ssim)


def test_agreement_of_several_maps():
    values = np.random.default_rng(0).random((8, 8)).astype(np.float32)
    flat = np.zeros((2, 2), np.float32)
    table = sanity.agreement([values, values**3, -values, flat], 8)
    expected = [[1, 1, -1], [1, 1, -1], [-1, -1, 1]]
    np.testing.assert_allclose(table[:3, :3], expected, atol=1e-12)
    assert np.isnan(table[3]).all()
    assert np.isnan(table[:, 3]).all()


def test_the_cascade_destroys_from_the_top_and_only_a_copy(network):
    before = network.model.get_weights()
    kept = {}
    for stage, model in sanity.cascade(network.model):
        pairs = zip(network.model.layers, model.layers, strict=True)
        kept[stage] = [
            all(np.array_equal(a, b) for a, b in zip(x.get_weights(), y.get_weights(), strict=True))
            for x, y in pairs
            if x.weights
        ]
        for old, new in zip(before, model.get_weights(), strict=True):
            np.testing.assert_array_equal(np.sort(old, None), np.sort(new, None))
    assert list(kept) == list(sanity.STAGES)
    assert kept["head"] == [True, True, True, False]
    assert kept["half"][:2] == [True, True]
    assert kept["half"][3] is False
    assert kept["all"][0] is kept["all"][1] is kept["all"][3] is False
    for old, new in zip(before, network.model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_the_cascade_is_the_same_for_the_same_seed(network):
    first, again, other = (
        [m.get_weights() for _, m in sanity.cascade(network.model, seed)][-1] for seed in (0, 0, 1)
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


def test_a_control_survives_and_a_gradient_does_not(network):
    x = toys.scans(32)
    destroyed = [Network(m, "late", "tf") for _, m in sanity.cascade(network.model)][-1]
    for method, survives in (("edge-detector", True), ("random", True), ("gradient-input", False)):
        pair = [saliency(n, x[:1], method, 0, seed=0)[0] for n in (network, destroyed)]
        assert (sanity.similarity(*pair, 32).spearman > 0.99) is survives


def test_noise_is_small_and_stays_in_range(network):
    x = toys.scans(32)
    grey = (sanity.noisy(network, x) + 1) / 2
    assert grey.min() >= 0
    assert grey.max() <= 1
    assert 0 < np.abs(grey - (x + 1) / 2).max() < 6 * sanity.NOISE
    assert (grey[..., 0] == grey[..., 2]).all()


def test_a_shift_moves_the_scan_and_brings_in_black(network):
    x = toys.scans(32)
    moved = sanity.shifted(network, x)
    n = sanity.SHIFT
    np.testing.assert_array_equal(moved[:, n:, n:], x[:, :-n, :-n])
    assert (moved[:, :n] == -1).all()
    assert (moved[:, :, :n] == -1).all()


def test_a_map_that_moves_with_the_scan_is_the_same_map():
    values = np.random.default_rng(0).random((32, 32)).astype(np.float32)
    moved = np.roll(values, sanity.SHIFT, (0, 1))
    pair = sanity.overlap(values, moved, 32)
    np.testing.assert_array_equal(*pair)
    assert pair[0].shape == (30, 30)
