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
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from core import converted
from core.compute.local import Local
from core.compute.wire import (
    Done,
    Lane,
    Ready,
    Step,
    Withdraw,
    Work,
    WorkerError,
    receive,
    send,
)
from core.errors import GlassbrainError
from core.explain import Cancelled
from core.explain.progress import Progress
from core.inference import choose_backend
from core.log import configure
from core.memory import give_back, resident
from core.registry import ModelSpec
from core.settings import PROJECT, Settings
from core.store import store

log = logging.getLogger(__name__)

_LANES: tuple[Lane, ...] = ("load", "fast", "slow")
_TIGHT = 0.8  # share of the memory limit from which on the store is cut back
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
            answers = self._answers(work)
            self.withdrawn.difference_update(work.ids)
            if lane != "fast":
                self._tidy()
            self.tell(Done(lane, answers, resident()))

    def _answers(self, work: Work) -> tuple[tuple[int, Any, BaseException | None], ...]:
        try:
            values = self._do(work)
            return tuple((id, value, None) for id, value in zip(work.ids, values, strict=True))
        except (GlassbrainError, Cancelled) as error:
            return tuple((id, None, error) for id in work.ids)
        except Exception as error:
            log.exception("%s with %s", work.kind, work.spec.name)
            return tuple((id, None, WorkerError(repr(error))) for id in work.ids)

    def _do(self, work: Work) -> list[Any]:
        if work.kind == "load":
            _convert_apart(work.spec)
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

    def _tidy(self) -> None:
        if resident() > _TIGHT * self.limit:
            store().shrink(store().size // 2)
            give_back()


def _convert_apart(spec: ModelSpec) -> None:
    """Convert a network in a process of its own, which takes TensorFlow away with it again."""
    if choose_backend(spec, Settings().engine) != "openvino" or converted.read(spec) is not None:
        return
    environment = os.environ | {"GLASSBRAIN_MODELS_DIR": str(spec.folder.parent)}
    command = [sys.executable, "-m", "core", "warm", "--model", spec.name]
    subprocess.run(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, check=False)


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
