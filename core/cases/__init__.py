"""The pictures behind every number: fold 0, one case for each distinct picture.

No shipped network has seen these patients. The files are byte for byte those that the
networks were tested on; `core.training.cases` packs them from the dataset.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
from numpy.typing import NDArray

from core.errors import DataError

TABLE = Path(__file__).with_name("cases.parquet")
IMAGES = Path(__file__).with_name("images.zip")


@dataclass(frozen=True)
class Case:
    """One distinct picture of fold 0.

    Attributes
    ----------
    id : str
        Key in URLs: class and picture, ``glioma-f2010``.
    path : str
        As in the stored predictions: ``train|test/label/name``.
    sha256 : str
        Of the file.
    label : str
        The class that the source gives it.
    plane : str
        ``axial``, ``coronal``, ``sagittal``, or empty where nobody has said.
    origin : str
        ``figshare``, ``br35h`` or ``sartaj-or-unknown``.
    source, licence : str
        Where the picture comes from and on what terms, to be shown with it.
    flags : tuple of str
        What the audit noticed, ``looks_like_ct`` and the like.
    group : str
        Patient (``P…``) or picture family.
    picture : str
        Key of the picture, shared by its copies (the dataset's ``duplicate_group``).
    copies : int
        How many images of fold 0 are this picture, itself included; 1 or more.
    lesion : ndarray of float64, shape (n, 2), optional
        The expert's outline of the tumour: x, y in 0..1 of the frame.
    """

    id: str
    path: str
    sha256: str
    label: str
    plane: str
    origin: str
    source: str
    licence: str
    flags: tuple[str, ...]
    group: str
    picture: str
    copies: int
    lesion: NDArray[np.float64] | None = None


@cache
def cases() -> dict[str, Case]:
    """All cases by id, in the order of the table; read at the first call."""
    import pyarrow.parquet as pq

    table = pq.ParquetFile(TABLE).read()  # `read_table` imports pandas
    return {row["id"]: _case(row) for row in table.to_pylist()}


def find(key: str) -> Case | None:
    """Look up a case by its id."""
    return cases().get(key)


def find_file(sha256: str) -> Case | None:
    """Look up a case by the sha256 of its file."""
    return _by_sha256().get(sha256)


def read_bytes(case: Case) -> bytes:
    """File of a case, as it is in the dataset."""
    return _images()[member(case.id)]


def member(key: str) -> str:
    """Name of a case's file within the pack."""
    return f"{key}.jpg"


@cache
def _by_sha256() -> dict[str, Case]:
    return {case.sha256: case for case in cases().values()}


@cache
def _images() -> dict[str, bytes]:
    with ZipFile(IMAGES) as pack:  # 5 MB; held, so that many threads may read at once
        return {name: pack.read(name) for name in pack.namelist()}


def _case(row: dict[str, Any]) -> Case:
    points = json.loads(row["lesion"])
    lesion = None if points is None else np.asarray(points, np.float64)
    flags = tuple(flag for flag in row["flags"].split(";") if flag)
    return Case(**row | {"flags": flags, "lesion": lesion})


def read_scan(case: Case, data: Path | None = None) -> bytes:
    """File of a case: the one that ships with the app, or a dataset folder's own.

    Raises
    ------
    DataError
        If the folder lacks the file, or has another than the networks were tested on.
    """
    if data is None:
        return read_bytes(case)
    try:
        content = (data / "images" / case.path).read_bytes()
    except OSError as error:
        raise DataError("{root} lacks {path}.", root=data, path=case.path) from error
    if hashlib.sha256(content).hexdigest() != case.sha256:
        raise DataError(
            "{path} under {root} is not the picture that the networks were tested on.",
            path=case.path,
            root=data,
        )
    return content


def spread(known: list[Case], seed: int) -> list[Case]:
    """Shuffle, then let the groups take turns: the first of each group before any second."""
    order = np.random.default_rng(seed).permutation(len(known))
    turns: Counter[str] = Counter()
    keyed: list[tuple[int, int, Case]] = []
    for i in order:
        keyed.append((turns[known[i].group], len(keyed), known[i]))
        turns[known[i].group] += 1
    return [case for *_, case in sorted(keyed, key=lambda item: item[:2])]
