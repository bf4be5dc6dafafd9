"""Counterfactual pictures: what is in them, by hand, and what is never moved."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.labels import CLASS_NAMES
from core.training import counterfactual
from core.training.counterfactual import make, mirrored_halves, transplant
from core.training.kinds import KINDS
from core.training.pictures import Pictures

SIDE = 64
GLIOMA, _, NO_TUMOUR, PITUITARY = (CLASS_NAMES.index(n) for n in CLASS_NAMES)


def head(level: float) -> NDArray[np.float32]:
    """A textured disc on black."""
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    texture = 0.05 * np.sin(x / 2) * np.cos(y / 3)
    return np.where(np.hypot(x, y) < 29, level + texture, 0).astype(np.float32)


def lesion(left: int) -> NDArray[np.float32]:
    mask = np.zeros((SIDE, SIDE), np.float32)
    mask[28:36, left : left + 8] = 1
    return mask


def training_pictures() -> Pictures:
    """A glioma, a pituitary tumour and a scan without; all axial."""
    mask = lesion(44)
    ill = np.where(mask > 0, 0.95, head(0.5))
    scans = np.stack([ill, ill, head(0.3)])
    masks = np.stack([mask, mask, mask * 0])[:, ::4, ::4]
    return Pictures(
        np.round(scans * 255).astype(np.uint8),
        np.round(masks * 255).astype(np.uint8),
        np.array([True, True, False]),
        np.array([GLIOMA, PITUITARY, NO_TUMOUR]),
        np.array(["a", "b", "c"]),
        np.full(3, "axial"),
        np.full(3, "real"),
    )


@pytest.mark.parametrize("left", [8, 44])
def test_halves_are_symmetric_and_only_one_shows_the_lesion(left: int) -> None:
    mask = lesion(left)
    scan = np.where(mask > 0, 0.95, head(0.5)).astype(np.float32)
    halves = mirrored_halves(scan, mask)
    assert halves is not None
    healthy, ill, both = halves
    for picture in halves:
        np.testing.assert_array_equal(picture, picture[:, ::-1])
    assert healthy.max() < 0.6 and ill.max() == pytest.approx(0.95)
    assert both.sum() == 2 * mask.sum()
    assert (ill[both > 0] > 0.9).all()


@pytest.mark.parametrize("left", [24, 28, 34])
def test_a_lesion_near_the_middle_has_no_healthy_half(left: int) -> None:
    assert mirrored_halves(head(0.5), lesion(left)) is None
    assert mirrored_halves(head(0.5), lesion(8) * 0) is None


def test_a_lesion_is_put_where_it_was_and_the_rest_is_the_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(counterfactual, "_DARKER", 0.0)
    mask, host = lesion(40), head(0.3)
    donor = np.where(mask > 0, 0.95, head(0.5)).astype(np.float32)
    pasted = transplant(donor, mask, host, np.random.default_rng(0))
    control = transplant(donor, mask, host, np.random.default_rng(0), opposite=True)
    assert pasted is not None and control is not None
    far = np.ones((SIDE, SIDE), bool)
    far[10:54, 22:] = False
    for picture in (pasted, control):
        np.testing.assert_allclose(picture[far], host[far], atol=1e-3)
    inside = mask > 0
    assert pasted[inside].mean() > host[inside].mean() + 0.2
    assert abs(control[inside].mean() - host[inside].mean()) < 0.1


def test_outside_the_hosts_head_nothing_is_put() -> None:
    mask = lesion(56)
    donor = np.where(mask > 0, 0.95, head(0.5)).astype(np.float32)
    assert transplant(donor, mask, head(0.3), np.random.default_rng(0)) is None


def test_kinds_classes_and_masks() -> None:
    made = make(training_pictures(), KINDS, seed=0)
    assert set(made.kind) == set(KINDS)
    healthy = np.isin(made.kind, ["mirror-healthy", "paste-healthy"])
    assert (made.y[healthy] == NO_TUMOUR).all() and (made.y[~healthy] == GLIOMA).all()
    assert not made.masks[healthy].any() and made.masks[~healthy].any((1, 2)).all()
    assert (made.outlined == ~healthy).all()


def test_a_pituitary_tumour_is_never_moved() -> None:
    """Of the three pictures one alone can be a donor; its class is the only tumour class."""
    made = make(training_pictures(), KINDS, seed=0)
    assert PITUITARY not in made.y
    without = training_pictures()
    without.y[0] = PITUITARY
    assert len(make(without, KINDS, seed=0)) == 0


def test_only_what_was_asked_for_and_always_the_same() -> None:
    one, again = (make(training_pictures(), ("mirror-ill",), seed=0) for _ in range(2))
    assert set(one.kind) == {"mirror-ill"}
    np.testing.assert_array_equal(one.squares, again.squares)
    assert len(make(training_pictures(), (), seed=0)) == 0
    assert make(training_pictures(), (), seed=0).squares.shape == (0, SIDE, SIDE)
