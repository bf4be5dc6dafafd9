"""A dataset small enough to train on in a test, and a recipe to go with it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from core.labels import CLASS_NAMES
from core.training.pictures import MASK_STEP, REAL, Pictures
from core.training.recipe import Recipe

SIDE = 32
GROUPS = 15  # patients a class
_CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))  # where each class is bright


def write_pack(root: Path) -> Path:
    """100 images of 60 patients: every third patient has a copy, every third two pictures.

    Folds follow patients. The last three patients of a class are the dataset's own test
    part, which also holds a copy of the first patient's picture, as the real one does.
    """
    rows = []
    for y, label in enumerate(CLASS_NAMES):
        for patient in range(GROUPS):
            for copy in range(1 if patient % 3 == 2 else 2):
                seed = (y, patient, copy if patient % 3 == 1 else 0)
                twin = patient % 3 == 0 and copy == 1
                split = "test" if patient >= GROUPS - 3 or (patient == 0 and twin) else "train"
                path = f"images/{split}/{label}/{patient:02d}-{copy}.png"
                pixels = picture(y, seed)[:, :: -1 if twin else 1]
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(pixels).save(root / path)
                rows.append(
                    {
                        "path": path,
                        "split": split,
                        "label": label,
                        "sha256": hashlib.sha256((root / path).read_bytes()).hexdigest(),
                        "source": "figshare",
                        "duplicate_group": "F" + "-".join(map(str, seed)),
                        "in_train_twin": int(split == "test" and twin),
                        "group": f"P{y}-{patient}",
                        "fold": patient % 5,
                        "plane": "axial",
                        "keep_one": int(not twin),
                        "flags": "",
                    }
                )
    pd.DataFrame(rows).to_csv(root / "manifest.csv", index=False)
    return root


def picture(y: int, seed: tuple[int, ...]) -> NDArray[np.uint8]:
    """Noise of shape (32, 32) with one bright corner, which one says the class."""
    pixels = np.random.default_rng(seed).integers(90, size=(SIDE, SIDE), dtype=np.uint8)
    row, column = (SIDE // 2 * c for c in _CORNERS[y])
    pixels[row : row + SIDE // 2, column : column + SIDE // 2] += 150
    return pixels


def recipe(**changes: Any) -> Recipe:
    """The smallest net at its smallest size, from random weights."""
    base = Recipe(
        model="mobilenetv2",
        protocol="unseen-patients",
        init="random",
        sizes=((SIDE, 1),),
        batch=16,
        guide=0.0,
        counterfactual=0.0,
        crop=False,
        head_epochs=0,
    )
    return replace(base, **changes)


def pictures(
    y: NDArray[np.int64], picture: NDArray[np.str_], *, side: int = SIDE, kind: str = REAL
) -> Pictures:
    """Noise without outlines, always the same."""
    n, small = len(y), side // MASK_STEP
    rng = np.random.default_rng(0)
    return Pictures(
        rng.integers(256, size=(n, side, side), dtype=np.uint8),
        np.zeros((n, small, small), np.uint8),
        np.zeros(n, bool),
        np.asarray(y),
        picture,
        np.full(n, "axial"),
        np.full(n, kind),
    )


def backbone(*_: object) -> Any:
    """A backbone as MobileNetV2's, with its names and five halvings, in a dozen layers."""
    import keras

    x = start = keras.Input((224, 224, 3), name="image")
    for n, width in enumerate((8, 12, 16, 24, 32)):
        x = keras.layers.Conv2D(width, 3, 2, "same", use_bias=False, name=f"conv{n}")(x)
        x = keras.layers.BatchNormalization(name=f"norm{n}")(x)
        x = keras.layers.ReLU(6.0, name=f"relu{n}" if n < 4 else "out_relu")(x)
    return keras.Model(start, x, name="mobilenetv2")
