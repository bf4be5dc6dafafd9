"""What a map takes while it is drawn: few pictures at once, and no second copy of the weights."""

from __future__ import annotations

import numpy as np
import pytest

from core.explain import Network, saliency
from core.explain.network import pictures
from tests.core.explain import toys
from tests.lazy import Lazy

tf = Lazy("tensorflow")


@pytest.mark.parametrize(
    ("size", "memory", "together"),
    [
        (224, 2 * 10**9, 1),  # gradients of one picture take about 100 MB
        (224, 8 * 10**9, 4),
        (224, 10**12, 5),  # more at once is not faster
        (128, 10**12, 16),
        (224, 10**8, 1),
    ],
)
def test_fewer_pictures_at_once_where_there_is_less_memory(size, memory, together):
    assert pictures(size, memory) == together


@pytest.mark.parametrize("method", ["occlusion", "rise", "lime"])
def test_what_only_asks_for_answers_never_loads_the_network(method):
    asked = []

    def model():
        raise AssertionError("the network was loaded")

    def forward(x):
        asked.append(len(x))
        light = x.mean((1, 2, 3))
        return np.stack([light, -light, 0 * light, light**2], -1).astype(np.float32)

    network = Network(model, "late", "tf", batch=3, size=32, forward=forward)
    found = saliency(network, toys.scans(32, 1), method, 0, samples=7)
    assert found.max() > found.min()
    assert max(asked) == 3


def test_masks_are_enlarged_as_tensorflow_does():
    seen = []
    network = Network(
        lambda: None, "late", "tf", size=30, forward=lambda x: seen.append(x) or x[:, 0, 0]
    )
    image = toys.scans(30, 1)[0]
    masks = np.random.default_rng(0).random((2, 7, 5), np.float32)
    network.masked_logits(image, masks)
    shown = tf.image.resize(masks[..., None], (30, 30)).numpy()
    np.testing.assert_allclose(seen[0], network.black + shown * (image - network.black), atol=1e-6)


def test_compiled_functions_hold_no_weights_of_their_own():
    """A copy as constants takes ten times their size while it is made."""
    network = toys.small()
    x, weights = toys.scans(32, 1), np.eye(4, dtype=np.float32)[:1]
    before = network.logits(x), network.gradients(x, weights), network.features("late", x, weights)
    for layer in network.model.layers:
        layer.set_weights([2 * w for w in layer.get_weights()])
    after = network.logits(x), network.gradients(x, weights), network.features("late", x, weights)
    for old, new in zip((*before[:2], *before[2]), (*after[:2], *after[2]), strict=True):
        assert np.abs(old - new).max() > 0.1 * np.abs(old).max()
