"""Many students answering one scan at once, through the functions that the page calls."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from core.classroom.database import connect
from core.classroom.rooms import Moment, close, look_up, move, open_room, tally
from core.classroom.seats import answer, join, sit
from core.errors import ClassroomError
from core.labels import CLASS_NAMES

POLL_STUDENT, POLL_TEACHER = 3.0, 1.0  # seconds, as in the pages


def run(url: str, students: int, seconds: float, seed: int = 0) -> dict[str, Any]:
    """Open a room, let each student answer at a random time, and compare with what is stored.

    Every student looks where the room stands each `POLL_STUDENT` seconds and the teacher
    counts each `POLL_TEACHER`, as the pages do. The room is deleted in the end.

    Parameters
    ----------
    url : str
        Of the database.
    students : int
    seconds : float
        Within which the answers come, evenly at random.
    seed : int

    Returns
    -------
    dict
        For JSON: ``sent``, ``refused`` (with an error), ``stored`` (as the teacher counts
        them), ``lost`` (sent without an error and not found again by its student as it was
        sent), and for joining, answering, polling and counting the latency in milliseconds.
    """
    engine, chance = connect(url), random.Random(seed)
    times: dict[str, list[float]] = {"join": [], "answer": [], "poll": [], "tally": []}

    def timed(what: str, call: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        try:
            return call()
        finally:
            times[what].append(1000 * (time.perf_counter() - began))

    room, key = open_room(engine, ["load"])
    code = room.code
    picks = [(chance.uniform(0, seconds), chance.choice(CLASS_NAMES)) for _ in range(students)]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(POLL_TEACHER):
            timed("tally", lambda: tally(engine, code, key))

    def attend(pupil: str, at: float, name: str, began: float) -> bool:
        due = began + at
        while (left := due - time.monotonic()) > 0:
            time.sleep(min(left, POLL_STUDENT))
            timed("poll", lambda: look_up(engine, code))
        try:
            timed("answer", lambda: answer(engine, code, pupil, 0, name))
        except ClassroomError:
            return False
        return True

    try:
        with ThreadPoolExecutor(students + 1) as pool:
            pupils = list(
                pool.map(lambda _: timed("join", lambda: join(engine, code)), range(students))
            )
            move(engine, code, key, Moment(0, "answering"))
            teacher, began = pool.submit(watch), time.monotonic()
            attending = [
                pool.submit(attend, pupil, at, name, began)
                for pupil, (at, name) in zip(pupils, picks, strict=True)
            ]
            try:
                taken = [future.result() for future in attending]
            finally:
                done.set()
            took = time.monotonic() - began
            teacher.result()
        counted = tally(engine, code, key)
        found = [sit(engine, code, pupil).answers.get(0) for pupil in pupils]
    finally:
        close(engine, code, key)
        engine.dispose()
    return {
        "database": engine.dialect.name,
        "students": students,
        "seconds": round(took, 2),
        "sent": len(taken),
        "refused": taken.count(False),
        "stored": int(counted.votes.sum()),
        "lost": sum(t and f != name for t, f, (_at, name) in zip(taken, found, picks, strict=True)),
        "milliseconds": {what: _spread(found) for what, found in times.items()},
    }


def _spread(times: list[float]) -> dict[str, float | int]:
    if not times:
        return {"n": 0}
    p50, p95, p99 = np.percentile(times, (50, 95, 99))
    figures = {"p50": p50, "p95": p95, "p99": p99, "max": max(times)}
    return {"n": len(times)} | {name: round(float(ms), 1) for name, ms in figures.items()}
