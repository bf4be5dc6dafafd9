"""The shipped pack: the very pictures that the networks were tested on, and no other."""

from __future__ import annotations

import hashlib
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import numpy as np
import pandas as pd
import pytest

from core import shipped
from core.cases import IMAGES, TABLE, cases, find, find_file, member, read_bytes
from core.dataset import MANIFEST, TEST_FOLD
from core.dataset.collection import Dataset, split
from core.evaluate.stored.layout import PREDICTIONS_NAME
from core.evaluate.stored.predictions import read_predictions
from core.gallery import samples
from core.imaging import read_image
from core.labels import CLASS_NAMES
from core.settings import PROJECT

FILES = {
    TABLE: "f6c52104d8bf7558e085503bf06e51acfae1bef74b2948a01357c8e0ebb9d797",
    IMAGES: "2cb076a3bdc0f9b45efa966e61f773f5fc9f7581c77c336975623ac0c73af2cc",
}


@pytest.fixture(scope="module")
def images() -> pd.DataFrame:
    """All images of the dataset, as the training code knows them."""
    table = pd.read_parquet(MANIFEST)
    table["path"] = table["path"].str.removeprefix("images/")
    table["y"] = table["label"].map(CLASS_NAMES.index)
    return table.sort_values("path").reset_index(drop=True)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_pack_is_the_one_that_was_made(file: Path) -> None:
    assert hashlib.sha256(file.read_bytes()).hexdigest() == FILES[file]


def test_the_archive_is_stored_without_dates() -> None:
    with ZipFile(IMAGES) as pack:
        assert {(e.compress_type, e.date_time) for e in pack.infolist()} == {
            (ZIP_STORED, (1980, 1, 1, 0, 0, 0))
        }
        assert pack.namelist() == [member(key) for key in sorted(cases())]


def test_each_case_is_a_distinct_picture_of_fold_0(images: pd.DataFrame) -> None:
    expected = images[(images["fold"] == TEST_FOLD) & (images["keep_one"] == 1)]
    expected = expected.set_index("path")
    assert len(cases()) == len(expected) == 716
    for case in cases().values():
        row = expected.loc[case.path]
        assert (case.sha256, case.label, case.plane, case.origin) == tuple(
            row[["sha256", "label", "plane", "source"]]
        )
        assert (case.group, case.picture) == tuple(row[["group", "duplicate_group"]])
        assert ";".join(case.flags) == row["flags"]
    assert sum(case.copies for case in cases().values()) == (images["fold"] == TEST_FOLD).sum()


def test_no_case_was_in_training(images: pd.DataFrame) -> None:
    parts = split(Dataset(PROJECT, images), "unseen-patients")
    seen = pd.concat([parts.train, parts.validation])
    everything = list(cases().values())
    assert len(seen) + sum(case.copies for case in everything) == len(images)
    for column, values in (
        ("path", {c.path for c in everything}),
        ("sha256", {c.sha256 for c in everything}),
        ("group", {c.group for c in everything}),
        ("duplicate_group", {c.picture for c in everything}),
    ):
        assert not values & set(seen[column])


def test_each_file_is_the_one_that_was_tested_on() -> None:
    for case in cases().values():
        assert hashlib.sha256(read_bytes(case)).hexdigest() == case.sha256
        assert find_file(case.sha256) is case


def test_each_case_is_a_row_of_the_stored_predictions() -> None:
    stored = PROJECT / "models/_controls/majority/evaluation/unseen-patients" / PREDICTIONS_NAME
    distinct = read_predictions(stored).distinct().table
    assert dict(zip(distinct["path"], distinct["image_sha256"], strict=True)) == {
        case.path: case.sha256 for case in cases().values()
    }


@pytest.mark.parametrize("key", list(cases())[::97])
def test_a_case_can_be_read(key: str) -> None:
    assert read_image(read_bytes(find(key)), key).shape == (224, 224)


def test_outlines_are_of_the_figshare_tumours_and_inside_the_frame() -> None:
    for case in cases().values():
        assert (case.lesion is not None) == (case.origin == "figshare")
        if case.lesion is not None:
            assert case.lesion.ndim == 2 and case.lesion.shape[1] == 2 and len(case.lesion) >= 3
            assert np.all((case.lesion >= 0) & (case.lesion <= 1))


def test_the_terms_are_said_and_no_more_than_is_known() -> None:
    for case in cases().values():
        if case.origin == "figshare":
            assert "CC BY 4.0" in case.licence and "10.1371/journal.pone.0140381" in case.licence
        else:
            assert "not verified" in case.licence
        assert case.source and "{" not in case.source


def test_samples_and_cases_are_shipped_together_and_share_no_key() -> None:
    keys = shipped.keys()
    assert len(set(keys)) == len(keys) == len(samples()) + len(cases())
    for key in (keys[0], keys[-1]):
        found = shipped.find(key)
        assert found is not None and found.id == key
        assert read_image(shipped.read_bytes(found), key).pixels.size
    assert shipped.find("no-such-scan") is None and shipped.find(None) is None
