"""What needs no understanding of a scan: the rows that every network has to beat.

Each control is fitted on training *and* validation images, because it has nothing to
tune, and is then evaluated, stored and ranked like a network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.evaluate.figures.metrics import write_metrics
from core.evaluate.stored.layout import PREDICTIONS_NAME, evaluation_folder
from core.evaluate.stored.predictions import make_predictions, write_predictions
from core.evaluate.stored.provenance import Provenance, package_versions
from core.imaging import read_image
from core.protocols import Protocol

if TYPE_CHECKING:
    from core.dataset.collection import Dataset

Floats = NDArray[np.float64]
Image = NDArray[np.float32]

SIDE = 16  # of a thumbnail
FRAME = 224  # the dataset's pack is at this size; other copies are brought to it
SEED = 0
TREES = 500
_FLOOR = 1e-6  # a class without a vote, so that its logarithm exists
_PERCENTILES = (10, 50, 90, 99)
_BORDER = 8  # pixels
_DARK = 0.1


@dataclass(frozen=True)
class Described:
    """All that a control gets to know of N images.

    Attributes
    ----------
    statistics : ndarray of float64, shape (N, 10)
        See `global_statistics`.
    thumbnails : ndarray of float32, shape (N, 16, 16)
        See `thumbnail`.
    """

    statistics: Floats
    thumbnails: Image


def thumbnail(frame: Image) -> Image:
    """Shrink a whole frame to 16 x 16, zero mean, unit norm.

    The dot product of two thumbnails is their correlation, so the nearest neighbour is the
    most correlated picture.

    Parameters
    ----------
    frame : ndarray of float32, shape (H, W), range [0, 1]

    Returns
    -------
    ndarray of float32, shape (16, 16)
        All zero for a frame without any contrast.
    """
    small = cv2.resize(frame, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    small = small - small.mean()
    return np.asarray(small / max(float(np.linalg.norm(small)), 1e-9), np.float32)


def global_statistics(frame: Image) -> list[float]:
    """Ten numbers that know nothing of anatomy.

    Parameters
    ----------
    frame : ndarray of float32, shape (224, 224), range [0, 1]

    Returns
    -------
    list of 10 float
        Mean, standard deviation, 10th, 50th, 90th and 99th percentile, edge energy (mean
        absolute difference of neighbours), edge ratio (vertical over horizontal), mean of
        the outermost 8 pixels, share darker than 0.1.
    """
    down, across = (float(np.abs(np.diff(frame, axis=axis)).mean()) for axis in (0, 1))
    border = np.ones(frame.shape, bool)
    border[_BORDER:-_BORDER, _BORDER:-_BORDER] = False
    return [
        float(frame.mean()),
        float(frame.std()),
        *np.percentile(frame, _PERCENTILES).tolist(),
        (down + across) / 2,
        down / max(across, 1e-9),
        float(frame[border].mean()),
        float((frame < _DARK).mean()),
    ]


def describe(dataset: Dataset, rows: pd.DataFrame) -> Described:
    """Read images, whole frames stretched to a square as the dataset's own pack is."""
    from tqdm import tqdm

    statistics = np.empty((len(rows), 10))
    thumbnails = np.empty((len(rows), SIDE, SIDE), np.float32)
    for i, file in enumerate(tqdm(rows["file"], desc="images", leave=False, disable=None)):
        path = dataset.root / file
        pixels = read_image(path.read_bytes(), path.name).pixels
        frame = cv2.resize(pixels, (FRAME, FRAME), interpolation=cv2.INTER_AREA)
        statistics[i], thumbnails[i] = global_statistics(frame), thumbnail(frame)
    return Described(statistics, thumbnails)


def majority(train: Described, y: NDArray[np.int64], test: Described) -> Floats:
    """Shares of the classes in training, whatever the image: the answer is the largest."""
    from sklearn.dummy import DummyClassifier

    model = DummyClassifier(strategy="prior").fit(train.statistics, y)
    return np.asarray(model.predict_proba(test.statistics))


def random_forest(train: Described, y: NDArray[np.int64], test: Described) -> Floats:
    """Share of the votes of 500 trees on `global_statistics`."""
    from sklearn.ensemble import RandomForestClassifier

    model = RandomForestClassifier(TREES, random_state=SEED).fit(train.statistics, y)
    return np.asarray(model.predict_proba(test.statistics))


def nearest_neighbour(train: Described, y: NDArray[np.int64], test: Described) -> Floats:
    """Class of the training picture whose thumbnail is most like this one's: memory."""
    from sklearn.neighbors import KNeighborsClassifier

    model = KNeighborsClassifier(1, algorithm="brute").fit(_flat(train.thumbnails), y)
    return np.asarray(model.predict_proba(_flat(test.thumbnails)))


def nearest_neighbour_mirrored(train: Described, y: NDArray[np.int64], test: Described) -> Floats:
    """`nearest_neighbour` that also remembers the mirror image of each training picture."""
    both = np.concatenate([train.thumbnails, train.thumbnails[:, :, ::-1]])
    return nearest_neighbour(replace(train, thumbnails=both), np.concatenate([y, y]), test)


def _flat(thumbnails: Image) -> Image:
    return thumbnails.reshape(len(thumbnails), -1)


Control = Callable[[Described, NDArray[np.int64], Described], Floats]
METHODS: dict[str, Control] = {
    "majority": majority,
    "random-forest": random_forest,
    "nearest-neighbour": nearest_neighbour,
    "nearest-neighbour-mirrored": nearest_neighbour_mirrored,
}


def evaluate_controls(
    dataset: Dataset, protocol: Protocol, models_dir: Path, command: str = ""
) -> dict[str, float]:
    """Fit, evaluate and store every control under a protocol.

    Writes ``predictions.parquet`` and ``metrics.json`` to
    ``models/_controls/<control>/evaluation/<protocol>/``.

    Parameters
    ----------
    dataset : Dataset
    protocol : {"official", "unseen-patients"}
    models_dir : Path
    command : str, optional
        What was typed.

    Returns
    -------
    dict of str to float
        Accuracy of each control on all test images.

    Notes
    -----
    A nearest neighbour votes for one class alone; votes of 0 are raised to one in a
    million so that logits exist. That says nothing about how sure it is, and
    `core.evaluate.figures.metrics` leaves the figures that need probabilities out.
    """
    from core.dataset.collection import dataset_sha256, split

    parts = split(dataset, protocol)
    known = pd.concat([parts.train, parts.validation])
    train, test = describe(dataset, known), describe(dataset, parts.test)
    y = known["y"].to_numpy(np.int64)
    accuracy: dict[str, float] = {}
    for name, control in METHODS.items():
        votes = np.maximum(control(train, y, test), _FLOOR)
        logits = np.log(votes / votes.sum(axis=1, keepdims=True))
        provenance = Provenance(
            name=name,
            kind="control",
            protocol=protocol,
            part="test",
            weights_sha256=None,
            dataset_sha256=dataset_sha256(dataset),
            split_sha256=parts.sha256,
            temperature=1.0,
            abstain_threshold=None,
            seed=SEED,
            command=command
            or f"python -m core evaluate --model controls --protocol {protocol} --data DIR",
            packages=package_versions(["numpy", "opencv-python-headless", "scikit-learn"]),
        )
        folder = evaluation_folder(models_dir, name, protocol)
        predictions = make_predictions(parts.test, logits, provenance)
        write_predictions(folder / PREDICTIONS_NAME, predictions)
        figures = write_metrics(folder)["images"]["all"]["figures"]
        accuracy[name] = figures["accuracy"]["value"]
    return accuracy
