import numpy as np
import pytest

from core.ensemble import agreement
from core.head import Box
from core.inference import Prediction
from core.preprocess import Geometry

WHOLE = Box(0, 0, 8, 8)


def prediction(cells, box=WHOLE):
    """A model whose evidence for glioma is `cells`, over the part `box` of an 8 x 8 scan."""
    maps = np.zeros((*np.shape(cells), 4), np.float32)
    maps[..., 0] = cells
    side = max(box.height, box.width)
    return Prediction(
        "toy", "", "", np.zeros(4, np.float32), np.full(4, 0.25, np.float32), maps,
        Geometry((8, 8), box, 0, 0, side, 8), False, 0.0,
    )  # fmt: skip


RAMP = np.arange(64.0).reshape(8, 8)


def test_the_same_order_agrees_and_the_opposite_disagrees():
    found = agreement([prediction(RAMP), prediction(RAMP**3), prediction(-RAMP)], "glioma")
    np.testing.assert_allclose(found, [[1, 1, -1], [1, 1, -1], [-1, -1, 1]], atol=1e-6)


def test_a_flat_map_agrees_with_none():
    found = agreement([prediction(RAMP), prediction(np.ones((8, 8)))], "glioma")
    assert found[0, 0] == pytest.approx(1) and np.isnan(found[0, 1])


def test_only_what_all_models_saw_is_compared():
    cropped = prediction(RAMP[2:6, 2:6], Box(2, 2, 6, 6))
    assert agreement([prediction(RAMP), cropped], "glioma")[0, 1] == pytest.approx(1)
