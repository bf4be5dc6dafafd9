"""A database that fails: one sentence, and nothing stored is lost."""

import os

import pytest
from sqlalchemy import create_engine, event

from core.classroom import (
    Moment,
    answer,
    connect,
    engine_options,
    join,
    move,
    open_room,
    prepare,
    tally,
)
from core.errors import ClassroomError

SCANS = ("first",)


@pytest.mark.parametrize(
    "url",
    ["", "no address", "mysql://host/name", "sqlite://", "sqlite:///:memory:", "oracle+x://y"],
)
def test_addresses_that_are_neither(url):
    with pytest.raises(ClassroomError, match="GLASSBRAIN_DATABASE_URL"):
        connect(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_postgresql_is_spoken_by_the_driver_that_is_installed(scheme):
    options = engine_options(f"{scheme}://user:secret@host/name")
    assert options["url"] == "postgresql+psycopg://user:secret@host/name"
    create_engine(**options)


def test_home_and_missing_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    connect("sqlite:///~/deep/down/rooms.sqlite3").dispose()
    assert (tmp_path / "deep" / "down" / "rooms.sqlite3").is_file()


def test_nobody_answers():
    with pytest.raises(ClassroomError, match="does not answer"):
        connect("postgresql://nobody@127.0.0.1:9/none")  # the discard port


def test_no_folder_no_file_no_database(tmp_path):
    file = tmp_path / "file"
    file.write_text("this is not a database, though it is long enough to be taken for one" * 9)
    for path in (file / "below" / "rooms.sqlite3", file, tmp_path):
        with pytest.raises(ClassroomError, match="does not answer"):
            connect(f"sqlite:///{path}")


def test_the_secret_of_an_address_stays_out_of_the_log(caplog):
    with pytest.raises(ClassroomError):
        connect("postgresql://nobody:secret@127.0.0.1:9/none")
    assert caplog.records and "secret" not in caplog.text


def test_a_full_disk(tmp_path):
    """SQLite is told that its disk has no page left; what it then says is its own."""
    url = f"sqlite:///{tmp_path / 'rooms.sqlite3'}"
    roomy = connect(url)
    room, key = open_room(roomy, SCANS)
    move(roomy, room.code, key, Moment(0, "answering"))
    pupil = join(roomy, room.code)
    answer(roomy, room.code, pupil, 0, "glioma")
    roomy.dispose()

    tight = create_engine(**engine_options(url))
    event.listen(tight, "connect", lambda raw, _: raw.execute("PRAGMA max_page_count = 1"))
    with pytest.raises(ClassroomError, match="is full: this was not stored"):
        for _ in range(500):
            answer(prepare(tight), room.code, join(tight, room.code), 0, "notumor")
    counted = tally(tight, room.code, key)
    assert counted.votes[0, 0] == 1
    tight.dispose()

    again = connect(url)
    assert (tally(again, room.code, key).votes == counted.votes).all()
    answer(again, room.code, join(again, room.code), 0, "pituitary")
    again.dispose()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_file_that_may_only_be_read(tmp_path):
    url = f"sqlite:///{tmp_path / 'rooms.sqlite3'}"
    connect(url).dispose()
    (tmp_path / "rooms.sqlite3").chmod(0o400)
    with pytest.raises(ClassroomError, match="does not answer"):
        open_room(connect(url), SCANS)
