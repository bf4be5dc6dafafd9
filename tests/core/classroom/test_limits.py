"""Who tries too often is told so in a sentence; who holds a right key is let in all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from core.classroom import claims, connect, join, limits, look_up, look_up_as_teacher, open_room
from core.classroom.limits import Limit, joining, trying
from core.errors import ClassroomError, StrangerError


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = connect(f"sqlite:///{tmp_path / 'rooms.sqlite3'}")
    yield made
    made.dispose()


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Counts of this test's own."""
    for name in ("SEATS", "CROWD", "WRONG", "BESIEGED"):
        used: Limit = getattr(limits, name)
        monkeypatch.setattr(limits, name, Limit(used.most, used.minutes, used.sentence))
    yield


def test_a_limit_counts_each_key_by_itself_and_forgets_with_time() -> None:
    now = [0.0]
    limit = Limit(2, 1, "Wait {minutes} minute.", clock=lambda: now[0])
    limit.count("one")
    now[0] = 30
    limit.count("one")
    limit.count("two")
    limit.check("two")
    with pytest.raises(ClassroomError, match="Wait 1 minute"):
        limit.check("one")
    now[0] = 59.9
    with pytest.raises(ClassroomError):
        limit.check("one")
    now[0] = 60  # the first is a minute old, the second is not
    limit.check("one")
    limit.count("one")
    with pytest.raises(ClassroomError):
        limit.check("one")
    now[0] = 200
    limit.check("one")


def test_a_session_that_tries_many_codes_is_stopped_even_before_a_right_one(engine: Engine) -> None:
    room, _key = open_room(engine, ["glioma-f2010"])
    for _ in range(limits.WRONG.most):
        with pytest.raises(StrangerError), trying("guesser", "XXXXX"):
            look_up(engine, "XXXXX")
    with (
        pytest.raises(ClassroomError, match="many wrong codes") as caught,
        trying("guesser", room.code),
    ):
        look_up(engine, room.code)
    assert not isinstance(caught.value, StrangerError)
    with trying("somebody else", room.code):
        assert look_up(engine, room.code) == room


def test_wrong_keys_to_a_room_are_counted_over_sessions_and_never_keep_its_teacher_out(
    engine: Engine,
) -> None:
    room, key = open_room(engine, ["glioma-f2010"])
    for n in range(limits.BESIEGED.most):
        with pytest.raises(StrangerError), trying(f"session {n}", room.code):
            look_up_as_teacher(engine, room.code, "guess")
    with (
        pytest.raises(ClassroomError, match="Many wrong links were tried for this room"),
        trying("one more", room.code),
    ):
        look_up_as_teacher(engine, room.code, "guess")
    with trying("the teacher's other computer", room.code):
        assert look_up_as_teacher(engine, room.code, key) == room


def test_a_session_takes_few_seats_and_a_room_fills_no_faster_than_a_school(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, _key = open_room(engine, ["glioma-f2010"])
    for _ in range(limits.SEATS.most):
        with joining("greedy", room.code):
            join(engine, room.code)
    with (
        pytest.raises(ClassroomError, match="Several seats were taken"),
        joining("greedy", room.code),
    ):
        join(engine, room.code)
    monkeypatch.setattr(limits, "CROWD", Limit(3, 1, limits.CROWD.sentence))
    for n in range(3):
        with joining(f"student {n}", room.code):
            join(engine, room.code)
    with (
        pytest.raises(ClassroomError, match="Very many are joining"),
        joining("student 3", room.code),
    ):
        join(engine, room.code)


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        ("", True),
        ("groups=teachers", True),
        ("groups=teach", False),
        ("email=t@school.example", True),
        ("email=T@school.example", False),
        ("email_verified=True", True),
        ("realm_access.roles=staff", True),
        ("realm_access.roles=head", False),
        ("https://school.example/role=teacher", True),
        ("missing=teachers", False),
        ("missing.below=None", False),
    ],
)
def test_a_claim_is_held_or_not(wanted: str, holds: bool) -> None:
    said = {
        "email": "t@school.example",
        "email_verified": True,
        "groups": ["staff", "teachers"],
        "realm_access": {"roles": ["staff"]},
        "https://school.example/role": "teacher",
    }
    assert claims.holds(said, wanted) is holds
