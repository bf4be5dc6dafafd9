"""Makes what `core.ood` compares with, and measures how well that works.

Thumbnails are of the training part of ``unseen-patients``. The threshold is chosen on its
validation part; the pictures of unseen patients and the foreign ones are only counted.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import skimage.data
import sklearn.datasets
from numpy.typing import NDArray

from core.errors import ImageError
from core.evaluate.intervals import figure
from core.evaluate.provenance import package_versions
from core.evaluate.resample import group_sums, group_weights
from core.evaluate.schema import Figure
from core.imaging import read_image
from core.ood import (
    FACTS_NAME,
    FOLDER,
    SIDE,
    THUMBNAILS_NAME,
    Facts,
    Foreign,
    likeness,
    of_pictures,
)
from core.preprocess import FloatImage
from core.training.data import Dataset, dataset_sha256, load_squares, split

KEPT = 0.99  # share of validation pictures that stay above the threshold
RESAMPLES = 2000
_PACKAGES = ("numpy", "opencv-python-headless", "scikit-image", "scikit-learn")
_COMMAND = "python -m core make-ood --data DIR"


def make_reference(dataset: Dataset, models_dir: Path) -> Facts:
    """Store the training thumbnails, the threshold, and how well it tells foreign pictures.

    Parameters
    ----------
    dataset : Dataset
    models_dir : Path
        ``_ood/`` in it is written; the same dataset gives the same bytes.

    Returns
    -------
    Facts
        As written.
    """
    parts = split(dataset, "unseen-patients")
    train, validation = (
        rows.drop_duplicates("duplicate_group") for rows in (parts.train, parts.validation)
    )
    test = parts.test[parts.test["keep_one"] == 1]  # the pictures of `core.cases`
    squares = load_squares(dataset, train, SIDE, crop=False)
    pictures = np.rint(squares * 255).astype(np.uint8)
    known = of_pictures(pictures)
    threshold = float(np.quantile(_likenesses(dataset, validation, known), 1 - KEPT))
    kept = _likenesses(dataset, test, known) >= threshold
    foreign = {name: likeness(pixels, known) for name, pixels in foreign_pictures().items()}
    passed = tuple(name for name, value in foreign.items() if value >= threshold)
    folder = models_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / THUMBNAILS_NAME, pictures=pictures)
    facts = Facts(
        thumbnails_sha256=hashlib.sha256((folder / THUMBNAILS_NAME).read_bytes()).hexdigest(),
        pictures=len(pictures),
        threshold=threshold,
        kept_on_validation=KEPT,
        kept=_share(kept, test["group"]),
        kept_n=len(test),
        foreign=Foreign(n=len(foreign), refused=len(foreign) - len(passed), passed=passed),
        dataset_sha256=dataset_sha256(dataset),
        split_sha256=parts.sha256,
        command=_COMMAND,
        packages=package_versions(_PACKAGES),
    )
    (folder / FACTS_NAME).write_text(facts.model_dump_json(indent=1) + "\n")
    return facts


def foreign_pictures() -> dict[str, FloatImage]:
    """Collect the pictures inside scikit-image and scikit-learn that the app would accept.

    Photographs, textures, a page of text, microscopy, an eye's fundus, and the Shepp-Logan
    phantom: a drawing of a head, and the hardest of them.
    """
    folders = (
        Path(skimage.data.__file__).parent,
        Path(sklearn.datasets.__file__).parent / "images",
    )
    found = {}
    for file in sorted(file for folder in folders for file in folder.iterdir()):
        if file.suffix not in (".png", ".jpg"):
            continue
        try:
            found[file.name] = read_image(file.read_bytes(), file.name).pixels
        except ImageError:
            continue  # the app would refuse it as well
    return found


def _likenesses(
    dataset: Dataset, rows: pd.DataFrame, known: NDArray[np.float32]
) -> NDArray[np.float64]:
    squares = load_squares(dataset, rows, SIDE, crop=False)
    return np.array([likeness(square, known) for square in squares])


def _share(kept: NDArray[np.bool_], group: pd.Series[str]) -> Figure:
    """Share kept, with its interval over patients."""
    _, groups = np.unique(group.to_numpy(str), return_inverse=True)
    count = int(groups.max()) + 1
    sums = group_sums(np.stack([kept, np.ones_like(kept)], axis=1).astype(float), groups, count)
    drawn = group_weights(count, RESAMPLES) @ sums
    samples = drawn[:, 0] / drawn[:, 1]
    return Figure(**figure(float(kept.mean()), samples, count, proportion=True))
