"""Make the examples of counterfactual pictures that ship with the app.

Donors are training pictures of figshare (CC BY 4.0), hosts training pictures without a
tumour; both are of the collection, whose pictures the app shows. The same data and package
versions give the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.counterfactuals import COMMAND, IMAGES, NAME, Example, Examples, Origin, Stored
from core.dataset import MANIFEST
from core.dataset.collection import Dataset, dataset_sha256, split
from core.errors import DataError
from core.evaluate.stored.provenance import package_versions
from core.preprocess import FloatImage
from core.protocols import UNSEEN
from core.training.cases import credit
from core.training.counterfactual import mirrored_halves, transplant
from core.training.kinds import KINDS
from core.training.pictures import Pictures, load_pictures, read_outlines

SIDE = 224
SEED = 0
DONORS = ("glioma", "meningioma")  # a pituitary tumour is never moved
_QUALITY = 88
_CYAN_BGR = (255, 255, 0)
_LESION_SHARE = 0.01, 0.08  # of the square: large enough to be seen, small enough for a host
_TRIES = 40

Made = tuple[FloatImage, FloatImage, FloatImage, FloatImage]


def make_examples(dataset: Dataset, folder: Path) -> Stored:
    """Write ``examples.json`` and the pictures that it names.

    Parameters
    ----------
    dataset : Dataset
        With its outlines (``lesions.csv``).
    folder : Path

    Returns
    -------
    Stored

    Raises
    ------
    DataError
        If no training picture lends itself to all four kinds.
    """
    images = folder / IMAGES.name
    images.mkdir(parents=True, exist_ok=True)
    for old in images.glob("*.jpg"):
        old.unlink()
    train = split(dataset, UNSEEN, seed=SEED).train
    train = train[train["keep_one"].astype(str) == "1"]
    rng = np.random.default_rng(SEED)
    hosts = train[(train["label"] == "notumor") & (train["flags"].fillna("") == "")]
    donors = train[(train["source"] == "figshare") & (train["plane"] == "axial")]
    sets = []
    for label in DONORS:
        sets.append(_set(dataset, donors[donors["label"] == label], hosts, images, rng))
    stored = Stored(
        command=COMMAND,
        dataset_sha256=dataset_sha256(dataset),
        seed=SEED,
        packages=package_versions(["numpy", "opencv-python-headless", "pillow"]),
        sets=tuple(sets),
    )
    (folder / NAME).write_text(stored.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return stored


def _set(
    dataset: Dataset,
    donors: pd.DataFrame,
    hosts: pd.DataFrame,
    images: Path,
    rng: np.random.Generator,
) -> Examples:
    """Find a donor and a host that lend themselves to all four kinds, and keep the pictures."""
    for _ in range(_TRIES):
        donor = donors.iloc[[int(rng.integers(len(donors)))]]
        host = hosts.iloc[[int(rng.integers(len(hosts)))]]
        outlines = read_outlines(dataset.root, donor["path"])
        ill = load_pictures(dataset, donor, SIDE, crop=True, outlines=outlines)
        free = load_pictures(dataset, host, SIDE, crop=True, outlines={})
        made = _four(ill, free, rng)
        if made is None:
            continue
        label = str(donor["label"].iloc[0])
        stem = Path(str(donor["path"].iloc[0])).stem
        outlined = cv2.cvtColor(ill.squares[0], cv2.COLOR_GRAY2BGR)
        lesion = (_mask(ill) > 0.5).astype(np.uint8)
        contours, _hierarchy = cv2.findContours(lesion, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(outlined, contours, -1, _CYAN_BGR, 1)
        labels = ("notumor", label, label, "notumor")
        examples = []
        for kind, square, answer in zip(KINDS, made, labels, strict=True):
            file = f"{stem}-{kind}.jpg"
            _write(images / file, np.round(square * 255).astype(np.uint8))
            examples.append(Example(kind=kind, file=file, label=answer))
        return Examples(
            donor=_origin(donor, outlined, images),
            host=_origin(host, free.squares[0], images),
            made=tuple(examples),
        )
    raise DataError("No training picture lends itself to all four kinds of picture.")


def _four(ill: Pictures, free: Pictures, rng: np.random.Generator) -> Made | None:
    square, mask = ill.squares[0].astype(np.float32) / 255, _mask(ill)
    host = free.squares[0].astype(np.float32) / 255
    if not _LESION_SHARE[0] < mask.mean() < _LESION_SHARE[1]:
        return None
    halves = mirrored_halves(square, mask)
    pasted = transplant(square, mask, host, rng)
    control = transplant(square, mask, host, rng, opposite=True)
    if halves is None or pasted is None or control is None:
        return None
    return halves[0], halves[1], pasted, control


def _mask(pictures: Pictures) -> FloatImage:
    small = pictures.masks[0].astype(np.float32) / 255
    return np.asarray(cv2.resize(small, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR), np.float32)


def _origin(row: pd.DataFrame, pixels: NDArray[np.uint8], images: Path) -> Origin:
    path = str(row["path"].iloc[0])
    file = f"{Path(path).stem}.jpg"
    _write(images / file, pixels)
    source, licence = credit(str(row["source"].iloc[0]), path, _number(path))
    return Origin(
        file=file, path=path, label=str(row["label"].iloc[0]), source=source, licence=licence
    )


def _number(path: str) -> str:
    """Look up the number of a picture in figshare's collection; empty where it is of none."""
    known = pd.read_parquet(MANIFEST, columns=["path", "figshare_index"]).set_index("path")
    found = known["figshare_index"].rename(lambda p: str(p).removeprefix("images/")).get(path)
    return "" if found is None else str(found)


def _write(path: Path, pixels: NDArray[np.uint8]) -> None:
    cv2.imwrite(str(path), pixels, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
