"""One epoch: one copy of each picture, always the same for one seed, weighted by class."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.training.batches import Batches, class_weights, lesion_cells
from core.training.pictures import Pictures

from .toys import pictures, recipe

GROUPS, COPIES, SIZE = 10, 3, 32
CELLS = 2, 2


@pytest.fixture
def real() -> Pictures:
    """Three copies of each of ten pictures; the copies of one picture are of one class."""
    which = np.repeat(np.arange(GROUPS), COPIES)
    return pictures(which % 4, np.array([f"F{p}" for p in which]), side=SIZE)


NONE = pictures(np.zeros(0, int), np.zeros(0, "U1"), side=SIZE)


def epoch(real: Pictures, epoch: int = 0, made: Pictures = NONE, **changes: Any) -> Batches:
    chosen = recipe(**{"batch": 3, **changes})
    return Batches(real, made, chosen, epoch, CELLS, chosen.input_scaling)


def test_one_copy_of_each_picture(real: Pictures) -> None:
    chosen = epoch(real).indices
    assert sorted(real.picture[chosen]) == sorted(set(real.picture))


def test_a_last_part_of_a_batch_is_dropped(real: Pictures) -> None:
    assert [len(epoch(real, batch=b)) for b in (1, 3, 5, 10, 11)] == [10, 3, 2, 1, 0]


def test_the_copy_changes_between_epochs(real: Pictures) -> None:
    drawn = [set(epoch(real, e).indices) for e in range(30)]
    assert drawn[0] != drawn[1]
    assert set.union(*drawn) == set(range(len(real)))  # in time every copy is seen


def test_order_changes_between_epochs_and_seeds(real: Pictures) -> None:
    orders = [
        real.picture[epoch(real, e, seed=s).indices].tolist() for e, s in ((0, 0), (1, 0), (0, 1))
    ]
    assert orders[0] != orders[1] and orders[0] != orders[2]


def test_seed_and_epoch_fix_everything(real: Pictures) -> None:
    """Asked for in any order, so that a run can be taken up at any epoch."""
    made = pictures(np.array([2, 0]), np.array(["a", "b"]), side=SIZE, kind="paste-ill")
    first, again = (epoch(real, 4, made, counterfactual=0.34) for _ in range(2))
    forwards = [first[i] for i in range(3)]
    backwards = [again[i] for i in (2, 1, 0)][::-1]
    for (x, y, w), (x2, y2, w2) in zip(forwards, backwards, strict=True):
        np.testing.assert_array_equal(x, x2)
        for one, other in ((y, y2), (w, w2)):
            for key in one:
                np.testing.assert_array_equal(one[key], other[key])


def test_epochs_and_batches_are_augmented_differently(real: Pictures) -> None:
    real.squares[:] = real.squares[0]
    inputs = [epoch(real, e)[i][0] for e in (0, 1) for i in (0, 1)]
    for i, one in enumerate(inputs):
        assert all(np.abs(one - other).max() > 0.01 for other in inputs[:i])


def test_shapes_types_and_range(real: Pictures) -> None:
    batches = epoch(real)
    x, targets, weights = batches[1]
    assert x.shape == (3, SIZE, SIZE, 3) and targets["answer"].shape == (3, 4)
    assert targets["cells"].shape == (3, 4, 4)
    arrays = [x, *targets.values(), *weights.values()]
    assert {a.dtype for a in arrays} == {np.dtype(np.float32)}
    assert x.min() >= -1 and x.max() <= 1  # "tf" scaling of [0, 1]
    labels = real.y[batches.indices[3:6]]
    np.testing.assert_array_equal(targets["answer"], np.eye(4)[labels])
    np.testing.assert_array_equal(weights["answer"], batches.weights[labels])
    assert (weights["cells"] == 1).all()


def test_without_augmentation_the_pictures_themselves(real: Pictures) -> None:
    batches = epoch(real, augmentation=0.0)
    expected = real.squares[batches.indices[:3], ..., None] / 255 * 2 - 1
    np.testing.assert_allclose(batches[0][0], np.repeat(expected, 3, -1), atol=1e-5)


def test_counterfactual_pictures_have_their_share(real: Pictures) -> None:
    made = pictures(np.array([2, 0]), np.array(["a", "b"]), side=SIZE, kind="paste-ill")
    made.squares[:] = 255
    batches = epoch(real, 0, made, batch=4, counterfactual=0.5, augmentation=0.0, class_weight=1.0)
    assert len(batches) == GROUPS // 2
    for i in range(len(batches)):
        x, targets, weights = batches[i]
        assert (x[2:] == 1).all() and not (x[:2] == 1).all()
        assert set(targets["answer"][2:].argmax(1)) <= {0, 2}
        assert (weights["answer"][2:] == 1).all()
    assert len(epoch(real, 0, NONE, batch=4, counterfactual=0.5)) == GROUPS // 4  # none were made


def test_the_lesion_lies_in_the_cells_it_is_drawn_in(real: Pictures) -> None:
    """Only for pictures with an outline; after augmentation the mask has moved along."""
    real.masks[:] = 0
    real.masks[:, :4, 4:] = 255  # upper right quarter
    real.outlined[:] = real.y == 0
    batches = epoch(real, augmentation=0.0)
    seen = 0
    for i in range(len(batches)):
        _, targets, _ = batches[i]
        for answer, cells in zip(targets["answer"], targets["cells"], strict=True):
            expected = np.zeros((4, 4))
            if answer.argmax() == 0:
                expected[1, 0] = 1
                seen += 1
            np.testing.assert_array_equal(cells, expected)
    assert seen


def test_lesion_cells_by_hand() -> None:
    mask = np.zeros((4, 4), np.float32)
    mask[0, :] = 1  # four of the mask's pixels, two in each upper cell
    np.testing.assert_allclose(lesion_cells(mask, (2, 2), 3)[:, 3], [0.5, 0.5, 0, 0])
    assert not lesion_cells(mask * 0.01, (2, 2), 3).any()  # hardly in the frame any more


@pytest.mark.parametrize(
    ("model", "init", "scaling", "low", "high"),
    [
        ("vgg16", "random", None, -1, 1),
        ("vgg16", "imagenet", None, -123.68, 151.061),
        ("vgg16", "file", "tf", -1, 1),
        ("densenet121", "file", None, -0.485 / 0.229, 0.594 / 0.225),
    ],
)
def test_scaling_follows_the_weights(
    real: Pictures, model: str, init: str, scaling: str | None, low: float, high: float
) -> None:
    real.squares[:] = 0
    real.squares[:, :, SIZE // 2 :] = 255
    batches = epoch(real, model=model, init=init, scaling=scaling, augmentation=0.0)
    x = batches[0][0]
    assert (x.min(), x.max()) == pytest.approx((low, high), abs=1e-3)


def test_teachers_see_what_the_pupil_sees(real: Pictures) -> None:
    seen: list[NDArray[np.float32]] = []

    def teach(squares: NDArray[np.float32]) -> NDArray[np.float32]:
        seen.append(squares)
        return np.full((len(squares), 4), 7, np.float32)

    batches = epoch(real)
    batches.teach = teach
    x, targets, weights = batches[0]
    np.testing.assert_allclose(seen[0] * 2 - 1, x[..., 0], atol=1e-5)
    assert (targets["taught"] == 7).all() and (weights["taught"] == 1).all()


class TestClassWeights:
    y = np.repeat([0, 1, 2, 3], [6, 2, 2, 2])

    def test_by_hand(self) -> None:
        """n / (k n_c) is 12 / 24 for the first class and 12 / 8 for each other."""
        np.testing.assert_allclose(class_weights(self.y, 1.0), [0.5, 1.5, 1.5, 1.5])
        np.testing.assert_allclose(class_weights(self.y, 0.0), [1, 1, 1, 1])
        roots = np.sqrt([0.5, 1.5, 1.5, 1.5])
        mean = (6 * roots[0] + 6 * roots[1]) / 12
        np.testing.assert_allclose(class_weights(self.y, 0.5), roots / mean, rtol=1e-6)

    @pytest.mark.parametrize("power", [0.0, 0.3, 0.5, 1.0])
    @pytest.mark.parametrize("y", [y, np.repeat([0, 1, 3], [5, 1, 9]), np.zeros(4, int)])
    def test_the_mean_image_weighs_one(self, y: NDArray[np.int64], power: float) -> None:
        weights = class_weights(y, power)
        assert weights.shape == (4,) and weights.dtype == np.float32
        assert np.isfinite(weights).all()
        assert weights[y].mean() == pytest.approx(1, abs=1e-6)
