"""Every corruption keeps the contract; a few are held to what their physics say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.corruptions import CORRUPTIONS, SEVERITIES, Change, Region, altered, corrupt
from tests.core.toys import toy_scan

each = pytest.mark.parametrize("name", CORRUPTIONS)
scans = st.builds(toy_scan, st.integers(20, 70), st.integers(20, 70), st.integers(0, 9))
SCAN = toy_scan()


@each
@settings(max_examples=15, deadline=None)
@example(scan=SCAN, strength=5e-324, seed=0)
@given(scan=scans, strength=st.floats(0, 1), seed=st.integers(0, 2**32))
def test_any_scan_at_any_strength(name, scan, strength, seed):
    before = scan.pixels.copy()
    spoilt = corrupt(scan.pixels, Change(name, strength, seed))
    assert spoilt.shape == scan.shape and spoilt.dtype == np.float32
    assert np.isfinite(spoilt).all() and spoilt.min() >= 0 and spoilt.max() <= 1
    assert np.array_equal(spoilt, corrupt(scan.pixels, Change(name, strength, seed)))
    assert np.array_equal(scan.pixels, before)


@each
def test_nothing_at_strength_0_and_little_at_little(name):
    assert np.array_equal(corrupt(SCAN.pixels, Change(name, 0.0)), SCAN.pixels)
    assert altered(SCAN, Change(name, 0.0)) is SCAN
    little, much = (
        np.abs(corrupt(SCAN.pixels, Change(name, s)) - SCAN.pixels).mean() for s in (0.05, 1.0)
    )
    assert little < much / 2
    assert much > 0.01


@each
def test_only_seeded_ones_heed_the_seed(name):
    one, other = (corrupt(SCAN.pixels, Change(name, 1.0, seed)) for seed in (0, 1))
    several = [corrupt(SCAN.pixels, Change(name, 1.0, seed)) for seed in range(6)]
    assert CORRUPTIONS[name].seeded == any(not np.array_equal(one, s) for s in several)
    assert np.array_equal(one, several[0]) and np.array_equal(other, several[1])


@each
def test_an_altered_scan_is_another(name):
    changes = [
        Change(name, 0.5), Change(name, 1.0), Change(name, 0.5, 1),
        Change(name, 0.5, 0, Region(0.1, 0.1, 0.2, 0.2)),
    ]  # fmt: skip
    images = [altered(SCAN, change) for change in changes]
    assert len({image.sha256 for image in (SCAN, *images)}) == 5
    assert images[0].sha256 == altered(SCAN, changes[0]).sha256


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_a_strength_outside_0_to_1_is_refused(strength):
    with pytest.raises(ValueError, match="Invalid strength"):
        corrupt(SCAN.pixels, Change("blur", strength))


def test_an_unknown_corruption_is_refused():
    with pytest.raises(ValueError, match="Expected one of brightness"):
        corrupt(SCAN.pixels, Change("magic", 0.5))


def test_the_severities_are_five():
    assert len(SEVERITIES) == 5 and SEVERITIES[-1] == 1.0


def test_noise_in_air_is_rayleigh():
    """The magnitude of complex noise alone has the mean sigma sqrt(pi / 2)."""
    air = np.zeros((200, 200), np.float32)
    sigma = CORRUPTIONS["noise"].at(0.5) / 100
    spoilt = corrupt(air, Change("noise", 0.5))
    assert spoilt.mean() == pytest.approx(sigma * np.sqrt(np.pi / 2), rel=0.02)


def test_brightening_leaves_air_black():
    spoilt = corrupt(SCAN.pixels, Change("brightness", 0.2))
    assert not spoilt[SCAN.pixels == 0].any()
    inside = (SCAN.pixels > 0) & (SCAN.pixels < 0.5)
    assert spoilt[inside] == pytest.approx(SCAN.pixels[inside] * 1.3)


def test_the_bias_field_stays_within_its_bound():
    grey = np.full((90, 70), 0.2, np.float32)
    most = CORRUPTIONS["bias-field"].at(0.5)
    ratio = corrupt(grey, Change("bias-field", 0.5)) / grey
    assert ratio.max() <= most * 1.001 and ratio.min() >= 1 / most / 1.001
    assert max(ratio.max(), 1 / ratio.min()) == pytest.approx(most, rel=1e-3)


def test_motion_only_moves_signal():
    """A displacement is a phase: no line of k-space gains or loses energy."""
    spoilt = corrupt(SCAN.pixels, Change("motion", 0.2))
    assert (spoilt**2).sum() == pytest.approx((SCAN.pixels**2).sum(), rel=0.05)


def test_a_box_covers_what_was_drawn():
    white = np.ones((40, 60), np.float32)
    box = Region(0.5, 0.25, 0.25, 0.5)
    whole = corrupt(white, Change("occlusion", 1.0, box=box))
    assert not whole[10:30, 30:45].any()
    assert (whole == 0).sum() == 20 * 15
    half = corrupt(white, Change("occlusion", 0.5, box=box))
    assert (half == 0).sum() == pytest.approx(10 * 7.5, abs=5)
    assert not whole[half == 0].any()


def test_the_watermark_lies_on_an_edge():
    black = np.zeros((200, 300), np.float32)
    for seed in range(3):
        rows = np.nonzero(corrupt(black, Change("watermark", 1.0, seed)).any(axis=1))[0]
        assert rows.max() < 20 or rows.min() >= 180
