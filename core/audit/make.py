"""Make the pictures and the pixel statistics that `core.audit.stored` reads.

The same images and package versions give the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.audit.pixels import Frame, likeness, measure, read_frame, turned_over
from core.audit.stored import AUDIT_NAME, IMAGES, Picture, Stored, Topic
from core.errors import N_
from core.evaluate.make.controls import FRAME
from core.evaluate.stored.provenance import package_versions
from core.files import write_text

if TYPE_CHECKING:
    from core.dataset.collection import Dataset

COMMAND = "python -m core audit --data DIR"
QUALITY = 80
TILE = 96  # px, of the many copies of one picture

TWINS = (  # a test image and its twin in training, one pair a class
    ("test/glioma/Te-gl_0070.jpg", "train/glioma/Tr-gl_0493.jpg"),
    ("test/meningioma/Te-me_0022.jpg", "train/meningioma/Tr-me_0202.jpg"),
    ("test/notumor/Te-no_0105.jpg", "train/notumor/Tr-no_1033.jpg"),
    ("test/pituitary/Te-pi_0104.jpg", "train/pituitary/Tr-pi_0382.jpg"),
)
CONFLICTS = (  # the mislabelled copy, and the copy that carries the original's label
    ("test/pituitary/Te-piTr_0002.jpg", "test/meningioma/Te-me_0156.jpg"),
    ("train/pituitary/Tr-pi_0043.jpg", "train/meningioma/Tr-me_1311.jpg"),
    ("train/pituitary/Tr-pi_0515.jpg", "train/meningioma/Tr-me_0942.jpg"),
    ("train/pituitary/Tr-pi_0520.jpg", "train/meningioma/Tr-me_0831.jpg"),
)
CHOSEN: dict[Topic, tuple[str, ...]] = {  # by eye, among the flagged ones
    "ct": (
        "test/notumor/Te-noTr_0000.jpg",
        "test/notumor/Te-no_0011.jpg",
        "test/notumor/Te-no_0086.jpg",
        "test/meningioma/Te-me_0015.jpg",
    ),
    "lesion": (
        "test/notumor/Te-no_0020.jpg",
        "test/notumor/Te-no_0098.jpg",
        "test/notumor/Te-no_0228.jpg",
        "train/notumor/Tr-no_0990.jpg",
    ),
    "overlay": (
        "test/notumor/Te-no_0110.jpg",
        "train/notumor/Tr-no_0448.jpg",
        "test/meningioma/Te-me_0014.jpg",
        "test/meningioma/Te-me_0069.jpg",
    ),
}
_SOURCES = {
    "figshare": ("Cheng et al., figshare 1512427", "CC BY 4.0"),
    "br35h": ("Br35H 2020", "CC0 as stated by the collection; upstream terms not verified"),
    "sartaj-or-unknown": (
        N_("source not known"),
        "CC0 as stated by the collection; upstream terms not verified",
    ),
}


def make(dataset: Dataset, folder: Path) -> Stored:
    """Write ``audit.json`` and the pictures that it names.

    Parameters
    ----------
    dataset : Dataset
    folder : Path
        Holds ``audit.json``; the pictures go to ``images/`` below.

    Returns
    -------
    Stored
        What was written.
    """
    from core.dataset.collection import dataset_sha256

    images = folder / IMAGES.name
    images.mkdir(parents=True, exist_ok=True)
    for old in images.glob("*.jpg"):
        old.unlink()
    rows = dataset.table.set_index("path")
    pictures = [*_pairs(dataset, rows, images), *_singles(dataset, rows, images)]
    pictures.append(_copies(dataset, rows, images))
    statistics, means = measure(dataset)
    brightest = max(float(frame.max()) for frame in means.values())
    pictures += [_mean(label, frame / brightest, images) for label, frame in means.items()]
    stored = Stored(
        command=COMMAND,
        dataset_sha256=dataset_sha256(dataset),
        packages=package_versions(["numpy", "opencv-python-headless", "pillow"]),
        pictures=tuple(pictures),
        statistics=statistics,
        turned_over=turned_over(dataset),
    )
    write_text(folder / AUDIT_NAME, stored.model_dump_json(indent=1) + "\n")
    return stored


def _pairs(dataset: Dataset, rows: pd.DataFrame, images: Path) -> Iterator[Picture]:
    topics: tuple[tuple[Topic, tuple[tuple[str, str], ...]], ...] = (
        ("twins", TWINS),
        ("conflict", CONFLICTS),
    )
    for topic, pairs in topics:
        for first, second in pairs:
            one, other = (_single(dataset, rows, path, images, topic) for path in (first, second))
            a, b = (read_frame(dataset, str(rows.at[path, "file"])) for path in (first, second))
            turn, correlation = likeness(a, b)
            yield one
            yield other.model_copy(update={"turn": turn, "correlation": correlation})


def _singles(dataset: Dataset, rows: pd.DataFrame, images: Path) -> Iterator[Picture]:
    for topic, paths in CHOSEN.items():
        for path in paths:
            yield _single(dataset, rows, path, images, topic)


def _single(dataset: Dataset, rows: pd.DataFrame, path: str, images: Path, topic: Topic) -> Picture:
    """Keep one image in its own colours."""
    pixels = cv2.imread(str(dataset.root / str(rows.at[path, "file"])), cv2.IMREAD_COLOR)
    file = f"{topic}-{Path(path).name}"
    _write(images / file, cv2.resize(pixels, (FRAME, FRAME), interpolation=cv2.INTER_AREA))
    source, licence = _SOURCES[str(rows.at[path, "source"])]
    return Picture(
        topic=topic,
        file=file,
        shows=(path,),
        label=str(rows.at[path, "label"]),
        source=source,
        licence=licence,
    )


def _copies(dataset: Dataset, rows: pd.DataFrame, images: Path) -> Picture:
    """Lay all files of the picture that occurs most often side by side."""
    of = rows["duplicate_group"].value_counts().idxmax()
    copies = rows[rows["duplicate_group"] == of].sort_index()
    columns = math.isqrt(len(copies) - 1) + 1
    sheet = np.zeros((-(-len(copies) // columns) * TILE, columns * TILE), np.uint8)
    for i, file in enumerate(copies["file"]):
        frame = _bytes(read_frame(dataset, file))
        y, x = TILE * (i // columns), TILE * (i % columns)
        tile = cv2.resize(frame, (TILE, TILE), interpolation=cv2.INTER_AREA)
        sheet[y : y + TILE, x : x + TILE] = tile
    _write(images / "largest.jpg", sheet)
    source, licence = _SOURCES[copies["source"].iloc[0]]
    return Picture(
        topic="largest",
        file="largest.jpg",
        shows=tuple(copies.index),
        label=copies["label"].iloc[0],
        source=source,
        licence=licence,
    )


def _mean(label: str, frame: Frame, images: Path) -> Picture:
    """Keep the average picture of a class, brightened as the others are."""
    file = f"mean-{label}.jpg"
    _write(images / file, _bytes(frame))
    return Picture(
        topic="mean",
        file=file,
        shows=(),
        label=label,
        source="made from all distinct pictures of the class",
        licence="as the pictures",
    )


def _bytes(frame: Frame) -> NDArray[np.uint8]:
    return (frame * 255).round().astype(np.uint8)


def _write(path: Path, pixels: NDArray[np.uint8]) -> None:
    cv2.imwrite(str(path), pixels, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
