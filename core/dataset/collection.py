"""The dataset, its two protocols and their splits.

The Kaggle "Brain Tumor MRI Dataset" (Nickparvar, version 1, 7023 images) is read in the
layout of its download (``Training/``, ``Testing/``) or as a pack with its own
``manifest.csv``. Which images belong to one patient or are copies of one picture is not
in the download; it comes from the audit shipped beside this file (`MANIFEST`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold
from tqdm import tqdm

from core.dataset import MANIFEST, TEST_FOLD
from core.errors import DataError
from core.imaging import read_image
from core.labels import CLASS_NAMES
from core.preprocess import PREPROCESS_VERSION, prepare
from core.protocols import OFFICIAL, Protocol

VALIDATION_PARTS = 10  # validation is a tenth of the training part

_KAGGLE_FOLDER = {"train": "Training", "test": "Testing"}
_PACK_COLUMNS = (
    "path",
    "split",
    "label",
    "sha256",
    "source",
    "duplicate_group",
    "in_train_twin",
    "group",
    "fold",
    "plane",
    "keep_one",
    "flags",
)
_MISSING_ALLOWED = 0.01  # copies of the download differ by a handful of files


@dataclass(frozen=True)
class Dataset:
    """The images of one folder on disk.

    Attributes
    ----------
    root : Path
    table : DataFrame
        One row an image, sorted by ``path``. Columns: ``path`` (``train|test/label/name``,
        the same for both layouts), ``file`` (where it lies under `root`), ``split``,
        ``label``, ``y`` (class index), ``group`` (patient or picture family),
        ``duplicate_group`` (one picture), ``keep_one``, ``in_train_twin``, ``fold``,
        ``source``, ``plane``, ``flags``, ``sha256`` (of the file).
    """

    root: Path
    table: pd.DataFrame


@dataclass(frozen=True)
class Split:
    """Three disjoint parts of a dataset; no group is in two of them but as noted.

    Under ``official`` the test part is the dataset's own and shares most of its patients
    with the training part: that is what is wrong with it. Validation never shares a
    group with training, under either protocol.
    """

    protocol: Protocol
    train: pd.DataFrame
    validation: pd.DataFrame
    test: pd.DataFrame
    sha256: str


def load_dataset(root: Path) -> Dataset:
    """Find the dataset's images under a folder.

    Raises
    ------
    DataError
        If the folder has neither layout, its manifest.csv lacks columns or rows, it has
        other classes, lacks more than one file in a hundred, or a file is not the one that
        manifest.csv records. (A download has no such record: its files are taken as they are.)
    """
    is_pack = (root / "manifest.csv").is_file()
    if is_pack:
        table = _read_pack(root / "manifest.csv")
    elif (root / "Training").is_dir() and (root / "Testing").is_dir():
        table = pd.read_parquet(MANIFEST)
        table["file"] = [_kaggle_file(path) for path in table["path"]]
    else:
        raise DataError(
            "{root} is not the brain tumour dataset; a folder with Training/ and Testing/, "
            "or one with manifest.csv, is expected.",
            root=root,
        )
    other = sorted(set(table["label"]) - set(CLASS_NAMES))
    if other:
        raise DataError(
            "{root} has classes that are not known here ({other}); expected are {expected}.",
            root=root,
            other=", ".join(other),
            expected=", ".join(CLASS_NAMES),
        )
    there = np.array([(root / file).is_file() for file in table["file"]])
    if (~there).mean() > _MISSING_ALLOWED:
        raise DataError(
            "{root} lacks {missing} of {all} images, for example {example}.",
            root=root,
            missing=int((~there).sum()),
            all=len(table),
            example=table["file"][~there].iloc[0],
        )
    table = table[there].copy()
    digests = [hashlib.sha256((root / file).read_bytes()).hexdigest() for file in table["file"]]
    altered = (table["sha256"] != digests).to_numpy()
    if is_pack and altered.any():
        raise DataError(
            "{root} holds other pictures than its manifest.csv records: {n} of {all}, for "
            "example {example}.",
            root=root,
            n=int(altered.sum()),
            all=len(table),
            example=table["file"][altered].iloc[0],
        )
    table["sha256"] = digests
    table["path"] = table["path"].str.removeprefix("images/")
    table["y"] = table["label"].map(CLASS_NAMES.index)
    return Dataset(root, table.sort_values("path").reset_index(drop=True))


def _read_pack(file: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(file, dtype={"flags": str}, keep_default_na=False)
    except (ValueError, OSError) as error:  # pandas' parser errors are ValueErrors
        raise DataError("{file} cannot be read as a table.", file=file) from error
    missing = [column for column in _PACK_COLUMNS if column not in table]
    if missing or table.empty:
        raise DataError(
            "{file} does not describe a dataset; it lacks {missing}.",
            file=file,
            missing=", ".join(missing) or "images",
        )
    return table.assign(file=table["path"])


def _kaggle_file(path: str) -> str:
    split, label, name = path.split("/")[-3:]
    return f"{_KAGGLE_FOLDER[split]}/{label}/{name}"


def split(dataset: Dataset, protocol: Protocol, seed: int = 0) -> Split:
    """Cut a dataset into training, validation and test parts.

    Parameters
    ----------
    dataset : Dataset
    protocol : {"official", "unseen-patients"}
        ``official``: the dataset's own Training and Testing. ``unseen-patients``: folds
        1-4 against fold 0; folds never share a patient or a picture family.
    seed : int
        Chooses the validation part: a tenth of the training part, stratified by class,
        whole groups only.
    """
    table = dataset.table
    is_test = table["split"] == "test" if protocol == OFFICIAL else table["fold"] == TEST_FOLD
    development, test = table[~is_test], table[is_test]
    folds = StratifiedGroupKFold(VALIDATION_PARTS, shuffle=True, random_state=seed)
    train_rows, validation_rows = next(
        folds.split(development, development["y"], groups=development["group"])
    )
    parts = {
        "train": development.iloc[train_rows],
        "validation": development.iloc[validation_rows],
        "test": test,
    }
    lines = [f"{name}\t{path}\n" for name, rows in parts.items() for path in sorted(rows["path"])]
    digest = hashlib.sha256("".join(lines).encode()).hexdigest()
    return Split(protocol, **parts, sha256=digest)


def dataset_sha256(dataset: Dataset) -> str:
    """Digest of the names and contents of all images of a dataset."""
    lines = dataset.table["path"] + "\t" + dataset.table["sha256"] + "\n"
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def load_squares(
    dataset: Dataset,
    rows: pd.DataFrame,
    size: int,
    *,
    crop: bool = True,
    version: int = PREPROCESS_VERSION,
) -> NDArray[np.float32]:
    """Read and prepare images, through the same code as an upload in the app.

    Returns
    -------
    ndarray of float32, shape (len(rows), size, size), range [0, 1]
    """
    squares = np.empty((len(rows), size, size), np.float32)
    for i, file in enumerate(
        tqdm(rows["file"], desc=f"images at {size} px", leave=False, disable=None)
    ):
        path = dataset.root / file
        pixels = read_image(path.read_bytes(), path.name).pixels
        squares[i], _ = prepare(pixels, size, crop=crop, version=version)
    return squares
