"""What has to be measured on the pixels themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.audit.stored import Quantiles, Statistic, Turn
from core.evaluate.figures.bootstrap import group_weights
from core.evaluate.figures.intervals import figure
from core.evaluate.make.controls import FRAME, global_statistics
from core.figure import Figure
from core.imaging import read_image
from core.labels import CLASS_NAMES, NO_TUMOUR

if TYPE_CHECKING:
    from core.dataset.collection import Dataset

Floats = NDArray[np.float64]
Frame = NDArray[np.float32]

STATISTICS = (  # in the order of `global_statistics`
    "mean", "deviation", "p10", "p50", "p90", "p99", "edges", "edge-ratio", "border", "dark",
)  # fmt: skip
TURNS: dict[Turn, int] = {  # quarter turns anticlockwise, then mirrored if above 3
    "as is": 0, "rotated 90°": 1, "rotated 180°": 2, "rotated 270°": 3,
    "mirrored": 4, "transposed the other way": 5, "upside down": 6, "transposed": 7,
}  # fmt: skip
RESAMPLES = 500
_THUMBNAIL = 24  # pixels a side
_SAME = 0.98  # Pearson's correlation of two thumbnails of one picture
_OWN = 0.001  # by which a copy has to be more alike turned over: some are their own reflection
_QUANTILES = (10, 25, 50, 75, 90)


def read_frame(dataset: Dataset, file: str) -> Frame:
    """Read an image as the controls do.

    Returns
    -------
    ndarray of float32, shape (224, 224), range [0, 1]
        The whole frame, stretched to a square.
    """
    path = dataset.root / file
    pixels = read_image(path.read_bytes(), path.name).pixels
    return np.asarray(cv2.resize(pixels, (FRAME, FRAME), interpolation=cv2.INTER_AREA), np.float32)


def likeness(first: Frame, second: Frame) -> tuple[Turn, float]:
    """Find the orientation in which the second frame resembles the first most.

    Parameters
    ----------
    first, second : ndarray of float32, shape (S, S)

    Returns
    -------
    turn : str
        What was done to the second frame.
    correlation : float
        Pearson's, of all pixels.
    """

    def correlation(code: int) -> float:
        frame = np.rot90(second, code % 4)
        frame = frame[:, ::-1] if code > 3 else frame
        return float(np.corrcoef(first.ravel(), frame.ravel())[0, 1])

    found = {turn: correlation(code) for turn, code in TURNS.items()}
    best = max(TURNS, key=lambda turn: found[turn])
    return best, round(found[best], 4)


def turned_over(dataset: Dataset) -> dict[str, int]:
    """Count in each class the files whose picture is there upside down as well.

    Copies of one picture (``duplicate_group``) are compared as thumbnails, also mirrored.
    """
    from tqdm import tqdm

    rows = dataset.table
    copies = rows[rows.duplicated("duplicate_group", keep=False)]
    count = dict.fromkeys(CLASS_NAMES, 0)
    for _, files in tqdm(copies.groupby("duplicate_group"), "copies", disable=None):
        frames = (read_frame(dataset, file) for file in files["file"])
        small = np.stack([_thumbnail(frame) for frame in frames])
        same, over = (_likeness(small, other) for other in (small, small[:, ::-1]))
        turned = (over > _SAME) & (over > same + _OWN)
        for label in files["label"].to_numpy(str)[turned.any(axis=1)]:
            count[label] += 1
    return count


def _thumbnail(frame: Frame) -> Frame:
    """Make it small, of mean 0 and length 1, so that products are correlations."""
    small = cv2.resize(frame, (_THUMBNAIL, _THUMBNAIL), interpolation=cv2.INTER_AREA)
    small = small - small.mean()
    return np.asarray(small / max(float(np.linalg.norm(small)), 1e-6), np.float32)


def _likeness(one: Frame, other: Frame) -> Frame:
    """Correlate all with all, as they are or mirrored, whichever is more alike; (N, M)."""
    flat = one.reshape(len(one), -1)
    ways = (other, other[:, :, ::-1])
    return np.asarray(np.max([flat @ way.reshape(len(way), -1).T for way in ways], axis=0))


def measure(dataset: Dataset) -> tuple[tuple[Statistic, ...], dict[str, Frame]]:
    """Compute the global statistics, and the average, of the distinct pictures.

    Returns
    -------
    statistics : tuple of Statistic
        In the order of `STATISTICS`.
    means : dict of str to ndarray
        The average frame of each class.
    """
    from tqdm import tqdm

    rows = dataset.table[dataset.table["keep_one"] == 1]
    values = np.empty((len(rows), len(STATISTICS)))
    sums = {name: np.zeros((FRAME, FRAME)) for name in CLASS_NAMES}
    pairs = zip(rows["file"], rows["label"], strict=True)
    for i, (file, label) in enumerate(tqdm(pairs, "images", len(rows), disable=None)):
        frame = read_frame(dataset, file)
        values[i] = global_statistics(frame)
        sums[label] += frame
    _, groups = np.unique(rows["group"].to_numpy(str), return_inverse=True)
    weights = group_weights(int(groups.max()) + 1, RESAMPLES)[:, groups]
    statistics = tuple(
        summarise(name, values[:, k], rows["label"], weights, int(groups.max()) + 1)
        for k, name in enumerate(STATISTICS)
    )
    count = rows["label"].value_counts()
    return statistics, {k: np.asarray(v / count[k], np.float32) for k, v in sums.items()}


def summarise(
    name: str, values: Floats, labels: pd.Series, weights: Floats, groups: int
) -> Statistic:
    """Describe one statistic in each class, and how well it tells no tumour from tumour.

    Parameters
    ----------
    name : str
    values : ndarray of float64, shape (N,)
    labels : Series of str, length N
    weights : ndarray of float64, shape (B, N)
        How often each picture occurs in each resample.
    groups : int
        Patients and families behind the N pictures.
    """
    y = (labels == NO_TUMOUR).to_numpy()
    point = weighted_auc(y, values, np.ones((1, len(y))))
    auc = figure(float(point[0]), weighted_auc(y, values, weights), groups)
    return Statistic(
        name=name,
        auc=Figure.model_validate(auc),
        classes={c: _quantiles(values[(labels == c).to_numpy()]) for c in CLASS_NAMES},
    )


def weighted_auc(y: NDArray[np.bool_], values: Floats, weights: Floats) -> Floats:
    """Area under the ROC curve for many weightings at once.

    Parameters
    ----------
    y : ndarray of bool, shape (N,)
    values : ndarray of float64, shape (N,)
    weights : ndarray of float64, shape (B, N)

    Returns
    -------
    ndarray of float64, shape (B,)
        Chance that a value of the true kind is larger, ties counted half; NaN where one
        kind has no weight.
    """
    order = np.argsort(values, kind="stable")
    starts = np.flatnonzero(np.diff(values[order], prepend=-np.inf) > 0)
    true = np.add.reduceat((weights * y)[:, order], starts, axis=1)
    false = np.add.reduceat((weights * ~y)[:, order], starts, axis=1)
    smaller = np.cumsum(false, axis=1) - false / 2
    with np.errstate(invalid="ignore"):
        return np.asarray((true * smaller).sum(1) / (true.sum(1) * false.sum(1)))


def _quantiles(values: Floats) -> Quantiles:
    low = {f"p{q}": round(float(np.percentile(values, q)), 6) for q in _QUANTILES}
    return Quantiles(n=len(values), **low)
