"""The point from which a tumour is ruled out: counted by hand, bounded, and honest in width."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.evaluate.figures.ruling_out import LEAST, TARGET, operating_point, reached_by
from core.labels import class_index
from core.manifest import RulingOut

FREE, ILL = class_index("notumor"), class_index("glioma")


def part(
    free: NDArray[np.float64], groups: NDArray[np.int64] | None = None, others: int = 100
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.str_]]:
    """Tumour-free pictures with these probabilities, and others, each a group of its own."""
    n = len(free) + others
    p = np.zeros((n, 4))
    p[:, FREE] = np.r_[free, np.full(others, 0.2)]
    p[:, ILL] = 1 - p[:, FREE]
    y = np.r_[np.full(len(free), FREE), np.full(others, ILL)]
    own = np.arange(len(free)) if groups is None else groups
    return p, y, np.array([f"F{g}" for g in own] + [f"T{i}" for i in range(others)])


def point(*arguments: NDArray[np.float64] | NDArray[np.int64], others: int = 100) -> RulingOut:
    found = operating_point(*part(*arguments, others=others))  # type: ignore[arg-type]
    assert found is not None
    return found


def test_ninety_seven_of_a_hundred_are_kept() -> None:
    free = np.linspace(0.601, 0.7, 100)  # 0.601, 0.602, ... 0.700
    found = point(np.random.default_rng(0).permutation(free))
    assert found.threshold == pytest.approx(0.604, abs=2e-6)  # three lie below
    assert (found.target, found.kept, found.images, found.groups) == (TARGET, 0.97, 100, 100)
    assert found.ci_low is not None and found.ci_high is not None
    assert 0.601 - 1e-6 <= found.ci_low < found.threshold < found.ci_high < 0.62


def test_never_under_a_half_nor_beyond_what_validation_can_tell() -> None:
    low = point(np.full(40, 0.3))
    assert (low.threshold, low.kept) == (LEAST, 0.0)
    sure = point(np.full(20, 0.99999), others=29)
    assert sure.threshold == pytest.approx(1 - 1 / 50, abs=1e-6)  # 49 groups
    assert sure.kept == 1 and sure.ci_high == sure.threshold
    many = point(np.full(20, 0.99999), others=979)
    assert many.threshold == pytest.approx(0.999, abs=1e-6)  # more cases, finer probabilities


def test_pictures_of_tumours_do_not_move_it() -> None:
    free = np.linspace(0.6, 0.9, 50)
    p, y, groups = part(free)
    before = operating_point(p, y, groups)
    p[y == ILL] = np.eye(4)[FREE]
    assert operating_point(p, y, groups) == before


def test_many_pictures_of_one_patient_are_worth_little() -> None:
    free = np.linspace(0.55, 0.95, 60)
    apart = point(free)
    together = point(free, np.repeat(np.arange(6), 10))
    assert together.threshold == apart.threshold and together.groups == 6
    assert apart.ci_low is not None and apart.ci_high is not None
    assert together.ci_low is not None and together.ci_high is not None
    assert together.ci_high - together.ci_low > 2 * (apart.ci_high - apart.ci_low)
    few = point(free, np.repeat(np.arange(3), 20))
    assert few.ci_low is None and few.ci_high is None


def test_without_tumour_free_pictures_there_is_no_point() -> None:
    assert operating_point(*part(np.empty(0))) is None


def test_resamples_are_counted_like_copies() -> None:
    rng = np.random.default_rng(1)
    values = rng.uniform(size=30).round(1)  # with ties
    weights = rng.integers(0, 4, (20, 30)).astype(float)
    for share in (0.5, 0.9, TARGET):
        for row, got in zip(weights, reached_by(values, weights, share), strict=True):
            copies = np.repeat(values, row.astype(int))
            ways = [v for v in copies if (copies >= v).mean() >= share]
            assert got == max(ways)
