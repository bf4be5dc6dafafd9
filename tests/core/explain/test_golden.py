"""Maps worked out by hand, and slow loops that do what a method says."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from core.explain import METHODS, saliency
from core.explain.eigencam import principal
from core.explain.occlusion import corners
from core.explain.rise import mask
from tests.core.explain import toys
from tests.core.explain.toys import A0, A1, SCAN

POOLED = {  # class 0 behind average pooling: the gradient is 1 on A0 and -2 on A1, everywhere
    "gradcam": A0 - 2 * A1,
    "hirescam": A0 - 2 * A1,
    "xgradcam": A0 - 2 * A1,
    "layercam": A0,
    "gradcam-plus-plus": A0,
    "gradient": [[1, 1.5], [0.5, 0.5]],
    "gradient-input": [[0, 0.75], [0.5, 1]],
    "guided-backprop": [[0, 0.5], [0.5, 0.5]],
    "integrated-gradients": [[0, 0.75], [1.5, 2]],
    "occlusion": [[0, 0.75], [1.5, 2]],  # the network is additive, so both agree
}
FLAT = {  # class 0 behind a head that weighs each cell: the gradients are G0 and G1
    "gradcam": 0.5 * A0 + 1.75 * A1,
    "hirescam": [[1.5, 0.5], [-0.5, 0]],
    "xgradcam": 2 * A1,
    "layercam": [[1.5, 0.5], [0, 0]],
    "gradcam-plus-plus": 52 / 367 * A0 + 55 / 24 * A1,
}


@pytest.fixture(scope="module")
def pooled():
    return toys.pooled()


@pytest.mark.parametrize("name", POOLED)
def test_behind_average_pooling(name, pooled):
    np.testing.assert_allclose(saliency(pooled, SCAN, name, 0)[0], POOLED[name], atol=1e-6)


@pytest.mark.parametrize("name", FLAT)
def test_behind_a_flat_head(name):
    np.testing.assert_allclose(saliency(toys.flat(), SCAN, name, 0)[0], FLAT[name], rtol=1e-5)


def test_contrast_is_the_difference_of_the_logits(pooled):
    found = saliency(pooled, SCAN, "gradcam", "glioma", versus="meningioma")[0]
    np.testing.assert_allclose(found, A0 - 3 * A1, atol=1e-6)


def test_score_cam_against_a_loop(small):
    x = toys.scans(32, 1)
    maps = small.features("late", x, np.eye(4, dtype=np.float32)[:1])[0][0]
    expected = np.zeros((8, 8))
    for k in range(maps.shape[-1]):
        cells = maps[..., k]
        if np.ptp(cells) == 0:
            continue
        seen = cv2.resize((cells - cells.min()) / np.ptp(cells), (32, 32))
        logits = small.model((seen[..., None] * (x[0] + 1) - 1)[None]).numpy()[0]
        expected += np.exp(logits[1]) / np.exp(logits).sum() * cells
    found = saliency(small, x, "scorecam", 1)[0]
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_integrated_gradients_are_complete(small):
    """Axiom: the map sums to what the score gained since the baseline."""
    x = toys.scans(32, 2)
    logits = small.model(np.concatenate([x, np.full_like(x[:1], -1)])).numpy()
    gain = logits[:2] - logits[2]
    for c in range(4):
        sums = saliency(small, x, "integrated-gradients", c, samples=256).sum((1, 2))
        np.testing.assert_allclose(sums, gain[:, c], atol=2e-3 * np.abs(gain).max())


def test_occlusion_against_a_loop(small):
    x = toys.scans(32, 1)
    places = [(top, left) for top in range(0, 29, 2) for left in range(0, 29, 2)]
    copies = np.repeat(x, len(places), 0)
    for copy, (top, left) in zip(copies, places, strict=True):
        copy[top : top + 4, left : left + 4] = -1
    falls = small.model(x).numpy()[0, 3] - small.model(copies).numpy()[:, 3]
    total, count = np.zeros((2, 32, 32))
    for fall, (top, left) in zip(falls, places, strict=True):
        total[top : top + 4, left : left + 4] += fall
        count[top : top + 4, left : left + 4] += 1
    found, expected = saliency(small, x, "occlusion", 3)[0], total / count
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


def test_rise_against_a_loop(small):
    """In batches of 4, which 30 masks do not fill."""
    x = toys.scans(32, 1)
    masks = np.stack([mask(32, 5, i) for i in range(30)])
    seen = masks[..., None] * (x + 1) - 1
    scores = small.model(seen).numpy()[:, 2]
    expected = np.mean((scores - scores.mean())[:, None, None] * masks, 0) / 0.5
    found = saliency(small, x, "rise", 2, seed=5, samples=30)[0]
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


def test_rise_masks_show_half():
    shown = np.mean([mask(64, 0, i) for i in range(400)], 0)
    assert abs(shown.mean() - 0.5) < 0.01
    assert np.abs(shown - 0.5).max() < 0.1


@pytest.mark.parametrize(("size", "patch"), [(32, 4), (30, 4), (299, 37), (2, 1)])
def test_patches_cover_the_square(size, patch):
    seen = np.zeros((size, size), int)
    for top, left in corners(size, patch):
        seen[top : top + patch, left : left + patch] += 1
    assert seen.min() >= 1


@pytest.mark.parametrize("shape", [(4, 4, 20), (6, 5, 3)])
def test_principal_component(shape):
    """Both routes (few cells, few channels) give the singular vector of the whole."""
    maps = np.random.default_rng(0).uniform(0, 1, shape).astype(np.float32)
    u, s, _ = np.linalg.svd(maps.reshape(-1, shape[-1]), full_matrices=False)
    expected = np.abs(s[0] * u[:, 0]).reshape(shape[:2])  # positive maps: one sign throughout
    np.testing.assert_allclose(principal(maps), expected, rtol=1e-5)


def test_guided_copy_answers_alike_and_leaves_the_model_alone(small):
    from core.explain.guided import guided

    x, before = toys.scans(32, 2), small.model.get_weights()
    np.testing.assert_allclose(guided(small.model)(x), small.model(x), rtol=1e-6)
    for now, then in zip(small.model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_controls():
    network, x = toys.small(), toys.scans(32, 2)
    blob = saliency(network, x, "centre-blob", 0)[0]
    np.testing.assert_allclose(blob, blob[::-1, ::-1], rtol=1e-6)
    assert blob.argmax() in (15 * 32 + 15, 15 * 32 + 16, 16 * 32 + 15, 16 * 32 + 16)
    step = np.full((1, 32, 32, 3), -1, np.float32)
    step[:, :, 16:] = 1
    edges = saliency(network, step, "edge-detector", 0)[0]
    assert set(np.nonzero(edges)[1]) == {15, 16}
    noise = saliency(network, x, "random", 0)
    assert np.abs(noise[0] - noise[1]).max() > 0.5  # another scan, another noise
    assert {m.name for m in METHODS.values() if m.family == "control"} == {
        "centre-blob", "edge-detector", "random",
    }  # fmt: skip
