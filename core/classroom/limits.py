"""How often somebody may try: seats taken and wrong codes or keys, by session and by room.

A key has 128 random bits and is not guessed, so a right one always opens. A code is short, to
be read aloud, so a session that tries many is stopped, whatever it tries next. The counts are
this process's own, and go with time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cachetools import TTLCache

from core.errors import N_, ClassroomError, StrangerError

_KEYS = 10_000  # sessions or rooms that are counted at once


class Limit:
    """At most so many times in so many minutes, counted for each key by itself.

    Parameters
    ----------
    most : int
    minutes : int
    sentence : str
        What is said beyond that; it may name ``{minutes}``.
    clock : callable
        Seconds.
    """

    def __init__(
        self, most: int, minutes: int, sentence: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.most, self.minutes, self.sentence, self.clock = most, minutes, sentence, clock
        self._lock = threading.Lock()
        self._times: TTLCache[str, list[float]] = TTLCache(_KEYS, 60 * minutes, clock)

    def count(self, key: str) -> None:
        """Note that it has happened once more."""
        with self._lock:
            self._times[key] = [*self._recent(key), self.clock()]

    def check(self, key: str) -> None:
        """Raise `ClassroomError` if it has happened as often as it may."""
        with self._lock:
            if len(self._recent(key)) >= self.most:
                raise ClassroomError(self.sentence, minutes=self.minutes)

    def _recent(self, key: str) -> list[float]:
        since = self.clock() - 60 * self.minutes
        return [at for at in self._times.get(key, []) if at > since]


SEATS = Limit(
    5, 10, N_("Several seats were taken from this page already. Try again in {minutes} minutes.")
)
CROWD = Limit(600, 1, N_("Very many are joining this room. Try again in {minutes} minute."))
WRONG = Limit(
    10, 10, N_("These were many wrong codes or links. Try again in {minutes} minutes.")
)  # fmt: skip
BESIEGED = Limit(
    100, 10, N_("Many wrong links were tried for this room; yours is not right either.")
)


@contextmanager
def joining(session: str, code: str) -> Iterator[None]:
    """Take a seat, unless this session has taken several, or the whole world wants one."""
    SEATS.check(session)
    CROWD.check(code)
    with trying(session, code):
        yield
    SEATS.count(session)
    CROWD.count(code)


@contextmanager
def trying(session: str, code: str) -> Iterator[None]:
    """Try a code or a key, unless this session has tried many wrong ones."""
    WRONG.check(session)
    try:
        yield
    except StrangerError:
        WRONG.count(session)
        BESIEGED.check(code)
        BESIEGED.count(code)
        raise
