"""A stored file is read again where it has changed, and only there."""

import os

import pytest

from core.files import once, sha256


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "a.json"
    file.write_text("one")
    os.utime(file, ns=(10**18, 10**18))
    return file


@pytest.fixture
def counted():
    def read(file):
        read.times += 1
        return file.read_text()

    read.times = 0
    return read


def test_what_has_not_changed_is_read_once(file, counted):
    reader = once(counted)
    assert [reader(file) for _ in range(3)] == ["one"] * 3
    assert counted.times == 1


@pytest.mark.parametrize("text", ["two", "three"])
def test_what_has_changed_is_read_again(file, counted, text):
    reader = once(counted)
    reader(file)
    file.write_text(text)
    os.utime(file, ns=(10**18 + 1, 10**18 + 1))
    assert reader(file) == text and counted.times == 2


def test_what_was_written_just_now_is_not_trusted_to_stay(file, counted):
    """Two writes may fall into one tick of the clock of files."""
    reader = once(counted)
    file.write_text("two")
    assert [reader(file), reader(file)] == ["two", "two"] and counted.times == 2


def test_failures_are_not_kept(tmp_path):
    with pytest.raises(OSError):
        sha256(tmp_path / "missing")
    (tmp_path / "missing").write_bytes(b"")
    assert sha256(tmp_path / "missing").startswith("e3b0c442")
