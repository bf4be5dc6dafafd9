"""The state of the live classroom: three tables, in an SQLite file or in PostgreSQL.

Each change is one statement that checks what it rests on (``INSERT … SELECT``, ``UPDATE …
WHERE``), so that it holds on both databases without a lock of our own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    make_url,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from core.classroom.keys import CODE_LENGTH
from core.errors import ClassroomError

log = logging.getLogger(__name__)

PATIENCE = 30  # seconds that a writer waits for its turn in an SQLite file

_METADATA = MetaData()
# Engines whose database has its tables; of an SQLite file also which file that was.
_PREPARED: WeakKeyDictionary[Engine, tuple[int, int] | None] = WeakKeyDictionary()
rooms = Table(
    "classroom_room",
    _METADATA,
    Column("id", Integer, primary_key=True),
    Column("code", String(CODE_LENGTH), nullable=False, unique=True),
    Column("key_sha256", String(64), nullable=False),  # of the teacher's key
    Column("scans", JSON, nullable=False),  # ids of core.cases, in their order
    Column("position", Integer, nullable=False),
    Column("stage", String(16), nullable=False),
    Column("expires", BigInteger, nullable=False),  # seconds since 1970, UTC
)
students = Table(
    "classroom_student",
    _METADATA,
    Column("id", Integer, primary_key=True),
    Column("room_id", ForeignKey(rooms.c.id), nullable=False, index=True),
    Column("key_sha256", String(64), nullable=False, unique=True),
)
answers = Table(
    "classroom_answer",
    _METADATA,
    Column("student_id", ForeignKey(students.c.id), primary_key=True),
    Column("position", Integer, primary_key=True),  # so one answer for each student and scan
    Column("class_name", String(16), nullable=False),
)


def engine_options(url: str) -> dict[str, Any]:
    """Give what `sqlalchemy.create_engine` is to be told of a database, its ``url`` included.

    Raises
    ------
    ClassroomError
        If the address is of neither database, or its folder cannot be made.
    """
    try:
        parsed = make_url(url)
    except SQLAlchemyError as error:
        raise _wrong_address() from error
    if parsed.drivername.split("+")[0] in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
        options: dict[str, Any] = {
            "pool_pre_ping": True,  # the database may restart while the app runs
            "connect_args": {"connect_timeout": 5},
        }
    elif parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        file = Path(str(parsed.database)).expanduser()
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _failure(error) from error
        parsed = parsed.set(drivername="sqlite+pysqlite", database=str(file))
        # Writers queue for the file from their first statement on; readers never wait.
        options = {"connect_args": {"timeout": PATIENCE, "isolation_level": "IMMEDIATE"}}
    else:
        raise _wrong_address()
    return {"url": parsed.render_as_string(hide_password=False), **options}


def connect(url: str) -> Engine:
    """Open a database, ready for use; see `engine_options` and `prepare` for what may fail."""
    return prepare(create_engine(**engine_options(url)))


def prepare(engine: Engine) -> Engine:
    """Make the tables where they are not there yet.

    Raises
    ------
    ClassroomError
        If the database cannot be used.
    """
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")  # kept by the file
            _METADATA.create_all(connection)
        _PREPARED[engine] = _file(engine)
    except (SQLAlchemyError, OSError) as error:
        raise _failure(error) from error
    return engine


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Do all that follows or none of it; a database that fails says so in one sentence.

    A database that is back, or another in its place, is used from the next call on.

    Raises
    ------
    ClassroomError
    """
    _meet(engine)
    try:
        with engine.begin() as connection:
            yield connection.execution_options(preserve_rowcount=True)  # of INSERTs as well
    except SQLAlchemyError as error:
        if _lacks_tables(error):
            _PREPARED.pop(engine, None)
        raise _failure(error) from error


def _meet(engine: Engine) -> None:
    """See that the database is the one that was prepared.

    SQLite makes a file where there is none, and goes on writing into one that was moved away
    or deleted; so the file is looked at before each transaction.
    """
    try:
        there = _file(engine)
    except FileNotFoundError as error:
        engine.dispose()  # whatever is still open is of a file that nobody will find
        log.error("the classroom's database is gone: %s", engine.url.database)
        raise ClassroomError(
            "The file of the classroom's database is gone, and its rooms with it: nothing is "
            "stored now. They go on when it is put back; a restart of the app begins a new one."
        ) from error
    except OSError as error:
        raise _failure(error) from error
    if engine not in _PREPARED or _PREPARED[engine] != there:
        engine.dispose()
        prepare(engine)


def _file(engine: Engine) -> tuple[int, int] | None:
    """Which file an SQLite database is, by its number on its disk."""
    if engine.dialect.name != "sqlite":
        return None
    found = Path(str(engine.url.database)).stat()
    return found.st_dev, found.st_ino


def _lacks_tables(error: SQLAlchemyError) -> bool:
    cause = getattr(error, "orig", None) or error
    return "no such table" in str(cause) or getattr(cause, "sqlstate", None) == "42P01"


def insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Begin an INSERT that can say what is to happen on a conflict."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def _failure(error: Exception) -> ClassroomError:
    cause = getattr(error, "orig", None) or error
    log.error("the classroom's database failed: %s", type(cause).__name__, exc_info=error)
    if "disk is full" in str(cause) or getattr(cause, "sqlstate", None) == "53100":
        return ClassroomError(
            "The disk of the classroom's database is full: this was not stored. What was stored "
            "before is safe."
        )
    if "readonly database" in str(cause) or getattr(cause, "sqlstate", None) == "25006":
        return ClassroomError(
            "The classroom's database may only be read: this was not stored. What was stored "
            "before is safe."
        )
    if "database is locked" in str(cause):
        return ClassroomError(
            "Another program holds the classroom's database: this was not stored. Please try again."
        )
    return ClassroomError(
        "The classroom's database does not answer, so rooms cannot be used now. What it has "
        "confirmed is stored, nothing else; the rest of the app works."
    )


def _wrong_address() -> ClassroomError:
    return ClassroomError(
        "GLASSBRAIN_DATABASE_URL names neither an SQLite file nor a PostgreSQL database, so "
        "rooms cannot be used."
    )
