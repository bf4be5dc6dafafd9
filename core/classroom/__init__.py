"""The live classroom: a teacher opens a room, students answer, the screen shows how they voted.

Authorisation is here, not in the pages: `rooms` takes the teacher's key wherever only the
teacher may act, `seats` the student's. Both are random, and the database holds their sha256.
"""

from __future__ import annotations

from core.classroom.database import connect, engine_options, prepare
from core.classroom.rooms import (
    HOURS,
    Moment,
    Room,
    RoomTally,
    Stage,
    choices,
    close,
    look_up,
    look_up_as_teacher,
    move,
    open_room,
    tally,
)
from core.classroom.seats import Seat, answer, join, sit

__all__ = [
    "HOURS",
    "Moment",
    "Room",
    "RoomTally",
    "Seat",
    "Stage",
    "answer",
    "choices",
    "close",
    "connect",
    "engine_options",
    "join",
    "look_up",
    "look_up_as_teacher",
    "move",
    "open_room",
    "prepare",
    "sit",
    "tally",
]
