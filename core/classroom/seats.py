"""A room as a student sees it: joined without a name, answered once a scan.

A student is a random key in their own link. An answer may be changed as long as answers
are taken; sending one twice changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, func, literal, select

from core.classroom.database import answers, insert, rooms, students, transaction
from core.classroom.keys import digest, new_key, tidy
from core.classroom.rooms import Room, as_room, find, now, votes
from core.errors import ClassroomError, StrangerError
from core.labels import class_index

SEATS = 1000  # in a room


@dataclass(frozen=True)
class Seat:
    """What a student sees of a room.

    Attributes
    ----------
    room : Room
    answers : dict of int to str
        The student's own classes, by the position of the scan.
    votes : ndarray of int64, shape (4,), optional
        How all answered the scan on the screen; None until its truth is out.
    """

    room: Room
    answers: dict[int, str]
    votes: NDArray[np.int64] | None


def join(engine: Engine, code: str) -> str:
    """Take a seat in a room; returns the student's key.

    Raises
    ------
    ClassroomError
        If there is no such room, or it is full.
    """
    key = new_key()
    with transaction(engine) as connection:
        row = find(connection, code)
        taken = select(func.count()).where(students.c.room_id == row.id)
        if connection.execute(taken).scalar_one() >= SEATS:
            raise ClassroomError(
                "Room {code} is full: {seats} have joined.", code=row.code, seats=SEATS
            )
        connection.execute(students.insert().values(room_id=row.id, key_sha256=digest(key)))
    return key


def sit(engine: Engine, code: str, key: str) -> Seat:
    """See a room from a student's seat.

    Raises
    ------
    ClassroomError
        If there is no such room, or the key is of no student in it.
    """
    with transaction(engine) as connection:
        row = find(connection, code)
        student = _student(connection, row.id, key)
        given = connection.execute(
            select(answers.c.position, answers.c.class_name).where(answers.c.student_id == student)
        )
        own: dict[int, str] = {row.position: row.class_name for row in given}
        known = votes(connection, row)[row.position] if row.stage == "truth" else None
        return Seat(as_room(row), own, known)


def answer(engine: Engine, code: str, key: str, position: int, class_name: str) -> None:
    """Store a student's answer, in place of an earlier one to the same scan.

    Raises
    ------
    ClassroomError
        If no answer to that scan is taken now, or the key is of no student in the room.
    ValueError
        If `class_name` is no class.
    """
    class_index(class_name)
    allowed = (
        select(students.c.id, literal(position), literal(class_name))
        .join(rooms)
        .where(rooms.c.code == tidy(code), students.c.key_sha256 == digest(key))
        .where(rooms.c.stage == "answering", rooms.c.position == position)
        .where(rooms.c.expires > now())
    )
    with transaction(engine) as connection:
        statement = insert(connection, answers).from_select(
            ["student_id", "position", "class_name"], allowed
        )
        stored = connection.execute(
            statement.on_conflict_do_update(
                index_elements=[answers.c.student_id, answers.c.position],
                set_={"class_name": statement.excluded.class_name},
            )
        )
        if not stored.rowcount:
            _student(connection, find(connection, code).id, key)
            raise ClassroomError("No answer to this scan is taken any more.")


def _student(connection: Connection, room_id: int, key: str) -> int:
    found = connection.execute(
        select(students.c.id).where(
            students.c.room_id == room_id, students.c.key_sha256 == digest(key)
        )
    ).scalar_one_or_none()
    if found is None:
        raise StrangerError("This link is of no student in this room. Join it by its code.")
    return int(found)
