"""Members picked by validation alone, combined by the mean."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.answer import Limits
from core.errors import DataError
from core.evaluate.make.ensemble import choose_members, combine, mean_probabilities, write_ensemble
from core.evaluate.stored.layout import ENSEMBLE, evaluation_folder
from core.evaluate.stored.predictions import Predictions, read_predictions
from tests.core.evaluate.toys import SHA, Make

Y = np.array([0, 1, 2, 3] * 10)
Floats = NDArray[np.float64]


def sure_of(part: slice, p: float = 0.9) -> Floats:
    """Right with probability `p` on a part of the images, clueless on the others."""
    probabilities = np.full((40, 4), 0.25)
    probabilities[part] = (1 - p) / 3 + (p - (1 - p) / 3) * np.eye(4)[Y[part]]
    return probabilities


@pytest.fixture
def models(make: Make) -> dict[str, Predictions]:
    """One good model, one that complements it, a copy, and one that is confidently wrong."""
    wrong = np.roll(sure_of(slice(0, 40)), 1, axis=1)
    return {
        "good": make(Y, sure_of(slice(0, 24), 0.97), name="good"),
        "other": make(Y, sure_of(slice(20, 40)), name="other", weights_sha256=SHA["b"]),
        "other-copy": make(Y, sure_of(slice(20, 40)), name="other-copy"),
        "wrong": make(Y, wrong, name="wrong"),
    }


def test_picks_what_complements(models: dict[str, Predictions]) -> None:
    chosen = choose_members(models)
    assert chosen[:2] == ("good", "other")  # of equals, the first in the alphabet
    assert "wrong" not in chosen
    assert choose_members(dict(reversed(models.items()))) == chosen


def test_stops_at_one_when_nothing_helps(models: dict[str, Predictions]) -> None:
    assert choose_members({k: models[k] for k in ("good", "wrong")}) == ("good",)
    with pytest.raises(DataError, match="no model"):
        choose_members({})


def test_a_member_is_left_out_only_where_validation_is_sure(make: Make) -> None:
    """A little worse on one patient of many is chance; on every patient it is not."""
    good = sure_of(slice(0, 40), 0.9)
    once, always = good.copy(), sure_of(slice(0, 40), 0.5)
    once[0] = np.roll(once[0], 1)
    models = {
        name: make(Y, p, name=name)
        for name, p in (("good", good), ("once", once), ("always", always))
    }
    assert choose_members(models) == ("good", "once")


def test_mean_by_hand() -> None:
    a, b = np.array([[1.0, 0, 0, 0]]), np.array([[0.5, 0.5, 0, 0]])
    np.testing.assert_array_equal(mean_probabilities([a, b]), [[0.75, 0.25, 0, 0]])


def test_combine(models: dict[str, Predictions]) -> None:
    both = combine(models, ["good", "other"], limits=Limits(0.5, 0.7), command="typed")
    expected = (models["good"].probabilities + models["other"].probabilities) / 2
    np.testing.assert_allclose(both.probabilities, expected, atol=1e-6)
    p = both.provenance
    assert (p.name, p.kind, p.weights_sha256, p.temperature) == (ENSEMBLE, "ensemble", None, 1)
    assert p.members == {"good": SHA["a"], "other": SHA["b"]}
    assert (p.limits, p.command) == (Limits(0.5, 0.7), "typed")


def test_refuses_other_images_and_splits(make: Make, models: dict[str, Predictions]) -> None:
    short = make(Y[:39], sure_of(slice(0, 40))[:39], name="short")
    with pytest.raises(DataError, match="different images"):
        combine(models | {"short": short}, ["good", "short"])
    with pytest.raises(DataError, match="different images"):
        choose_members(models | {"short": short})
    moved = make(Y, sure_of(slice(0, 40)), name="moved", split_sha256=SHA["f"])
    with pytest.raises(DataError, match="good and moved were evaluated on different splits"):
        combine(models | {"moved": moved}, ["good", "moved"])


def test_write(models: dict[str, Predictions], tmp_path: Path) -> None:
    members = write_ensemble(models, models, tmp_path, "unseen-patients")
    folder = evaluation_folder(tmp_path, ENSEMBLE, "unseen-patients")
    assert members[:2] == ("good", "other")
    for name in ("validation.parquet", "predictions.parquet"):
        assert tuple(read_predictions(folder / name).provenance.members) == tuple(sorted(members))

    lonely = {"good": models["good"]}
    assert write_ensemble(lonely, lonely, tmp_path, "unseen-patients") == ("good",)
    assert not list(folder.iterdir())  # an ensemble of one is a model
    assert write_ensemble({}, {}, tmp_path, "official") == ()


def test_write_refuses_other_weights(
    make: Make, models: dict[str, Predictions], tmp_path: Path
) -> None:
    retrained = models | {
        "good": make(Y, sure_of(slice(0, 24), 0.97), name="good", weights_sha256=SHA["c"])
    }
    with pytest.raises(DataError, match="good are of different weights"):
        write_ensemble(models, retrained, tmp_path, "unseen-patients")
