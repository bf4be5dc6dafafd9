"""Finding the dataset on disk, in both layouts, and refusing what is not it."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core.dataset import MANIFEST
from core.dataset.collection import Dataset, dataset_sha256, load_dataset, load_squares, split
from core.errors import DataError
from core.imaging import read_image
from core.labels import CLASS_NAMES
from core.preprocess import prepare
from core.registry import read_spec
from core.settings import PROJECT

COLUMNS = {"path", "file", "split", "label", "y", "group", "duplicate_group", "keep_one", "fold"}


def test_the_download_is_found_by_its_file_names(real: Dataset, download: Path) -> None:
    table = real.table
    assert set(table) >= COLUMNS and len(table) == len(pd.read_parquet(MANIFEST))
    assert table["path"].is_monotonic_increasing and table["path"].is_unique
    assert all((download / file).is_file() for file in table["file"])
    assert (table["y"].map(CLASS_NAMES.__getitem__) == table["label"]).all()
    first = table.iloc[0]
    assert first["path"] == "test/glioma/Te-glTr_0000.jpg"
    assert first["file"] == "Testing/glioma/Te-glTr_0000.jpg"


def test_a_pack_is_found_by_its_manifest(toy: Dataset, pack: Path) -> None:
    assert set(toy.table) >= COLUMNS and len(toy.table) == 100
    assert toy.table["path"].iloc[0] == "test/glioma/00-1.png"
    assert toy.table["file"].iloc[0] == "images/test/glioma/00-1.png"


def test_both_layouts_are_one_dataset(real: Dataset, download: Path, tmp_path: Path) -> None:
    """Whatever the layout and the order of its manifest: the same rows, so the same split."""
    table = pd.read_parquet(MANIFEST).sample(frac=1, random_state=0)
    table["sha256"] = hashlib.sha256(b"").hexdigest()
    table.to_csv(tmp_path / "manifest.csv", index=False)
    (tmp_path / "images").mkdir()
    (tmp_path / "images/train").symlink_to(download / "Training")
    (tmp_path / "images/test").symlink_to(download / "Testing")
    as_pack = load_dataset(tmp_path)
    columns = ["path", "y", "group", "duplicate_group", "fold", "sha256"]
    pd.testing.assert_frame_equal(as_pack.table[columns], real.table[columns])
    assert dataset_sha256(as_pack) == dataset_sha256(real)
    assert split(as_pack, "official").sha256 == split(real, "official").sha256


def test_digest_is_that_of_the_shipped_models(real: Dataset) -> None:
    """The models were made from the copy that the audit recorded."""
    recorded = pd.read_parquet(MANIFEST).assign(
        path=lambda t: t["path"].str.removeprefix("images/")
    )
    recorded = recorded.set_index("path").loc[real.table["path"]]
    table = real.table.assign(sha256=recorded["sha256"].to_numpy())
    stored = {
        read_spec(file.parent).manifest.training.dataset_sha256
        for file in (PROJECT / "models").glob("[!_]*/manifest.json")
    }
    assert stored == {dataset_sha256(Dataset(real.root, table))}


def test_digest_sees_names_and_contents(toy: Dataset) -> None:
    for column in ("path", "sha256"):
        table = toy.table.copy()
        table.loc[3, column] = table.loc[3, column][:-1] + "x"
        assert dataset_sha256(Dataset(toy.root, table)) != dataset_sha256(toy)


def test_a_few_missing_files_are_left_out(download: Path, tmp_path: Path) -> None:
    shutil.copytree(download, tmp_path, dirs_exist_ok=True)
    files = sorted((tmp_path / "Training/glioma").iterdir())
    for file in files[:5]:
        file.unlink()
    assert len(load_dataset(tmp_path).table) == len(pd.read_parquet(MANIFEST)) - 5
    for file in files[5:100]:
        file.unlink()
    with pytest.raises(DataError, match=r"^\S+ lacks 100 of \d+ images, for example Training/gl"):
        load_dataset(tmp_path)


@pytest.mark.parametrize("folders", [(), ("Training",), ("images",)])
def test_neither_layout(tmp_path: Path, folders: tuple[str, ...]) -> None:
    for name in folders:
        (tmp_path / name).mkdir()
    with pytest.raises(DataError, match=r"is not the brain tumour dataset; a folder with Train"):
        load_dataset(tmp_path)


def test_no_folder_at_all(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is not the brain tumour dataset"):
        load_dataset(tmp_path / "nowhere")


def test_another_dataset_of_the_same_layout(tmp_path: Path) -> None:
    for part in ("Training", "Testing"):
        (tmp_path / part / "cat").mkdir(parents=True)
    total = len(pd.read_parquet(MANIFEST))
    with pytest.raises(DataError, match=f"lacks {total} of {total} images"):
        load_dataset(tmp_path)


def test_other_classes(pack: Path, tmp_path: Path) -> None:
    table = pd.read_csv(pack / "manifest.csv").replace({"label": {"glioma": "meta"}})
    table.to_csv(tmp_path / "manifest.csv", index=False)
    with pytest.raises(DataError, match=r"classes that are not known here \(meta\); expected are"):
        load_dataset(tmp_path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "cannot be read as a table"),
        ("path,split,label\n", "does not describe a dataset; it lacks sha256, source, dupl"),
    ],
)
def test_a_manifest_of_something_else(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "manifest.csv").write_text(text)
    with pytest.raises(DataError, match=sentence):
        load_dataset(tmp_path)


def test_a_manifest_without_rows(pack: Path, tmp_path: Path) -> None:
    pd.read_csv(pack / "manifest.csv")[:0].to_csv(tmp_path / "manifest.csv", index=False)
    with pytest.raises(DataError, match="does not describe a dataset; it lacks images"):
        load_dataset(tmp_path)


def test_a_download_is_known_by_what_its_files_hold(real: Dataset) -> None:
    """Another copy of the dataset never passes for the one that the stored figures are of."""
    assert set(real.table["sha256"]) == {hashlib.sha256(b"").hexdigest()}


def test_an_altered_picture_of_a_pack(pack: Path, tmp_path: Path) -> None:
    shutil.copytree(pack, tmp_path, dirs_exist_ok=True)
    shutil.copy(tmp_path / "images/test/glioma/12-0.png", tmp_path / "images/test/glioma/13-0.png")
    with pytest.raises(DataError, match=r"other pictures than its .*: 1 of 100, for .*13-0.png"):
        load_dataset(tmp_path)


def test_squares_are_prepared_as_an_upload_is(toy: Dataset) -> None:
    rows = toy.table.iloc[[7, 3]]
    squares = load_squares(toy, rows, 24, crop=False, version=1)
    assert squares.shape == (2, 24, 24) and squares.dtype == np.float32
    assert squares.min() >= 0 and squares.max() <= 1
    for square, file in zip(squares, rows["file"], strict=True):
        path = toy.root / file
        expected, _ = prepare(
            read_image(path.read_bytes(), path.name).pixels, 24, crop=False, version=1
        )
        np.testing.assert_array_equal(square, expected)


def test_crop_reaches_the_preparation(toy: Dataset, tmp_path: Path) -> None:
    pixels = np.zeros((64, 64), np.uint8)
    pixels[20:50, 20:50] = 255
    Image.fromarray(pixels).save(tmp_path / "head.png")
    rows = pd.DataFrame({"file": ["head.png"]})
    framed, cropped = (
        load_squares(Dataset(tmp_path, rows), rows, 32, crop=crop) for crop in (False, True)
    )
    assert cropped.mean() > 0.85 > 0.25 > framed.mean()
