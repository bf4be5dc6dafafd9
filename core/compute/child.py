"""The worker's own process: it alone holds OpenVINO, TensorFlow and the networks.

Started by `core.compute.worker` as ``python -m core.compute.child``. It reads pieces of work
from standard input and writes answers to what was standard output; whatever else prints,
prints to standard error. It ends when its parent does.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import signal
import threading
from collections.abc import Callable
from typing import Any

from core.compute.local import Local, answered, convert_apart, tidy
from core.compute.wire import (
    Done,
    Lane,
    Ready,
    Step,
    Withdraw,
    Work,
    receive,
    send,
)
from core.explain import Cancelled
from core.explain.progress import Progress
from core.log import configure
from core.memory import resident
from core.settings import Settings
from core.store import store

log = logging.getLogger(__name__)

_LANES: tuple[Lane, ...] = ("load", "fast", "slow")
_NICE = 5  # drawing pages goes before computing


class Child:
    """Works in three lanes, each a thread: loading, forward passes, and what takes longer."""

    def __init__(self, tell: Callable[[Any], None]) -> None:
        self.tell = tell
        self.local = Local()
        self.limit = Settings().memory
        self.withdrawn: set[int] = set()
        self.lanes: dict[Lane, queue.SimpleQueue[Work]] = {
            lane: queue.SimpleQueue() for lane in _LANES
        }
        store().left = self._left
        for lane in _LANES:
            threading.Thread(target=self._work, args=(lane,), name=lane, daemon=True).start()

    def hear(self, message: Work | Withdraw) -> None:
        """Take a message from the parent; returns at once."""
        if isinstance(message, Withdraw):
            self.withdrawn.add(message.id)
        else:
            self.lanes[message.lane].put(message)

    def _work(self, lane: Lane) -> None:
        while True:
            work = self.lanes[lane].get()
            answers = answered(work, self._do)
            self.withdrawn.difference_update(work.ids)
            if lane != "fast":
                tidy(self.limit)
            self.tell(Done(lane, answers, resident()))

    def _do(self, work: Work) -> list[Any]:
        if work.kind == "load":
            convert_apart(work.spec)
            self.local.explainer(work.spec)
            self.tell(Ready(work.spec.manifest.weights_sha256, True))
            return [None]
        return self.local.work(work.spec, work.kind, work.payloads, self._progress(work.ids[0]))

    def _progress(self, id: int) -> Progress:
        def progress(done: int, total: int) -> None:
            if id in self.withdrawn:
                raise Cancelled
            self.tell(Step(id, done, total))

        return progress

    def _left(self, key: tuple[Any, str]) -> None:
        if key[1].startswith("network "):
            self.tell(Ready(key[0], False))


def main() -> None:
    """Work until the parent closes the line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which then ends this
    out, asked = os.fdopen(os.dup(1), "wb"), os.fdopen(os.dup(0), "rb")
    os.dup2(2, 1)
    configure()
    with contextlib.suppress(OSError, AttributeError):
        os.nice(_NICE)
    writing = threading.Lock()

    def tell(message: Any) -> None:
        with writing:
            try:
                send(out, message)
            except OSError:
                os._exit(1)

    child = Child(tell)
    try:
        while True:
            child.hear(receive(asked))
    except EOFError:
        os._exit(0)  # at once, whatever the lanes are at


if __name__ == "__main__":
    main()
