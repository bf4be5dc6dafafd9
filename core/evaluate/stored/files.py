"""Rows in a Parquet file that says where they come from, and JSON: whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ValidationError

from core.errors import DataError
from core.evaluate.stored.predictions import METADATA_KEY
from core.files import replacing, write_text

if TYPE_CHECKING:
    import pandas as pd

P = TypeVar("P", bound=BaseModel)


def write_rows(path: Path, rows: pd.DataFrame, schema: pa.Schema, provenance: BaseModel) -> None:
    """Write rows, the same bytes for the same content."""
    note = json.dumps(provenance.model_dump(mode="json"), sort_keys=True)
    table = pa.Table.from_pandas(rows, schema, preserve_index=False)
    table = table.replace_schema_metadata({METADATA_KEY: note.encode()})
    with replacing(path) as part:
        pq.write_table(table, part, compression="zstd")


def read_rows(path: Path, kind: type[P]) -> tuple[pd.DataFrame, P]:
    """Read what `write_rows` wrote; text columns come back as text.

    Raises
    ------
    DataError
        If it is not there, not Parquet, or does not say where it comes from.
    """
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise DataError("{file} cannot be read as measurements.", file=path) from error
    note = (table.schema.metadata or {}).get(METADATA_KEY, b"")
    try:
        provenance = kind.model_validate_json(note)
    except ValidationError as error:
        raise DataError("{file} does not say where it comes from.", file=path) from error
    texts = [f.name for f in table.schema if pa.types.is_dictionary(f.type)]
    return table.to_pandas().astype(dict.fromkeys(texts, str)), provenance


def derive(
    rows: Path,
    figures: Path,
    kind: type[P],
    build: Callable[[pd.DataFrame, P], dict[str, Any]],
    stamp: str = "rows_sha256",
) -> dict[str, Any]:
    """Derive a file of figures from a file of rows; the same rows give the same bytes.

    Parameters
    ----------
    rows, figures : Path
        What `write_rows` wrote, and the JSON to write.
    kind : type
        Of the rows' provenance.
    build : callable
        Rows and provenance -> figures.
    stamp : str
        Under which the figures name the sha256 of the rows that they were derived from.

    Raises
    ------
    DataError
        If the rows cannot be read; what `build` raises.
    """
    found = build(*read_rows(rows, kind)) | {stamp: hashlib.sha256(rows.read_bytes()).hexdigest()}
    write_json(figures, found)
    return found


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write JSON with sorted keys; the same content gives the same bytes."""
    write_text(path, json.dumps(content, sort_keys=True, indent=1, allow_nan=False) + "\n")
