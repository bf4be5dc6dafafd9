"""A room as its teacher holds it: opened, moved on, counted, closed.

Whoever knows a room's code may look at where it stands. Everything else here takes the
teacher's key, of which the database keeps only the sha256.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, Row, delete, func, select, update

from core.classroom.database import answers, insert, rooms, students, transaction
from core.classroom.keys import digest, fits, new_code, new_key, tidy
from core.errors import ClassroomError, StrangerError
from core.labels import NUM_CLASSES, class_index

HOURS = 12  # that a room lives

Stage = Literal["lobby", "answering", "votes", "truth", "over"]
STAGES: tuple[Stage, ...] = get_args(Stage)


@dataclass(frozen=True)
class Moment:
    """Where a room stands.

    Attributes
    ----------
    position : int
        Which scan, from 0; in the lobby 0, when it is over that of the last scan shown.
    stage : {"lobby", "answering", "votes", "truth", "over"}
        Answers are taken while ``answering`` only; students see how all voted, and what is
        true, from ``truth`` on.
    """

    position: int
    stage: Stage


@dataclass(frozen=True)
class Room:
    """What everybody in a room may know of it, but for the scans still to come.

    Attributes
    ----------
    code : str
    scans : tuple of str
        Keys of `core.cases`, in their order.
    moment : Moment
    """

    code: str
    scans: tuple[str, ...]
    moment: Moment

    @property
    def shown(self) -> int:
        """How many scans have been on the screen."""
        return 0 if self.moment.stage == "lobby" else self.moment.position + 1

    @property
    def scan(self) -> str:
        """Key of the scan on the screen."""
        return self.scans[self.moment.position]


@dataclass(frozen=True)
class RoomTally:
    """How many have joined a room, and how all answered.

    Attributes
    ----------
    room : Room
    joined : int
    votes : ndarray of int64, shape (shown, 4)
        Answers by scan and class.
    """

    room: Room
    joined: int
    votes: NDArray[np.int64]


def open_room(engine: Engine, scans: Sequence[str]) -> tuple[Room, str]:
    """Open a room over some scans; returns it with the teacher's key. Expired rooms go."""
    key, start = new_key(), Moment(0, "lobby")
    with transaction(engine) as connection:
        _purge(connection, rooms.c.expires <= now())
        while True:
            code = new_code()
            made = connection.execute(
                insert(connection, rooms).on_conflict_do_nothing(),
                {
                    "code": code,
                    "key_sha256": digest(key),
                    "scans": list(scans),
                    "position": start.position,
                    "stage": start.stage,
                    "expires": now() + HOURS * 3600,
                },
            )
            if made.rowcount:
                return Room(code, tuple(scans), start), key


def look_up(engine: Engine, code: str) -> Room:
    """Find an open room.

    Raises
    ------
    ClassroomError
        If there is none of that code, or it has expired.
    """
    with transaction(engine) as connection:
        return as_room(find(connection, code))


def look_up_as_teacher(engine: Engine, code: str, key: str) -> Room:
    """Find a room as its teacher.

    Raises
    ------
    ClassroomError
        If there is no such room, or the key is not its teacher's.
    """
    with transaction(engine) as connection:
        return as_room(_taught(connection, code, key))


def choices(room: Room) -> tuple[Moment, ...]:
    """Say where the teacher may move a room next, the usual first.

    Answers may be taken again after the votes were shown, never after the truth.
    """
    at, stage = room.moment.position, room.moment.stage
    following = (Moment(at + 1, "answering"),) if at + 1 < len(room.scans) else ()
    ways: dict[Stage, tuple[Moment, ...]] = {
        "lobby": (Moment(0, "answering"),),
        "answering": (Moment(at, "votes"), Moment(at, "truth")),
        "votes": (Moment(at, "truth"), Moment(at, "answering")),
        "truth": (*following, Moment(at, "over")),
        "over": (),
    }
    return ways[stage]


def move(engine: Engine, code: str, key: str, to: Moment) -> None:
    """Move a room; to where it stands already, as by a double click, is no mistake.

    Raises
    ------
    ClassroomError
        If the key is not the teacher's, or no way leads there from where the room stands.
    """
    with transaction(engine) as connection:
        row = _taught(connection, code, key)
        room = as_room(row)
        if to == room.moment:
            return
        standing = update(rooms).where(
            rooms.c.id == row.id, rooms.c.position == row.position, rooms.c.stage == row.stage
        )
        if (
            to not in choices(room)
            or not connection.execute(
                standing.values(position=to.position, stage=to.stage)
            ).rowcount
        ):
            raise ClassroomError("The room has moved on in another window.")


def tally(engine: Engine, code: str, key: str) -> RoomTally:
    """Count students and their answers to the scans shown so far, as the teacher."""
    with transaction(engine) as connection:
        row = _taught(connection, code, key)
        room = as_room(row)
        joined = select(func.count()).where(students.c.room_id == row.id)
        return RoomTally(
            room,
            int(connection.execute(joined).scalar_one()),
            votes(connection, row)[: room.shown],
        )


def close(engine: Engine, code: str, key: str) -> None:
    """Delete a room and all its answers, as the teacher."""
    with transaction(engine) as connection:
        _purge(connection, rooms.c.id == _taught(connection, code, key).id)


def find(connection: Connection, code: str) -> Row[Any]:
    """Read the row of an open room; raises `ClassroomError` where there is none."""
    row = connection.execute(select(rooms).where(rooms.c.code == tidy(code))).one_or_none()
    if row is None:
        raise StrangerError(
            "There is no room {code}. Look at the code on the screen once more; a room closes "
            "after {hours} hours.",
            code=code,
            hours=HOURS,
        )
    if row.expires <= now():
        raise ClassroomError(
            "Room {code} has closed: a room lives for {hours} hours.", code=row.code, hours=HOURS
        )
    return row


def as_room(row: Row[Any]) -> Room:
    """Give what a row says of a room."""
    return Room(row.code, tuple(row.scans), Moment(row.position, row.stage))


def votes(connection: Connection, room: Row[Any]) -> NDArray[np.int64]:
    """Count the answers in a room by scan and class, shape (scans, 4)."""
    counts = np.zeros((len(room.scans), NUM_CLASSES), np.int64)
    counted = connection.execute(
        select(answers.c.position, answers.c.class_name, func.count())
        .join(students)
        .where(students.c.room_id == room.id)
        .group_by(answers.c.position, answers.c.class_name)
    )
    for position, name, count in counted:
        counts[position, class_index(name)] = count
    return counts


def _taught(connection: Connection, code: str, key: str) -> Row[Any]:
    row = find(connection, code)
    if not fits(key, row.key_sha256):
        raise StrangerError("This link is not the teacher's of room {code}.", code=row.code)
    return row


def _purge(connection: Connection, which: Any) -> None:
    gone = select(rooms.c.id).where(which)
    who = select(students.c.id).where(students.c.room_id.in_(gone))
    connection.execute(delete(answers).where(answers.c.student_id.in_(who)))
    connection.execute(delete(students).where(students.c.room_id.in_(gone)))
    connection.execute(delete(rooms).where(which))


def now() -> int:
    """Seconds since 1970, UTC."""
    return int(time.time())
