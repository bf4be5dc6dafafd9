"""A prediction as a record: what is exported is what was computed, with its provenance."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from core.imaging import MRIImage
from core.inference import Prediction
from core.labels import CLASS_NAMES
from core.manifest import Manifest

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # first characters that a spreadsheet runs

_SUMMARY = (
    "sha256", "model", "class", "probabilities", "abstained", "ruled_out", "in_distribution",
    "latency_ms", "weights_sha256", "gate",
)  # fmt: skip
_PLACE = ("plane", "slice", "slices", "volume", "volumes", "in_training")


def summary(prediction: Prediction) -> dict[str, Any]:
    """Write an answer as ``python -m core predict`` prints it, but for the file's name."""
    return {
        "sha256": prediction.image_sha256,
        "model": prediction.model,
        "class": prediction.class_name,
        "probabilities": {
            name: round(float(value), 6)
            for name, value in zip(CLASS_NAMES, prediction.probabilities, strict=True)
        },
        "abstained": prediction.abstained,
        "ruled_out": prediction.ruled_out,
        "in_distribution": prediction.in_distribution,
        "latency_ms": round(prediction.latency_ms, 2),
        "weights_sha256": prediction.weights_sha256,
        "gate": None if prediction.gate is None else prediction.gate.record(),
    }


def record(
    prediction: Prediction,
    image: MRIImage,
    manifest: Manifest,
    *,
    method: str | None = None,
    target: str | None = None,
) -> dict[str, Any]:
    """Everything needed to read an answer later, and to get it again.

    Parameters
    ----------
    prediction : Prediction
    image : MRIImage
        The scan that was classified.
    manifest : Manifest
        Of the model that answered.
    method, target : str, optional
        Saliency method and class of the map that goes with it.

    Returns
    -------
    dict
        Plain JSON values. The first keys are those of ``python -m core predict``. The
        file's name is left out: it may name a patient.
    """
    height, width = image.shape
    return {
        **summary(prediction),
        "logits": dict(zip(CLASS_NAMES, prediction.logits.tolist(), strict=True)),
        "temperature": manifest.temperature,
        "abstain_threshold": manifest.abstain_threshold,
        "rule_out_threshold": manifest.limits.rule_out,
        "preprocess": manifest.preprocess.model_dump(),
        "input_size": manifest.input_size,
        "image": {"height": height, "width": width, "source": image.source, "frame": image.frame}
        | image.where,
        "explanation": None if method is None else {"method": method, "target": target},
        "notice": "Research and teaching; not a medical device.",
    }


def brief(row: Mapping[str, Any]) -> dict[str, Any]:
    """Cut a row of an export down to what ``python -m core predict`` prints of a file.

    Which slice it is, and whether it was in training, stay as far as the row says so.
    """
    kept = {key: row[key] for key in _PLACE if row.get(key) is not None}
    if row.get("error"):
        return {"file": row["file"], "error": row["error"], **kept}
    return {"file": row["file"], **kept, **{key: row[key] for key in _SUMMARY}}


def to_csv(records: Sequence[Mapping[str, Any]]) -> str:
    """Write records as a table: one row each, nested values in ``outer_inner`` columns.

    Text that a spreadsheet would run as a formula is preceded by an apostrophe. Lines end
    as RFC 4180 says, which also makes the writer quote a carriage return inside a cell:
    bare, it would begin a row of its own.
    """
    rows = [_flat(record) for record in records]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def csv_bytes(records: Sequence[Mapping[str, Any]]) -> bytes:
    """Write records as a file: UTF-8 with a byte-order mark, without which Excel guesses."""
    return to_csv(records).encode("utf-8-sig")


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    row: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            row |= _flat(value, f"{prefix}{key}_")
        elif isinstance(value, str) and value.startswith(_FORMULA):
            row[f"{prefix}{key}"] = f"'{value}"
        else:
            row[f"{prefix}{key}"] = value
    return row
