"""What a run learns from: squares in 8 bits, lesion masks beside them, and whose they are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from core.dataset.collection import Dataset
from core.errors import TrainingError
from core.imaging import read_image
from core.preprocess import FloatImage, prepare, to_square

OUTLINES_NAME = "lesions.csv"
MASK_STEP = 4  # pixels of a square under one of its mask
REAL = "real"

Outlines = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Pictures:
    """Squares with their masks, row by row.

    Attributes
    ----------
    squares : ndarray of uint8, shape (N, S, S)
        What `core.preprocess.prepare` gives, in 8 bits.
    masks : ndarray of uint8, shape (N, S // 4, S // 4)
        Share of each 4 x 4 pixels that lies in the lesion, times 255; zeros without one.
    outlined : ndarray of bool, shape (N,)
        Whether the lesion's place is known.
    y : ndarray of int, shape (N,)
        Class index.
    picture : ndarray of str, shape (N,)
        Copies of one picture share it.
    plane : ndarray of str, shape (N,)
        ``axial``, ``coronal``, ``sagittal`` or empty.
    kind : ndarray of str, shape (N,)
        ``real``, or a kind of `core.training.counterfactual`.
    """

    squares: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    outlined: NDArray[np.bool_]
    y: NDArray[np.int64]
    picture: NDArray[np.str_]
    plane: NDArray[np.str_]
    kind: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.y)

    def at(self, size: int) -> Pictures:
        """Resize the squares to another side, by area interpolation."""
        if len(self) == 0 or self.squares.shape[1] == size:
            return self
        squares = [_resized(square, size) for square in self.squares]
        masks = [_resized(mask, size // MASK_STEP) for mask in self.masks]
        return Pictures(
            np.stack(squares),
            np.stack(masks),
            self.outlined,
            self.y,
            self.picture,
            self.plane,
            self.kind,
        )


def read_outlines(root: Path, paths: pd.Series) -> Outlines:
    """Outlines of the given images alone; rows of other images are not parsed.

    Parameters
    ----------
    root : Path
        The dataset's folder, with ``lesions.csv``.
    paths : Series of str
        ``path`` of the training rows. Validation and test never come here.

    Returns
    -------
    dict of str to ndarray of float64, shape (n, 2)
        By path: points x, y in 0..1 of the image's frame.

    Raises
    ------
    TrainingError
        If the dataset comes without outlines.
    """
    file = root / OUTLINES_NAME
    if not file.is_file():
        raise TrainingError(
            "{root} has no lesions.csv, which outlines need; train without them by "
            "--guide 0 --counterfactual 0.",
            root=root,
        )
    table = pd.read_csv(file, usecols=["path", "polygon"])
    table["path"] = table["path"].str.removeprefix("images/")
    table = table[table["path"].isin(set(paths))]
    polygons = zip(table["path"], table["polygon"], strict=True)
    return {str(path): np.array(json.loads(polygon)) for path, polygon in polygons}


def load_pictures(
    dataset: Dataset, rows: pd.DataFrame, size: int, *, crop: bool, outlines: Outlines
) -> Pictures:
    """Read and prepare images, and draw the masks of those with an outline.

    Parameters
    ----------
    dataset : Dataset
    rows : DataFrame
        Rows of ``dataset.table``.
    size : int
        Side of the squares in pixels.
    crop : bool
        Whether to cut to the head.
    outlines : dict
        What `read_outlines` returned; may be empty.
    """
    squares = np.empty((len(rows), size, size), np.uint8)
    masks = np.zeros((len(rows), size // MASK_STEP, size // MASK_STEP), np.uint8)
    named = list(zip(rows["path"].astype(str), rows["file"].astype(str), strict=True))
    for i, (path, name) in enumerate(tqdm(named, desc="pictures", leave=False, disable=None)):
        file = dataset.root / name
        pixels = read_image(file.read_bytes(), file.name).pixels
        square, geometry = prepare(pixels, size, crop=crop)
        squares[i] = np.round(square * 255)
        if path in outlines:
            box = geometry.box
            mask = fill(outlines[path], pixels.shape)
            inside = to_square(mask[box.top : box.bottom, box.left : box.right], geometry)
            masks[i] = np.round(_resized(inside, size // MASK_STEP) * 255)
    return Pictures(
        squares,
        masks,
        rows["path"].isin(outlines).to_numpy(),
        rows["y"].to_numpy(),
        rows["duplicate_group"].to_numpy(str),
        rows["plane"].fillna("").to_numpy(str),
        np.full(len(rows), REAL),
    )


def fill(outline: NDArray[np.float64], shape: tuple[int, int]) -> FloatImage:
    """Mask (H, W) of 0 and 1 of a closed outline (n, 2) of x, y in 0..1 of the frame."""
    height, width = shape
    corners = np.round(outline * [width, height]).astype(np.int32)
    mask = np.zeros(shape, np.float32)
    cv2.fillPoly(mask, [corners], 1.0)
    return mask


def _resized(picture: NDArray[Any], side: int) -> NDArray[Any]:
    return np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA))
