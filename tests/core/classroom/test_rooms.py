"""Rooms on both databases: who may do what, and that nothing given is lost."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sqlalchemy import func, select, update

from core.classroom import (
    HOURS,
    Moment,
    answer,
    choices,
    close,
    connect,
    join,
    look_up,
    look_up_as_teacher,
    move,
    open_room,
    sit,
    tally,
)
from core.classroom import seats as seats_module
from core.classroom.database import answers, rooms, students
from core.classroom.keys import ALPHABET, CODE_LENGTH
from core.errors import ClassroomError
from core.labels import CLASS_NAMES

SCANS = ("first", "second", "third")
ANSWERING = Moment(0, "answering")


@pytest.fixture
def opened(engine):
    """A room that takes answers, with its teacher's key."""
    room, key = open_room(engine, SCANS)
    move(engine, room.code, key, ANSWERING)
    return room.code, key


def count(engine, table):
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def expire(engine, code):
    with engine.begin() as connection:
        connection.execute(update(rooms).where(rooms.c.code == code).values(expires=0))


def test_a_room_opens_in_the_lobby(engine):
    room, key = open_room(engine, SCANS)
    assert len(room.code) == CODE_LENGTH and set(room.code) <= set(ALPHABET)
    assert not set(ALPHABET) & set("0O1I")
    assert look_up(engine, room.code) == look_up_as_teacher(engine, room.code, key) == room
    assert (room.shown, room.moment) == (0, Moment(0, "lobby"))


def test_a_code_as_people_type_it(engine):
    room, _key = open_room(engine, SCANS)
    code = room.code
    for typed in (code.lower(), f" {code}\n", f"{code[:2]}-{code[2:]}", " ".join(code)):
        assert look_up(engine, typed) == room


def test_a_lesson(engine, opened):
    code, key = opened
    pupils = [join(engine, code) for _ in range(3)]
    for pupil, name in zip(pupils, ("glioma", "glioma", "notumor"), strict=True):
        answer(engine, code, pupil, 0, name)
    assert sit(engine, code, pupils[0]).answers == {0: "glioma"}
    for stage in ("votes", "truth"):
        assert sit(engine, code, pupils[0]).votes is None
        move(engine, code, key, Moment(0, stage))
    assert sit(engine, code, pupils[0]).votes.tolist() == [2, 0, 1, 0]
    move(engine, code, key, Moment(1, "answering"))
    answer(engine, code, pupils[2], 1, "pituitary")
    counted = tally(engine, code, key)
    assert counted.joined == 3
    assert counted.votes.tolist() == [[2, 0, 1, 0], [0, 0, 0, 1]]
    move(engine, code, key, Moment(1, "truth"))
    move(engine, code, key, Moment(1, "over"))
    assert choices(look_up(engine, code)) == ()
    assert len(tally(engine, code, key).votes) == 2
    assert sit(engine, code, pupils[2]).answers == {0: "notumor", 1: "pituitary"}


def test_answers_may_change_until_the_votes_are_shown(engine, opened):
    code, key = opened
    pupil = join(engine, code)
    for name in ("glioma", "glioma", "meningioma"):
        answer(engine, code, pupil, 0, name)
    move(engine, code, key, Moment(0, "votes"))
    with pytest.raises(ClassroomError, match="No answer to this scan"):
        answer(engine, code, pupil, 0, "notumor")
    move(engine, code, key, ANSWERING)
    answer(engine, code, pupil, 0, "pituitary")
    move(engine, code, key, Moment(0, "truth"))
    with pytest.raises(ClassroomError, match="No answer to this scan"):
        answer(engine, code, pupil, 0, "notumor")
    assert tally(engine, code, key).votes.tolist() == [[0, 0, 0, 1]]


def test_the_truth_ends_a_scan(engine, opened):
    code, key = opened
    move(engine, code, key, Moment(0, "truth"))
    for back in (ANSWERING, Moment(0, "votes"), Moment(0, "lobby"), Moment(2, "answering")):
        with pytest.raises(ClassroomError, match="moved on"):
            move(engine, code, key, back)
    move(engine, code, key, Moment(1, "answering"))
    move(engine, code, key, Moment(1, "answering"))  # a double click
    assert look_up(engine, code).moment == Moment(1, "answering")


def test_every_way_leads_to_the_end(engine):
    room, key = open_room(engine, SCANS)
    seen = [room.moment]
    while choices(room):
        move(engine, room.code, key, choices(room)[0])
        room = look_up(engine, room.code)
        seen.append(room.moment)
    assert seen == [
        Moment(0, "lobby"),
        *(Moment(i, s) for i in range(3) for s in ("answering", "votes", "truth")),
        Moment(2, "over"),
    ]


