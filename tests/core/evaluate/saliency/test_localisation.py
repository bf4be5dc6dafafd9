"""Heat against outlines, by hand, by what must hold, and against Quantus."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.cases import cases
from core.evaluate.saliency.localisation import energy, iou_at_area, lesion_mask, localise, pointing

GOLDEN = Path(__file__).with_name("golden") / "localisation.npz"
SQUARE = np.array([[0.25, 0.5], [0.75, 0.5], [0.75, 1], [0.25, 1]])  # x, y


def test_an_outline_is_filled_where_it_lies():
    mask = lesion_mask(SQUARE, (4, 8))
    assert mask.tolist() == [[False] * 8] * 2 + [[False] * 2 + [True] * 4 + [False] * 2] * 2


def test_an_outline_between_pixel_centres_is_one_pixel():
    mask = lesion_mask(np.array([[0.5, 0.5], [0.51, 0.5], [0.5, 0.51]]), (8, 8))
    assert np.argwhere(mask).tolist() == [[4, 4]]


def test_areas_are_those_of_the_outlines():
    """Shoelace formula against counted pixels, over all outlines."""
    for case in list(cases().values())[::20]:
        if case.lesion is not None:
            x, y = case.lesion.T
            area = abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2
            assert lesion_mask(case.lesion, (512, 512)).mean() == pytest.approx(area, rel=0.02)


def test_pointing_forgives_three_percent():
    lesion = np.zeros((20, 40), bool)
    lesion[10, 10] = True
    for column, expected in ((10, 1), (11, 1), (12, 0)):  # 1.2 pixels are forgiven
        heat = np.zeros((20, 40), np.float32)
        heat[10, column] = 2
        assert pointing(heat, lesion) == expected


def test_several_peaks_count_by_their_share():
    lesion = np.array([[True, False, False, False]])
    assert pointing(np.array([[1, 0, 0, 1]], np.float32), lesion) == 0.5


def test_energy_and_overlap_by_hand():
    lesion = np.array([[1, 1, 0], [1, 1, 0]], bool)
    heat = np.array([[4, 3, 2], [0, 0, 1]], np.float32)
    assert energy(heat, lesion) == pytest.approx(0.7)
    assert iou_at_area(heat, lesion) == 2 / 6  # hottest four: 4, 3, 2, 1


def test_a_perfect_map_scores_one():
    lesion = lesion_mask(SQUARE, (32, 32))
    found = localise(lesion.astype(np.float32), SQUARE)
    assert (found.pointing, found.energy, found.iou) == (1, 1, 1)


def test_an_empty_map_scores_zero():
    found = localise(np.zeros((32, 32), np.float32), SQUARE)
    assert (found.pointing, found.energy, found.iou) == (0, 0, 0)


def test_a_random_map_scores_the_share_of_the_area():
    lesion = lesion_mask(SQUARE, (16, 16))  # a quarter
    heats = np.random.default_rng(0).random((400, 16, 16)).astype(np.float32)
    assert np.mean([energy(h, lesion) for h in heats]) == pytest.approx(0.25, abs=0.01)
    assert np.mean([pointing(h, lesion, 0) for h in heats]) == pytest.approx(0.25, abs=0.065)
    assert np.mean([iou_at_area(h, lesion) for h in heats]) == pytest.approx(1 / 7, abs=0.02)


def test_a_mirrored_scan_scores_the_same():
    draw = np.random.default_rng(3)
    heat = draw.random((30, 30)).astype(np.float32)
    outline = np.array([[0.11, 0.2], [0.52, 0.33], [0.41, 0.77]])
    mirrored = outline * [-1, 1] + [1, 0]
    plain, other = localise(heat, outline), localise(heat[:, ::-1].copy(), mirrored)
    assert plain.energy == pytest.approx(other.energy)
    assert (plain.pointing, plain.iou) == (other.pointing, pytest.approx(other.iou))


def test_the_scale_of_the_heat_does_not_matter():
    heat = np.random.default_rng(3).random((30, 30)).astype(np.float32)
    once, twice = localise(heat, SQUARE), localise(heat * 2, SQUARE)
    assert once.energy == pytest.approx(twice.energy, rel=1e-6)
    assert (once.pointing, once.iou) == (twice.pointing, twice.iou)


def test_scores_agree_with_quantus():
    with np.load(GOLDEN) as golden:
        heats, masks, scores = golden["heats"], golden["masks"], golden["scores"]
    for heat, mask, (hit, mass, rank) in zip(heats, masks, scores, strict=True):
        assert pointing(heat, mask, tolerance=0) == hit
        assert energy(heat, mask) == pytest.approx(mass, rel=1e-5)
        assert iou_at_area(heat, mask) == pytest.approx(rank / (2 - rank))  # of equal areas
    assert set(scores[:, 0]) == {0, 1}
