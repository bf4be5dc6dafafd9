"""A file is there whole, or as it was."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

import pytest
from pydantic import BaseModel

from core.errors import DataError
from core.files import read_as, replacing, write_bytes, write_text


def test_a_new_file_and_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "new" / "facts.json"
    write_text(file, '{"ä": 1}')
    assert file.read_text(encoding="utf-8") == '{"ä": 1}'
    (tmp_path / "usual").write_text("")
    mode = stat.S_IMODE((tmp_path / "usual").stat().st_mode)
    assert stat.S_IMODE(file.stat().st_mode) == mode


@pytest.mark.parametrize("there", [True, False])
def test_a_full_disk_leaves_what_was_there(there: bool, tmp_path: Path) -> None:
    file = tmp_path / "map.npy"
    if there:
        file.write_bytes(b"before")
    with pytest.raises(OSError, match="full"), replacing(file) as part:
        part.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "full")
    found = [(f.name, f.read_bytes()) for f in tmp_path.iterdir()]
    assert found == ([("map.npy", b"before")] if there else [])


def test_the_name_keeps_its_ending_while_it_is_written(tmp_path: Path) -> None:
    with replacing(tmp_path / "a.parquet") as part:
        assert part.suffix == ".parquet" and part.parent == tmp_path
        part.write_bytes(b"x")
    write_bytes(tmp_path / "a.parquet", b"y")
    assert (tmp_path / "a.parquet").read_bytes() == b"y"
    assert len(list(tmp_path.iterdir())) == 1


class Stored(BaseModel):
    n: int


def test_a_stored_file_is_read_as_what_it_says_or_refused(tmp_path: Path) -> None:
    file, rows, absent = tmp_path / "a.json", tmp_path / "a.parquet", DataError("Not measured.")
    with pytest.raises(DataError, match="Not measured"):
        read_as(Stored, file, absent)
    file.write_text('{"n": 3}')
    assert read_as(Stored, file, absent) == Stored(n=3)
    with pytest.raises(DataError, match="Not measured"):
        read_as(Stored, file, absent, rows)
    rows.touch()
    assert read_as(Stored, file, absent, rows) == Stored(n=3)
    file.write_text('{"n": "many"}')
    with pytest.raises(DataError, match="not valid at n"):
        read_as(Stored, file, absent)
