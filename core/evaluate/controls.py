"""What needs no understanding of a scan: the rows that every network has to beat.

Each control is fitted on training *and* validation images, because it has nothing to
tune, and is then evaluated, stored and ranked like a network.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.evaluate.layout import CONTROLS, PREDICTIONS_NAME, Protocol, evaluation_folder
from core.evaluate.metrics import write_metrics
from core.evaluate.predictions import make_predictions, write_predictions
from core.evaluate.provenance import Provenance, package_versions
from core.imaging import read_image
from core.labels import NUM_CLASSES

if TYPE_CHECKING:
    from core.training.data import Dataset

Floats = NDArray[np.float64]
Images = NDArray[np.float32]
Control = Callable[[Images, NDArray[np.int64], Images], Floats]

FRAME = 224  # the dataset's pack is at this size; other copies are brought to it
THUMBNAIL = 16
SEED = 0
_FLOOR = 1e-6  # a class without a vote, so that its logarithm exists
_PERCENTILES = (10, 50, 90, 99)
_BORDER = 8  # pixels
_DARK = 0.1


def global_statistics(frames: Images) -> Floats:
    """Ten numbers a frame that know nothing of anatomy.

    Parameters
    ----------
    frames : ndarray of float32, shape (N, H, W), range [0, 1]

    Returns
    -------
    ndarray of float64, shape (N, 10)
        Mean, standard deviation, 10th, 50th, 90th and 99th percentile, edge energy (mean
        absolute difference of neighbours), edge ratio (vertical over horizontal), mean of
        the outermost 8 pixels, share darker than 0.1.
    """
    features = np.empty((len(frames), 10))
    for i, frame in enumerate(frames):
        down, across = (np.abs(np.diff(frame, axis=axis)).mean() for axis in (0, 1))
        border = np.ones(frame.shape, bool)
        border[_BORDER:-_BORDER, _BORDER:-_BORDER] = False
        features[i] = (
            frame.mean(),
            frame.std(),
            *np.percentile(frame, _PERCENTILES),
            (down + across) / 2,
            down / max(float(across), 1e-9),
            frame[border].mean(),
            (frame < _DARK).mean(),
        )
    return features


def thumbnails(frames: Images) -> Images:
    """Shrink whole frames to 16 x 16, zero mean, unit norm: (N, 256).

    The dot product of two is their correlation, so the nearest neighbour is the most
    correlated picture.
    """
    size = (THUMBNAIL, THUMBNAIL)
    small = np.stack([cv2.resize(f, size, interpolation=cv2.INTER_AREA) for f in frames])
    flat = small.reshape(len(frames), -1)
    flat -= flat.mean(axis=1, keepdims=True)
    norm = np.linalg.norm(flat, axis=1, keepdims=True)
    return np.asarray(flat / np.maximum(norm, 1e-9), np.float32)


def majority(train: Images, y: NDArray[np.int64], test: Images) -> Floats:
    """Shares of the classes in training, whatever the image: the answer is the largest."""
    from sklearn.dummy import DummyClassifier

    model = DummyClassifier(strategy="prior").fit(train[:, :1, 0], y)
    return np.asarray(model.predict_proba(test[:, :1, 0]))


def random_forest(train: Images, y: NDArray[np.int64], test: Images) -> Floats:
    """Votes of 500 trees on `global_statistics`."""
    from sklearn.ensemble import RandomForestClassifier

    model = RandomForestClassifier(500, random_state=SEED).fit(global_statistics(train), y)
    return np.asarray(model.predict_proba(global_statistics(test)))


def nearest_neighbour(train: Images, y: NDArray[np.int64], test: Images) -> Floats:
    """Class of the training picture whose thumbnail is most like this one's: memory."""
    from sklearn.neighbors import KNeighborsClassifier

    model = KNeighborsClassifier(1, algorithm="brute").fit(thumbnails(train), y)
    return np.asarray(model.predict_proba(thumbnails(test)))


def nearest_neighbour_mirrored(train: Images, y: NDArray[np.int64], test: Images) -> Floats:
    """`nearest_neighbour` that also remembers the mirror image of each training picture."""
    both = np.concatenate([train, train[:, :, ::-1]])
    return nearest_neighbour(both, np.concatenate([y, y]), test)


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
    `core.evaluate.metrics` leaves the figures that need probabilities out.
    """
    from core.training.data import dataset_sha256, split

    parts = split(dataset, protocol)
    known = pd.concat([parts.train, parts.validation])
    train, test = load_frames(dataset, known), load_frames(dataset, parts.test)
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


def load_frames(dataset: Dataset, rows: pd.DataFrame) -> Images:
    """Read whole frames, stretched to a square as the dataset's own pack is: (N, 224, 224)."""
    from tqdm import tqdm

    frames = np.empty((len(rows), FRAME, FRAME), np.float32)
    for i, file in enumerate(tqdm(rows["file"], desc="frames", leave=False, disable=None)):
        path = dataset.root / file
        pixels = read_image(path.read_bytes(), path.name).pixels
        frames[i] = cv2.resize(pixels, (FRAME, FRAME), interpolation=cv2.INTER_AREA)
    return frames


METHODS: dict[str, Control] = dict(
    zip(
        CONTROLS,
        (majority, random_forest, nearest_neighbour, nearest_neighbour_mirrored),
        strict=True,
    )
)
assert NUM_CLASSES == 4  # scikit-learn orders its columns by class index
