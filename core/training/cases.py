"""Packs the pictures of fold 0 for `core.cases`, from the dataset.

The same dataset gives the same bytes: rows are sorted, the archive is stored without
compression, and its members carry no date.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from core.cases import IMAGES, TABLE, member
from core.dataset import MANIFEST, TEST_FOLD
from core.errors import N_, DataError
from core.files import replacing

OUTLINES = "lesions.csv"
_NO_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that the format can say
_UPSTREAM = N_("CC0 as stated by the collection; upstream terms not verified")
_CHENG = "CC BY 4.0, Cheng et al. 2015, doi:10.1371/journal.pone.0140381"

# Origin -> where the picture comes from, its terms.
CREDITS = {
    "figshare": ("Cheng et al., figshare 1512427, picture {number}", _CHENG),
    "br35h": ("Br35H 2020, in Nickparvar's collection as {file}", _UPSTREAM),
    "sartaj-or-unknown": (
        "SARTAJ or source not known, in Nickparvar's collection as {file}",
        _UPSTREAM,
    ),
}
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "path", "sha256", "label", "plane", "origin")),
        *((name, pa.string()) for name in ("source", "licence", "flags", "group", "picture")),
        ("copies", pa.int16()),
        ("lesion", pa.string()),
    ]
)


def make_cases(data: Path, table: Path = TABLE, images: Path = IMAGES) -> int:
    """Pack the distinct pictures of fold 0.

    Parameters
    ----------
    data : Path
        The dataset's folder: a pack with ``lesions.csv``.
    table, images : Path
        Where the two files go.

    Returns
    -------
    int
        Number of cases.

    Raises
    ------
    DataError
        If the folder has no outlines, or a picture is missing or not the one that the
        networks were tested on.
    """
    if not (data / OUTLINES).is_file():
        raise DataError(
            "{root} has no {file}; the cases are made from the dataset pack with outlines.",
            root=data,
            file=OUTLINES,
        )
    cases = _table(pd.read_csv(data / OUTLINES).set_index("path")["polygon"])
    contents = [_read(data, path, sha) for path, sha in cases[["path", "sha256"]].to_numpy()]
    columns = pa.Table.from_pandas(cases, SCHEMA, preserve_index=False)
    with replacing(table) as part:
        pq.write_table(columns.replace_schema_metadata(None), part, compression="zstd")
    with replacing(images) as part, ZipFile(part, "w", ZIP_STORED) as pack:
        for key, content in zip(cases["id"], contents, strict=True):
            pack.writestr(_entry(member(key)), content)
    return len(cases)


def _table(outlines: pd.Series[str]) -> pd.DataFrame:
    """Describe the cases, sorted by id; what is known of them ships with the training code."""
    images = pd.read_parquet(MANIFEST)
    fold = images[images["fold"] == TEST_FOLD]
    table = fold[fold["keep_one"] == 1].copy()
    table["copies"] = table["duplicate_group"].map(fold["duplicate_group"].value_counts())
    table["id"] = table["label"] + "-" + table["duplicate_group"].str.lower()
    table["lesion"] = table["path"].map(outlines).fillna("null")
    names = {"duplicate_group": "picture", "source": "origin"}
    table = table.rename(columns=names)
    credits = [credit(*row) for row in table[["origin", "path", "figshare_index"]].to_numpy()]
    table[["source", "licence"]] = credits
    table["path"] = table["path"].str.removeprefix("images/")
    return table.sort_values("id").filter(SCHEMA.names)


def credit(origin: str, path: str, number: str) -> tuple[str, str]:
    """Say where a picture comes from, and on what terms."""
    source, licence = CREDITS[origin]
    return source.format(number=number, file=Path(path).name), licence


def _read(data: Path, path: str, sha256: str) -> bytes:
    try:
        content = (data / "images" / path).read_bytes()
    except OSError as error:
        raise DataError("{root} lacks {path}.", root=data, path=path) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DataError(
            "{path} under {root} is not the picture that the networks were tested on.",
            path=path,
            root=data,
        )
    return content


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _NO_DATE)
    entry.create_system = 3  # Unix, wherever this runs
    entry.external_attr = 0o644 << 16
    return entry
