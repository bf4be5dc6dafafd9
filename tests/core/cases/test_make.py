"""The command that makes the pack, on a dataset rebuilt from the pack itself."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from core.cases import IMAGES, TABLE, cases, read_bytes
from core.cli import app
from core.errors import DataError
from core.training import cases as maker


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset with the pictures of fold 0 alone."""
    root = tmp_path_factory.mktemp("data")
    for case in cases().values():
        file = root / "images" / case.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(read_bytes(case))
    outlines = [
        (f"images/{case.path}", json.dumps(case.lesion.tolist(), separators=(",", ":")))
        for case in reversed(cases().values())
        if case.lesion is not None
    ]
    table = pd.DataFrame(outlines, columns=["path", "polygon"])
    table.to_csv(root / "lesions.csv", index=False)
    return root


def test_the_same_dataset_gives_the_same_bytes(data: Path, tmp_path: Path) -> None:
    table, images = tmp_path / "cases.parquet", tmp_path / "images.zip"
    assert maker.make_cases(data, table, images) == len(cases())
    assert images.read_bytes() == IMAGES.read_bytes()
    made, shipped = pd.read_parquet(table), pd.read_parquet(TABLE)
    for frame in (made, shipped):
        frame["lesion"] = frame["lesion"].map(json.loads)
    pd.testing.assert_frame_equal(made, shipped)
    again = tmp_path / "again.parquet"
    maker.make_cases(data, again, images)
    assert again.read_bytes() == table.read_bytes()


def test_a_folder_without_outlines_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["make-cases", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "lesions.csv" in result.output


def test_another_picture_is_refused_and_nothing_is_written(data: Path, tmp_path: Path) -> None:
    case = next(iter(cases().values()))
    file = data / "images" / case.path
    content = file.read_bytes()
    table, images = tmp_path / "cases.parquet", tmp_path / "images.zip"
    try:
        file.write_bytes(content + b"\n")
        with pytest.raises(DataError, match="not the picture"):
            maker.make_cases(data, table, images)
        file.unlink()
        with pytest.raises(DataError, match="lacks"):
            maker.make_cases(data, table, images)
    finally:
        file.write_bytes(content)
    assert not table.exists() and not images.exists()
