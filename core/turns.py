"""Whose turn it is to run a network."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """One network runs at a time in a process; an answer goes before the next batch of a map.

    Two at once would share the same cores and finish later than one after the other, and
    memory stays bounded.
    """

    def __init__(self) -> None:
        self._free = threading.Condition()
        self._taken = False
        self._hurried = 0

    def __enter__(self) -> None:
        with self._free:
            self._free.wait_for(lambda: not self._taken and not self._hurried)
            self._taken = True

    def __exit__(self, *exception: object) -> None:
        with self._free:
            self._taken = False
            self._free.notify_all()

    @contextmanager
    def first(self) -> Iterator[None]:
        """Take the next turn before all who came by the plain way."""
        with self._free:
            self._hurried += 1
            try:
                self._free.wait_for(lambda: not self._taken)
                self._taken = True
            finally:
                self._hurried -= 1
        try:
            yield
        finally:
            self.__exit__()


RUNNING = Turns()
