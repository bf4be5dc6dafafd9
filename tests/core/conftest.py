"""Toy weights, made once; small predictions to order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from core.evaluate.stored.predictions import Predictions, make_predictions
from core.evaluate.stored.provenance import Provenance
from core.registry import ModelSpec, read_spec
from tests.core.evaluate.toys import SHA, Make

from .toys import toy_model, write_toy


@pytest.fixture(scope="session")
def toy_weights(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a tiny ``model.keras``."""
    file = tmp_path_factory.mktemp("toy") / "model.keras"
    toy_model().save(file)
    return file.read_bytes()


@pytest.fixture
def toy_spec(toy_weights: bytes, tmp_path: Path) -> ModelSpec:
    """A tiny model that can be loaded."""
    return read_spec(write_toy(tmp_path, "toy", toy_weights))


@pytest.fixture(scope="session")
def make() -> Make:
    def make(
        y: NDArray[np.int64],
        probabilities: NDArray[np.float64],
        groups: NDArray[np.int64] | None = None,
        *,
        keep_one: NDArray[np.int64] | None = None,
        **provenance: object,
    ) -> Predictions:
        n = len(y)
        groups = np.arange(n) if groups is None else groups
        kept = np.ones(n, int) if keep_one is None else np.asarray(keep_one)
        picture = np.maximum.accumulate(np.where(kept == 1, np.arange(n), 0))
        rows = pd.DataFrame(
            {
                "path": [f"test/{i:04d}.jpg" for i in range(n)],
                "sha256": [f"{i:064x}" for i in range(n)],
                "y": y,
                "group": [f"P{g:03d}" for g in groups],
                "duplicate_group": [f"F{d:04d}" for d in picture],
                "keep_one": kept,
                "in_train_twin": "0",
                "source": "figshare",
                "plane": [("axial", "coronal", "")[i % 3] for i in range(n)],
                "flags": ["a;b" if i == 0 else "" for i in range(n)],
            }
        )
        fields = {
            "name": "toy",
            "protocol": "unseen-patients",
            "part": "test",
            "weights_sha256": SHA["a"],
            "dataset_sha256": SHA["d"],
            "split_sha256": SHA["e"],
            "temperature": 1.0,
            "abstain_threshold": None,
            "seed": 0,
            "command": "pytest",
            "packages": {},
        }
        return make_predictions(
            rows, np.log(probabilities), Provenance.model_validate(fields | provenance)
        )

    return make