def test_only_the_teacher_acts_as_the_teacher(engine, opened):
    code, key = opened
    _room, other_key = open_room(engine, SCANS)
    for wrong in (join(engine, code), other_key, key.swapcase(), "", "é"):
        for act in (
            lambda k: look_up_as_teacher(engine, code, k),
            lambda k: tally(engine, code, k),
            lambda k: close(engine, code, k),
            lambda k: move(engine, code, k, Moment(0, "truth")),
        ):
            with pytest.raises(ClassroomError, match="not the teacher's"):
                act(wrong)
    assert look_up_as_teacher(engine, code, key).moment == ANSWERING


def test_a_student_sees_one_room_only(engine, opened):
    code, key = opened
    pupil = join(engine, code)
    other, other_key = open_room(engine, SCANS)
    move(engine, other.code, other_key, ANSWERING)
    for stranger in (key, other_key, "", join(engine, other.code)):
        with pytest.raises(ClassroomError, match="no student"):
            sit(engine, code, stranger)
        with pytest.raises(ClassroomError, match="no student"):
            answer(engine, code, stranger, 0, "glioma")
    with pytest.raises(ClassroomError, match="no student"):
        answer(engine, other.code, pupil, 0, "glioma")
    assert tally(engine, other.code, other_key).votes.sum() == 0


def test_the_database_knows_no_key(engine, opened):
    code, key = opened
    pupil = join(engine, code)
    with engine.connect() as connection:
        kept = [*connection.execute(select(rooms)), *connection.execute(select(students))]
    assert key not in repr(kept) and pupil not in repr(kept)


def test_unknown_codes_and_classes(engine, opened):
    code, _key = opened
    pupil = join(engine, code)
    for bad in ("ABCDE", "", "x" * 500, "'; drop table classroom_room; --"):
        for act in (look_up, join):
            with pytest.raises(ClassroomError, match="There is no room"):
                act(engine, bad)
        with pytest.raises(ClassroomError, match="There is no room"):
            answer(engine, bad, pupil, 0, "glioma")
    with pytest.raises(ValueError, match="Invalid class"):
        answer(engine, code, pupil, 0, "cat")
    for position in (-1, 1, 99):
        with pytest.raises(ClassroomError, match="No answer to this scan"):
            answer(engine, code, pupil, position, "glioma")


def test_a_room_expires_and_goes_with_the_next_opening(engine, opened):
    code, key = opened
    pupil = join(engine, code)
    answer(engine, code, pupil, 0, "glioma")
    expire(engine, code)
    for act in (
        lambda: look_up(engine, code),
        lambda: join(engine, code),
        lambda: tally(engine, code, key),
        lambda: sit(engine, code, pupil),
        lambda: answer(engine, code, pupil, 0, "notumor"),
    ):
        with pytest.raises(ClassroomError, match=f"lives for {HOURS} hours"):
            act()
    before = [count(engine, table) for table in (rooms, students, answers)]
    open_room(engine, SCANS)
    after = [count(engine, table) for table in (rooms, students, answers)]
    assert np.subtract(after, before).tolist() == [0, -1, -1]
    with pytest.raises(ClassroomError, match="There is no room"):
        look_up(engine, code)


def test_closing_takes_one_room_only(engine, opened):
    code, key = opened
    answer(engine, code, join(engine, code), 0, "glioma")
    other, other_key = open_room(engine, SCANS)
    move(engine, other.code, other_key, ANSWERING)
    answer(engine, other.code, join(engine, other.code), 0, "glioma")
    close(engine, code, key)
    with pytest.raises(ClassroomError, match="There is no room"):
        look_up(engine, code)
    assert tally(engine, other.code, other_key).votes.sum() == 1


def test_a_full_room(engine, opened, monkeypatch):
    code, _key = opened
    monkeypatch.setattr(seats_module, "SEATS", 2)
    join(engine, code), join(engine, code)
    with pytest.raises(ClassroomError, match="full"):
        join(engine, code)


def test_many_at_once_while_the_teacher_reveals(engine, opened):
    """Whoever was told that an answer is stored finds it counted, and nobody else's."""
    code, key = opened
    with ThreadPoolExecutor(20) as pool:
        pupils = list(pool.map(lambda _: join(engine, code), range(60)))

        def give(i):
            name = CLASS_NAMES[i % 4]
            try:
                for _twice in range(2):
                    answer(engine, code, pupils[i], 0, name)
            except ClassroomError as error:
                assert "No answer to this scan" in str(error)
                return sit(engine, code, pupils[i]).answers.get(0)
            return name

        given = [pool.submit(give, i) for i in range(60)]
        given[29].result()
        move(engine, code, key, Moment(0, "truth"))
        told = [future.result() for future in given]
    expected = [told.count(name) for name in CLASS_NAMES]
    assert sum(expected) >= 1
    assert tally(engine, code, key).votes.tolist() == [expected]


def test_another_server_finds_everything(url, engine, opened):
    code, key = opened
    pupil = join(engine, code)
    answer(engine, code, pupil, 0, "glioma")
    engine.dispose()
    again = connect(url)
    assert look_up_as_teacher(again, code, key).moment == ANSWERING
    assert sit(again, code, pupil).answers == {0: "glioma"}
    again.dispose()
