"""Stored predictions: the one source from which every figure is derived.

One Parquet file holds one row an image and, in its schema metadata, where the rows come
from. Writing the same predictions twice gives the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pydantic import ValidationError

from core.errors import DataError, fault
from core.evaluate.stored.provenance import Provenance
from core.files import replacing
from core.labels import CLASS_NAMES, NUM_CLASSES
from core.protocols import OFFICIAL
from core.softmax import calibrated

if TYPE_CHECKING:
    import pandas as pd

METADATA_KEY = b"glassbrain"
LOGITS = [f"logit_{name}" for name in CLASS_NAMES]
PROBABILITIES = [f"prob_{name}" for name in CLASS_NAMES]
_SUM_TOLERANCE = 1e-4  # float32 softmax is within 1e-6
_LOGIT_TOLERANCE = 1e-3  # between stored probabilities and softmax(logits / T)

SCHEMA = pa.schema(
    [
        ("path", pa.string()),
        ("image_sha256", pa.string()),
        ("y_true", pa.int8()),
        *((name, pa.float32()) for name in LOGITS),
        *((name, pa.float32()) for name in PROBABILITIES),
        ("group", pa.string()),
        ("duplicate_group", pa.string()),
        ("keep_one", pa.int8()),
        ("in_train_twin", pa.int8()),
        ("source", pa.string()),
        ("plane", pa.string()),
        ("flags", pa.string()),
    ]
)


@dataclass(frozen=True)
class Predictions:
    """What one model says of each image of one part of a split.

    Attributes
    ----------
    table : DataFrame
        Columns of `SCHEMA`, sorted by ``path``. ``keep_one`` marks one row per distinct
        picture *of this part*; ``in_train_twin`` is 1 where a copy of the picture is in
        the training part of this protocol.
    provenance : Provenance

    Raises
    ------
    DataError
        If columns are missing, classes differ, or values cannot be predictions.
    """

    table: pd.DataFrame
    provenance: Provenance

    def __post_init__(self) -> None:
        _check(self.table, self.provenance)

    @cached_property
    def y(self) -> NDArray[np.int64]:
        """True classes, shape (N,), values 0..3."""
        return self.table["y_true"].to_numpy(np.int64)

    @cached_property
    def logits(self) -> NDArray[np.float64]:
        """Logits before temperature, shape (N, 4)."""
        return self.table[LOGITS].to_numpy(np.float64)

    @cached_property
    def probabilities(self) -> NDArray[np.float64]:
        """Calibrated probabilities, shape (N, 4); rows sum to 1 in double precision."""
        p = self.table[PROBABILITIES].to_numpy(np.float64)
        return np.asarray(p / p.sum(axis=1, keepdims=True))

    def distinct(self) -> Predictions:
        """One row per distinct picture."""
        return Predictions(self.table[self.table["keep_one"] == 1], self.provenance)


def make_predictions(
    rows: pd.DataFrame, logits: NDArray[np.floating], provenance: Provenance
) -> Predictions:
    """Join a network's answers to what is known of the images.

    Parameters
    ----------
    rows : DataFrame
        Test or validation part of a `core.dataset.collection.Split`.
    logits : ndarray, shape (N, 4)
        In the order of `rows`.
    provenance : Provenance

    Notes
    -----
    The dataset's own ``keep_one`` marks one copy of each picture in the *whole* set;
    under ``official`` that copy may lie in the training part. Here each picture of the
    part has a marked row: the dataset's choice if it is here, else the first by path.

    A picture has a twin in training only under ``official``: validation and fold 0 share
    no picture family with what is trained on.
    """
    columns = ["path", "y", "group", "duplicate_group", "source", "plane", "flags"]
    table = rows[columns].rename(columns={"y": "y_true"}).reset_index(drop=True)
    twin = rows["in_train_twin"].astype(str).to_numpy() == "1"
    official_test = provenance.protocol == OFFICIAL and provenance.part == "test"
    first = rows.reset_index(drop=True).sort_values(
        ["keep_one", "path"], ascending=[False, True], kind="stable"
    )
    kept = first.index[~first["duplicate_group"].duplicated()]
    table["image_sha256"] = rows["sha256"].to_numpy()
    table["keep_one"] = table.index.isin(kept).astype(np.int8)
    table["in_train_twin"] = (twin & official_test).astype(np.int8)
    table[LOGITS] = np.asarray(logits, np.float32)
    table[PROBABILITIES] = calibrated(logits, provenance.temperature).astype(np.float32)
    return Predictions(table.sort_values("path")[SCHEMA.names], provenance)


def write_predictions(path: Path, predictions: Predictions) -> None:
    """Write a Parquet file, whole or not at all, the same bytes for the same content."""
    note = json.dumps(predictions.provenance.model_dump(mode="json"), sort_keys=True)
    table = pa.Table.from_pandas(predictions.table, SCHEMA, preserve_index=False)
    table = table.replace_schema_metadata({METADATA_KEY: note.encode()})
    with replacing(path) as part:
        pq.write_table(table, part, compression="zstd")


def read_predictions(path: Path) -> Predictions:
    """Read a file that `write_predictions` wrote.

    Raises
    ------
    DataError
        If the file is not there, not Parquet, without provenance, or does not hold
        predictions for the four classes.
    """
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise DataError("{file} cannot be read as stored predictions.", file=path) from error
    note = (table.schema.metadata or {}).get(METADATA_KEY)
    if note is None:
        raise DataError("{file} does not say which model its predictions are of.", file=path)
    try:
        provenance = Provenance.model_validate_json(note)
    except ValidationError as error:
        raise DataError(
            "{file} does not say properly where it comes from, at {where}: {what}.",
            file=path,
            **fault(error),
        ) from error
    return Predictions(table.to_pandas(), provenance)


def _check(table: pd.DataFrame, provenance: Provenance) -> None:
    name = f"{provenance.name} ({provenance.protocol}, {provenance.part})"
    classes = sorted(c.removeprefix("prob_") for c in table.columns if c.startswith("prob_"))
    if classes and classes != sorted(CLASS_NAMES):
        raise DataError(
            "The predictions of {name} are for the classes {theirs}; expected are {ours}.",
            name=name,
            theirs=", ".join(classes),
            ours=", ".join(CLASS_NAMES),
        )
    missing = [column for column in SCHEMA.names if column not in table]
    if missing:
        raise DataError(
            "The predictions of {name} lack {columns}.", name=name, columns=", ".join(missing)
        )
    if table.empty:
        raise DataError("The predictions of {name} are of no image.", name=name)
    if not (table["path"].is_monotonic_increasing and table["path"].is_unique):
        raise DataError(
            "The predictions of {name} are not one row an image, sorted by path.", name=name
        )
    if not table["y_true"].isin(range(NUM_CLASSES)).all():
        raise DataError("The predictions of {name} have labels of no known class.", name=name)
    logits = table[LOGITS].to_numpy(np.float64)
    probabilities = table[PROBABILITIES].to_numpy(np.float64)
    inside = np.isfinite(logits).all() and ((probabilities >= 0) & (probabilities <= 1)).all()
    if not inside or np.abs(probabilities.sum(axis=1) - 1).max() > _SUM_TOLERANCE:
        raise DataError(
            "The predictions of {name} have probabilities that do not sum to 1.", name=name
        )
    expected = calibrated(logits, provenance.temperature)
    if np.abs(expected - probabilities).max() > _LOGIT_TOLERANCE:
        raise DataError(
            "The predictions of {name} have probabilities that do not follow from their "
            "logits and temperature.",
            name=name,
        )
