"""Whether a scan is a picture of the collection: by what it shows, not by its bytes.

A picture that was saved anew, resized, padded or mirrored has another sha256 and is the same
picture still; a network that learned from it remembers it. A fingerprint of each picture ships
here: the head, levelled and cut as for a network (`core.preprocess`), in 12 x 12 cells. Two are
alike from a correlation of `ALIKE` on: all 700 pictures of unseen patients are less like any
picture of the training (0.981 at most), and saving anew or mirroring leaves 0.995 and more.
The slice beside it, of the same patient, may be as like: that is the same for what is said here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.dataset import MANIFEST, TEST_FOLD
from core.imaging import read_image
from core.preprocess import FloatImage, prepare
from core.protocols import OFFICIAL

if TYPE_CHECKING:
    from core.dataset.collection import Dataset

FINGERPRINTS = Path(__file__).with_name("fingerprints.npz")
ALIKE = 0.985  # correlation from which two pictures are one
_SIDE = 12
_SQUARE = 96  # px that the cells are averaged from
_LEVELS = 16  # steps of a fingerprint to one standard deviation
_COPY = 0.995  # correlation from which a copy needs no fingerprint of its own


@dataclass(frozen=True)
class Known:
    """A picture of the collection.

    Attributes
    ----------
    picture : str
        Its key, shared by its copies (the dataset's ``duplicate_group``).
    path : str
        Of one of its files: ``train|test/label/name``.
    labels : tuple of str
        Classes that its files are filed under; more than one where they disagree.
    mirrored : bool
        Whether the scan is its mirror image.
    """

    picture: str
    path: str
    labels: tuple[str, ...]
    mirrored: bool

    def in_training(self, protocol: str) -> bool:
        """Whether networks that were trained under a protocol learned from it, or chose by it."""
        column, test = ("split", "test") if protocol == OFFICIAL else ("fold", TEST_FOLD)
        return any(file[column] != test for file in _files()[self.picture])


def recognise(pixels: FloatImage, sha256: str = "") -> Known | None:
    """Find the picture of the collection that a scan is, as it is or mirrored.

    Parameters
    ----------
    pixels : ndarray of float32, shape (H, W), range [0, 1]
    sha256 : str, optional
        Of the scan's file: where it is one of the collection's, byte for byte, that one is named.

    Returns
    -------
    Known or None
    """
    paths, prints = _fingerprints()
    own = fingerprint(pixels)
    likeness = np.stack([prints @ _unit(cells[None])[0] for cells in (own, own[:, ::-1])])
    turn, at = np.unravel_index(likeness.argmax(), likeness.shape)
    path, itself = str(paths[at]), _by_sha256().get(sha256, [])
    if itself:
        return _known(path if path in itself else itself[0], mirrored=False)
    return _known(path, mirrored=bool(turn)) if likeness[turn, at] >= ALIKE else None


def _known(path: str, *, mirrored: bool) -> Known:
    picture = _pictures()[path]
    labels = tuple(sorted({file["label"] for file in _files()[picture]}))
    return Known(picture, path, labels, mirrored)


def fingerprint(pixels: FloatImage) -> NDArray[np.int8]:
    """Describe what a scan shows in 12 x 12 cells, whatever its size, border and brightness.

    Returns
    -------
    ndarray of int8, shape (12, 12)
        Cells less their mean, in sixteenths of their standard deviation.
    """
    square, _geometry = prepare(pixels, _SQUARE)
    cells = cv2.resize(square, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    spread = float(cells.std())
    scaled = (cells - cells.mean()) / spread * _LEVELS if spread > 0 else np.zeros_like(cells)
    return np.asarray(np.clip(np.rint(scaled), -127, 127), np.int8)


def write_fingerprints(dataset: Dataset, path: Path) -> None:
    """Store the fingerprint of every picture, and of those copies that look different."""
    rows = dataset.table.sort_values(["duplicate_group", "keep_one"], ascending=[True, False])
    files = [dataset.root / file for file in rows["file"]]
    cells = [fingerprint(read_image(file.read_bytes(), file.name).pixels) for file in files]
    kept = _without_copies(rows["duplicate_group"].to_numpy(str), np.stack(cells))
    paths = rows["path"].to_numpy("U")[kept]
    np.savez_compressed(path, path=paths, cells=np.stack(cells)[kept])


def _without_copies(pictures: NDArray[np.str_], cells: NDArray[np.int8]) -> list[int]:
    """Choose of each picture the first file, and each that is unlike those chosen before."""
    chosen: dict[str, list[int]] = {}
    for i, picture in enumerate(pictures):
        before = chosen.setdefault(str(picture), [])
        both = _unit(np.stack([cells[i], cells[i][:, ::-1]]))
        if not before or (_unit(cells[before]) @ both.T).max() < _COPY:
            before.append(i)
    return sorted(i for files in chosen.values() for i in files)


@cache
def _fingerprints() -> tuple[NDArray[np.str_], NDArray[np.float32]]:
    with np.load(FINGERPRINTS) as stored:
        return stored["path"], _unit(stored["cells"])


def _unit(cells: NDArray[np.int8]) -> NDArray[np.float32]:
    """Centre each and bring it to length 1, so that products are correlations; (N, 144)."""
    values = cells.reshape(len(cells), -1).astype(np.float32)
    values -= values.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    return np.asarray(values / np.maximum(lengths, 1e-6), np.float32)


@cache
def _files() -> dict[str, list[dict[str, Any]]]:
    """Rows of the manifest by picture; read without pandas, whose import takes longer."""
    import pyarrow.parquet as pq

    columns = ["duplicate_group", "path", "split", "label", "fold", "sha256"]
    files: dict[str, list[dict[str, Any]]] = {}
    for row in pq.ParquetFile(MANIFEST).read(columns).to_pylist():
        files.setdefault(row["duplicate_group"], []).append(row)
    return files


@cache
def _pictures() -> dict[str, str]:
    return {
        file["path"].removeprefix("images/"): picture
        for picture, files in _files().items()
        for file in files
    }


@cache
def _by_sha256() -> dict[str, list[str]]:
    """Paths by digest; some files are there twice, byte for byte."""
    paths: dict[str, list[str]] = {}
    for files in _files().values():
        for file in files:
            paths.setdefault(file["sha256"], []).append(file["path"].removeprefix("images/"))
    return paths
