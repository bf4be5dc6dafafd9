"""Pictures to take away: their size, and the legend under them."""

import numpy as np
import pytest

from core.reports.picture import LEAST, enlarged, with_legend


@pytest.mark.parametrize(
    ("shape", "size"),
    [((256, 128), (LEAST, 512)), ((30, 40), (768, LEAST)), ((1500, 900), (1500, 900))],
)
def test_a_small_scan_is_enlarged_and_a_large_one_keeps_its_size(shape, size):
    rgb = np.full((*shape, 3), 90, np.uint8)
    assert enlarged(rgb).shape == (*size, 3)
    assert (enlarged(rgb) == 90).all()


@pytest.mark.parametrize("line", ["Grad-CAM of meningioma " * 9, "脑膜瘤的热图" * 30])
def test_a_legend_stands_under_the_picture_and_inside_its_width(line):
    rgb = np.random.default_rng(0).integers(0, 255, (400, 600, 3), np.uint8)
    short = with_legend(rgb, ["Grad-CAM"])
    long = with_legend(rgb, ["Grad-CAM", line], ("viridis", "none", "most"))
    assert (long[:400] == rgb).all() and short.shape[1] == long.shape[1] == 600
    assert len(long) > len(short) > 400
    below = long[400:]
    assert (below < 128).any()  # something is written
    assert (below[:, :5] == 255).all() and (below[:, -5:] == 255).all()
