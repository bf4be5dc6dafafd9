"""The stored file: same bytes, full provenance, one clear sentence when it does not fit."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import DataError
from core.evaluate.stored.predictions import (
    METADATA_KEY,
    SCHEMA,
    Predictions,
    make_predictions,
    read_predictions,
    write_predictions,
)
from core.evaluate.stored.provenance import Provenance
from tests.core.evaluate.toys import SHA, Make, random_case


@pytest.fixture
def predictions(make: Make) -> Predictions:
    y, p, groups = random_case(30, 6)
    return make(y, p, groups, temperature=1.5, packages={"numpy": "2.0"})


def test_round_trip(predictions: Predictions, tmp_path: Path) -> None:
    write_predictions(tmp_path / "deep" / "p.parquet", predictions)
    back = read_predictions(tmp_path / "deep" / "p.parquet")
    assert back.provenance == predictions.provenance
    assert list(back.table) == SCHEMA.names
    np.testing.assert_array_equal(back.logits, predictions.logits)
    np.testing.assert_array_equal(back.probabilities, predictions.probabilities)
    assert back.table["path"].tolist() == predictions.table["path"].tolist()
    assert not list(tmp_path.rglob("*.tmp"))


def test_same_predictions_same_bytes(predictions: Predictions, tmp_path: Path) -> None:
    write_predictions(tmp_path / "a.parquet", predictions)
    write_predictions(tmp_path / "b.parquet", read_predictions(tmp_path / "a.parquet"))
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_column_types(predictions: Predictions, tmp_path: Path) -> None:
    write_predictions(tmp_path / "p.parquet", predictions)
    schema = pq.read_schema(tmp_path / "p.parquet")
    assert schema.equals(SCHEMA)
    assert set(schema.metadata) == {METADATA_KEY}  # nothing of pandas' own version in it
    assert json.loads(schema.metadata[METADATA_KEY])["packages"] == {"numpy": "2.0"}


def test_probabilities_are_of_double_precision_and_sum_to_one(predictions: Predictions) -> None:
    assert predictions.probabilities.dtype == np.float64
    np.testing.assert_allclose(predictions.probabilities.sum(axis=1), 1, atol=1e-15)


def rows_of(keep_one: list[int], pictures: list[str], twins: list[str]) -> pd.DataFrame:
    n = len(keep_one)
    return pd.DataFrame(
        {
            "path": [f"test/{'dcba'[i]}.jpg" for i in range(n)],
            "sha256": [SHA["dcba"[i]] for i in range(n)],
            "y": range(n),
            "group": "P001",
            "duplicate_group": pictures,
            "keep_one": keep_one,
            "in_train_twin": twins,
            "source": "figshare",
            "plane": "",
            "flags": "",
        }
    )


@pytest.mark.parametrize(
    ("protocol", "twins"), [("official", [0, 1, 1, 0]), ("unseen-patients", [0, 0, 0, 0])]
)
def test_rows_are_joined_and_sorted(
    predictions: Predictions, protocol: str, twins: list[int]
) -> None:
    rows = rows_of([0, 1, 0, 0], ["F1", "F2", "F2", "F3"], ["0", "1", "1", "0"])
    provenance = predictions.provenance.model_copy(update={"protocol": protocol})
    table = make_predictions(rows, np.diag([9.0, 8, 7, 6]), provenance).table
    assert table["path"].str[5].tolist() == list("abcd")
    assert table["image_sha256"].str[0].tolist() == list("abcd")
    assert table["y_true"].tolist() == [3, 2, 1, 0]
    assert table["logit_pituitary"].tolist() == [6, 0, 0, 0]
    # F1 and F3 have no marked copy in this part, so their first one stands for them
    assert table["keep_one"].tolist() == [1, 0, 1, 1]
    assert table["in_train_twin"].tolist() == twins


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read as stored predictions"):
        read_predictions(tmp_path / "no.parquet")


@pytest.mark.parametrize("content", [b"", b"PAR1 and then nothing", b"{}"])
def test_not_parquet(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "p.parquet").write_bytes(content)
    with pytest.raises(DataError, match="cannot be read as stored predictions"):
        read_predictions(tmp_path / "p.parquet")


def test_no_provenance(predictions: Predictions, tmp_path: Path) -> None:
    predictions.table.to_parquet(tmp_path / "p.parquet")
    with pytest.raises(DataError, match="does not say which model"):
        read_predictions(tmp_path / "p.parquet")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"protocol": "home-made"}, "protocol"),
        ({"temperature": 0}, "temperature"),
        ({"weights_sha256": None}, "weights_sha256 belongs to models"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_broken_provenance(
    predictions: Predictions, tmp_path: Path, change: dict[str, object], where: str
) -> None:
    note = json.dumps(predictions.provenance.model_dump(mode="json") | change).encode()
    table = pa.Table.from_pandas(predictions.table, SCHEMA, preserve_index=False)
    pq.write_table(table.replace_schema_metadata({METADATA_KEY: note}), tmp_path / "p.parquet")
    with pytest.raises(DataError, match=where):
        read_predictions(tmp_path / "p.parquet")


def halved(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(prob_glioma=table["prob_glioma"] / 2)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda t: t.drop(columns="group"), "lack group"),
        (lambda t: t.rename(columns={"prob_notumor": "prob_healthy"}), "for the classes"),
        (lambda t: t.iloc[:0], "of no image"),
        (lambda t: t.iloc[::-1], "sorted by path"),
        (lambda t: t.assign(path="x"), "one row an image"),
        (lambda t: t.assign(y_true=7), "no known class"),
        (halved, "do not sum to 1"),
        (lambda t: t.assign(prob_glioma=np.nan), "do not sum to 1"),
        (lambda t: t.assign(logit_glioma=np.inf), "do not sum to 1"),
        (lambda t: t.assign(logit_glioma=t["logit_glioma"] + 1), "do not follow from"),
    ],
)
def test_tables_that_cannot_be_predictions(
    predictions: Predictions, change: object, sentence: str
) -> None:
    assert callable(change)
    with pytest.raises(DataError, match=sentence) as caught:
        replace(predictions, table=change(predictions.table))
    assert "toy (unseen-patients, test)" in str(caught.value)


def test_who_has_weights(predictions: Predictions) -> None:
    fields = predictions.provenance.model_dump()
    for wrong in (
        {"kind": "control"},
        {"kind": "ensemble", "weights_sha256": None},
        {"members": {"a": SHA["a"]}},
    ):
        with pytest.raises(ValueError, match="belong"):
            Provenance.model_validate(fields | wrong)
