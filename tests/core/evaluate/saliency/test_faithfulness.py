"""Deletion, insertion, average drop and MuFidelity, by hand and against Quantus."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.evaluate.saliency import faithfulness as faith
from core.evaluate.saliency.mu_fidelity import Subsets, mu_fidelity, subsets
from core.explain import Network
from tests.core.explain import toys
from tests.lazy import Lazy

keras = Lazy("keras")

GOLDEN = Path(__file__).with_name("golden") / "faithfulness.npz"


def quarters(size: int, kernel: np.ndarray, bias: np.ndarray) -> Network:
    """The network of make_golden.py: mean grey of each quarter, then a linear head."""
    inputs = keras.Input((size, size, 3))
    pooled = keras.layers.AveragePooling2D(size // 2, name="quarters")(inputs)
    head = keras.layers.Dense(4, name="logits")
    model = keras.Model(inputs, head(keras.layers.Flatten()(pooled)))
    head.set_weights([np.repeat(kernel / 3, 3, axis=0), bias])
    return Network(model, "quarters", "tf")


@pytest.fixture(scope="module")
def golden():
    with np.load(GOLDEN) as stored:
        return dict(stored)


@pytest.fixture(scope="module")
def indifferent():
    """A network that gives the same answer to everything."""
    return quarters(8, np.zeros((4, 4), np.float32), np.arange(4, dtype=np.float32))


def test_areas_are_trapezoids():
    shares = np.array([0, 0.5, 1])
    curves = faith.Curves(shares, np.array([1, 0.5, 0]), np.array([0, 1, 1]))
    assert curves.deletion_auc == 0.5
    assert curves.insertion_auc == 0.75


def test_pixels_are_ranked_from_the_highest_and_negative_ones_come_last():
    assert faith.ranking(np.array([[3, -1], [2, 0]], np.float32)).tolist() == [0, 2, 3, 1]


def test_equal_pixels_are_not_taken_in_reading_order():
    order = faith.ranking(np.zeros((8, 8), np.float32))
    assert sorted(order) == list(range(64))
    assert order.tolist() != list(range(64))
    assert 16 < order[:32].mean() < 48  # from everywhere


def test_stages_go_from_one_picture_to_the_other():
    start, image = np.zeros((2, 2, 3), np.float32), np.ones((2, 2, 3), np.float32)
    found = faith.stages(image, start, np.array([2, 0, 3, 1]), 4)[..., 0]
    expected = [[[0, 0], [0, 0]], [[0, 0], [1, 0]], [[1, 0], [1, 0]], [[1, 0], [1, 1]]]
    assert found.tolist() == [*expected, [[1, 1], [1, 1]]]


def test_deletion_by_hand():
    """Sums of both feature maps as the pixels 1, 0.5, 0.25 and 0 turn black."""
    a0, a1 = np.array([1.75, 0.75, 0.25, 0, 0]), np.array([0.75, 1.25, 1.75, 2, 2])
    logits = np.stack([a0 - 2 * a1, a1, a0 / 2, -a0], 1)
    expected = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    for target in range(4):
        found = faith.curves(toys.pooled(), toys.SCAN[0], toys.GREY, target, steps=4)
        np.testing.assert_allclose(found.deletion, expected[:, target], atol=1e-6)
        assert found.shares.tolist() == [0, 0.25, 0.5, 0.75, 1]
        assert found.insertion[-1] == pytest.approx(expected[0, target])


def test_a_network_that_looks_at_nothing_gives_flat_curves(indifferent):
    image = toys.scans(8, 1)[0]
    curves = faith.curves(indifferent, image, image[..., 0], 3)
    share = float(np.exp(3) / np.exp(np.arange(4)).sum())
    np.testing.assert_allclose(curves.deletion, share, rtol=1e-6)
    np.testing.assert_allclose(curves.insertion, share, rtol=1e-6)
    assert curves.deletion_auc == pytest.approx(share)
    assert np.isnan(mu_fidelity(image[..., 0], subsets(indifferent, image, 3), 8))


def test_deletion_and_insertion_agree_with_quantus(golden):
    network = quarters(16, golden["kernel"], golden["bias"])
    image = np.repeat(golden["grey"][..., None] * 2 - 1, 3, -1)
    found = faith.curves(network, image, golden["values"], 2, steps=8)
    np.testing.assert_allclose(found.deletion[1:], golden["deletion"], atol=1e-5)
    np.testing.assert_allclose(found.insertion[1:], golden["insertion"], atol=1e-5)
    assert np.ptp(golden["deletion"]) > 0.01  # there was something to agree on


def test_mu_fidelity_agrees_with_quantus(golden):
    asked = Subsets(golden["hidden"], golden["falls"].astype(float))
    found = mu_fidelity(golden["values"][:8, :8].copy(), asked, 8)
    assert found == pytest.approx(float(golden["mu_fidelity"]), abs=1e-6)


def test_what_the_score_loses_agrees_with_quantus(golden):
    """The falls of the golden subsets follow from the network, as `subsets` has them."""
    network = quarters(8, golden["kernel"], golden["bias"])
    grey = golden["grey"][:8, :8] * 2 - 1
    image = np.repeat(grey[..., None], 3, -1)
    black = np.where(golden["hidden"][..., None], np.float32(-1), image)
    falls = network.logits(image[None])[0, 2] - network.logits(black)[:, 2]
    np.testing.assert_allclose(falls, golden["falls"], atol=1e-5)
    ours = subsets(network, image, 2)
    again = np.where(ours.hidden[..., None], np.float32(-1), image)
    expected = network.logits(image[None])[0, 2] - network.logits(again)[:, 2]
    np.testing.assert_allclose(ours.falls, expected, atol=1e-6)
    assert (ours.hidden.sum((1, 2)) == 13).all()


def test_mu_fidelity_of_the_truth_and_of_its_opposite(golden):
    network = quarters(16, golden["kernel"], golden["bias"])
    image = np.repeat(golden["grey"][..., None] * 2 - 1, 3, -1)
    weights = golden["kernel"][:, 2].reshape(2, 2).repeat(8, 0).repeat(8, 1)
    truth = (weights * golden["grey"]).astype(np.float32)  # what each pixel adds to the logit
    asked = subsets(network, image, 2)
    assert mu_fidelity(truth, asked, 16) > 0.999
    assert mu_fidelity(-truth, asked, 16) < -0.999
    assert np.isnan(mu_fidelity(np.ones((4, 4), np.float32), asked, 16))


def test_drop_and_increase_by_hand():
    assert faith.drop_and_increase(0.8, 0.2) == (pytest.approx(0.75), 0.0)
    assert faith.drop_and_increase(0.5, 0.6) == (0.0, 1.0)


def test_a_scan_is_seen_through_the_positive_part_of_its_map():
    seen = faith.through_map(toys.pooled(), toys.SCAN[0], np.array([[-3, 1], [2, 4]], np.float32))
    np.testing.assert_allclose((seen[..., 0] + 1) / 2, toys.GREY * [[0, 0.25], [0.5, 1]])


def test_an_empty_map_shows_nothing():
    seen = faith.through_map(toys.pooled(), toys.SCAN[0], np.zeros((2, 2), np.float32))
    assert (seen == -1).all()
