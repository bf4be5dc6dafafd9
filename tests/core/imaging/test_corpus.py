"""Test files of other libraries: each is read, or refused with the sentence of the table.

`corpus.csv` is what ``python -m tools.corpus pillow=…/Tests/images`` writes; Pillow's are in its
source archive only, so they are held to the table where ``GLASSBRAIN_PILLOW_IMAGES`` names them.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from core.imaging.boundary import Reader
from tools.corpus import INSTALLED, outcomes

TABLE = Path(__file__).with_name("corpus.csv")


@pytest.fixture(scope="module")
def table():
    with TABLE.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("source", [*INSTALLED, "pillow"])
def test_every_file_is_read_or_refused_as_the_table_says(table, source):
    folder = INSTALLED.get(source) or os.environ.get("GLASSBRAIN_PILLOW_IMAGES")
    if not folder:
        pytest.skip("Pillow's test pictures are not installed with it")
    reader = Reader()
    try:
        found = [
            {key: str(value) for key, value in vars(outcome).items()}
            for outcome in outcomes(source, Path(folder), reader)
        ]
    finally:
        reader.close()
    expected = {row["file"]: row for row in table if row["source"] == source}
    assert len(found) >= 50
    assert {row["file"]: row for row in found if row["file"] in expected} == expected


def test_no_file_ends_its_reader_or_takes_too_long(table):
    assert len(table) >= 1_300
    assert not [r for r in table if "ended its reader" in r["sentence"]]
    assert not [r for r in table if "takes longer" in r["sentence"] or "memory" in r["sentence"]]
    assert all(row["sentence"] for row in table if row["outcome"] == "refused")
