"""A database that fails: one sentence, and nothing stored is lost."""

import contextlib
import multiprocessing
import os
import random
import signal
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

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
    sit,
    tally,
)
from core.errors import ClassroomError
from core.labels import CLASS_NAMES

from .writer import write

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


@pytest.fixture
def lesson(tmp_path):
    """A room in an SQLite file, with one answer in it."""
    file = tmp_path / "rooms.sqlite3"
    engine = connect(f"sqlite:///{file}")
    room, key = open_room(engine, SCANS)
    move(engine, room.code, key, Moment(0, "answering"))
    pupil = join(engine, room.code)
    answer(engine, room.code, pupil, 0, "glioma")
    yield file, engine, room.code, key, pupil
    engine.dispose()


def test_a_file_that_is_moved_away_is_missed_and_used_again(lesson, tmp_path):
    file, engine, code, key, pupil = lesson
    file.rename(tmp_path / "elsewhere")
    for _ in range(2):
        with pytest.raises(ClassroomError, match="is gone"):
            answer(engine, code, pupil, 0, "pituitary")
    assert not file.exists()  # no empty one was made in its place
    (tmp_path / "elsewhere").rename(file)
    assert tally(engine, code, key).votes.tolist() == [[1, 0, 0, 0]]
    answer(engine, code, pupil, 0, "pituitary")
    assert tally(engine, code, key).votes.tolist() == [[0, 0, 0, 1]]


def test_a_file_that_is_deleted_takes_no_more_answers(lesson):
    file, engine, code, _key, pupil = lesson
    file.unlink()
    with pytest.raises(ClassroomError, match="nothing is stored now"):
        answer(engine, code, pupil, 0, "pituitary")
    assert not file.exists()


@pytest.mark.parametrize("how", ["another file", "the same file, emptied"])
def test_an_empty_database_in_its_place_is_made_ready(lesson, how):
    file, engine, code, _key, pupil = lesson
    if how == "another file":
        file.unlink()
        file.touch()
    else:
        with sqlite3.connect(file) as raw:
            for table in ("answer", "student", "room"):
                raw.execute(f"DROP TABLE classroom_{table}")
        raw.close()
        with pytest.raises(ClassroomError, match="does not answer"):
            answer(engine, code, pupil, 0, "pituitary")
    with pytest.raises(ClassroomError, match="There is no room"):
        answer(engine, code, pupil, 0, "pituitary")
    room, _ = open_room(engine, SCANS)
    assert join(engine, room.code)


def test_a_database_that_another_program_holds(lesson, monkeypatch):
    file, _engine, code, key, _pupil = lesson
    monkeypatch.setattr("core.classroom.database.PATIENCE", 0.2)
    engine = connect(f"sqlite:///{file}")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(ClassroomError, match="Another program holds"):
        join(engine, code)
    other.execute("ROLLBACK")
    other.close()
    pupil = join(engine, code)
    answer(engine, code, pupil, 0, "notumor")
    assert tally(engine, code, key).votes.tolist() == [[1, 0, 1, 0]]
    engine.dispose()


def test_a_database_that_may_only_be_read(lesson):
    """SQLite is told not to write; what it then says is its own."""
    file, _engine, code, key, pupil = lesson
    engine = create_engine(**engine_options(f"sqlite:///{file}"))
    prepare(engine)
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA query_only = 1"))
    engine.dispose()
    with pytest.raises(ClassroomError, match="may only be read: this was not stored"):
        answer(engine, code, pupil, 0, "pituitary")
    assert tally(engine, code, key).votes.tolist() == [[1, 0, 0, 0]]
    engine.dispose()


def test_postgresql_restarted_under_load_loses_no_acknowledged_answer(cluster):
    url, restart = cluster
    engine = connect(url)
    room, key = open_room(engine, SCANS)
    move(engine, room.code, key, Moment(0, "answering"))
    stop, acknowledged, refused = threading.Event(), {}, []

    def attend(seed):
        chance = random.Random(seed)
        while not stop.is_set():
            try:
                pupil, name = join(engine, room.code), chance.choice(CLASS_NAMES)
                answer(engine, room.code, pupil, 0, name)
                acknowledged[pupil] = name
            except ClassroomError as error:
                refused.append(str(error))
                time.sleep(0.1)

    with ThreadPoolExecutor(8) as pool:
        attending = [pool.submit(attend, seed) for seed in range(8)]
        for _ in range(2):
            before = len(acknowledged)
            restart()
            deadline = time.monotonic() + 300
            while len(acknowledged) < before + 50 and time.monotonic() < deadline:
                time.sleep(0.05)
            assert len(acknowledged) >= before + 50  # it goes on by itself
        stop.set()
        for one in attending:
            one.result(300)
    for pupil, name in acknowledged.items():
        assert sit(engine, room.code, pupil).answers == {0: name}
    assert all("does not answer" in sentence for sentence in refused)
    engine.dispose()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_fifty_kills_lose_no_acknowledged_answer(lesson):
    """A writer is killed without warning at random moments; what it was told is stored is."""
    file, engine, code, key, _pupil = lesson
    engine.dispose()
    # Forked from a process that has no threads: a copy of this one could wait for ever.
    start = multiprocessing.get_context("forkserver")
    start.set_forkserver_preload(["tests.core.classroom.writer"])
    chance, acknowledged = random.Random(0), {}
    for seed in range(50):
        heard, tell = start.Pipe(duplex=False)
        writer = start.Process(target=write, args=(f"sqlite:///{file}", code, seed, tell))
        writer.start()
        tell.close()
        said = [heard.recv()]  # it is under way
        time.sleep(chance.uniform(0, 0.03))
        writer.kill()
        writer.join()
        assert writer.exitcode == -signal.SIGKILL
        with contextlib.suppress(EOFError):
            while True:
                said.append(heard.recv())
        heard.close()
        acknowledged |= dict(said)
    assert len(acknowledged) >= 50
    again = connect(f"sqlite:///{file}")
    for pupil, name in acknowledged.items():
        assert sit(again, code, pupil).answers == {0: name}
    assert int(tally(again, code, key).votes.sum()) >= len(acknowledged) + 1
    again.dispose()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_file_that_may_only_be_read(tmp_path):
    url = f"sqlite:///{tmp_path / 'rooms.sqlite3'}"
    connect(url).dispose()
    (tmp_path / "rooms.sqlite3").chmod(0o400)
    with pytest.raises(ClassroomError, match="does not answer"):
        open_room(connect(url), SCANS)
