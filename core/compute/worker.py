"""Networks in one child process, so that the process that draws pages computes nothing.

Streamlit collects garbage and clears Keras' session after every run of a page; with
TensorFlow in the process both take a second under the interpreter's lock. Here whoever asks
waits without holding it. The child is started when it is first needed, begun anew when it
dies or takes too much memory, and ends with this process.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import subprocess
import sys
import threading

from core.compute.queue import Queue, Request
from core.compute.remote import Remote
from core.compute.wire import Done, Ready, Step, Withdraw, Work, receive, send
from core.errors import N_, ComputeError
from core.memory import at_rest
from core.metrics import MEMORY, STARTS
from core.registry import ModelSpec
from core.settings import PROJECT, Settings

log = logging.getLogger(__name__)

INTERRUPTED = N_(
    "The process that runs the networks ended in the middle of this. It has been started "
    "again; please try once more."
)
NOT_STARTED = N_(
    "The process that runs the networks does not start; the log says why. Please try again later."
)
_TRIES = 3


class Worker(Remote):
    """Asks a child process; requests that wait together are answered together."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._queue = Queue()
        self._process: subprocess.Popen[bytes] | None = None
        self._failed = 0  # processes in a row that ended without an answer
        self._full = False  # over the memory limit: what is begun is finished, nothing else begun
        self._closed = False
        self.limit = at_rest(Settings().memory)
        atexit.register(self.close)

    def warm(self, spec: ModelSpec) -> None:
        """Begin to load a network."""
        with self._lock:
            self._queue.waiting.append(Request("load", "load", spec))
            self._go_on()

    def close(self) -> None:
        """End the child process; whoever still waits is told that nothing will come."""
        with self._lock:
            self._closed = True
            process, self._process = self._process, None
            for request in (*self._queue.lose(), *self._queue.clear()):
                request.finish(None, ComputeError(INTERRUPTED))
        if process is not None:
            _end(process)

    @property
    def pid(self) -> int | None:
        """Of the child process, while there is one."""
        process = self._process
        return None if process is None else process.pid

    def begin(self, request: Request) -> None:
        """Put a request into the queue."""
        with self._lock:
            if self._closed:
                raise ComputeError(INTERRUPTED)
            self._queue.waiting.append(request)
            self._go_on()

    def before(self, request: Request) -> int:
        """How many are before a request in its lane."""
        with self._lock:
            return self._queue.before(request)

    def withdraw(self, request: Request) -> None:
        """Take a request out of the queue, or tell the child that works on it."""
        with self._lock:
            if self._queue.withdraw(request):
                self._send(Withdraw(request.id))

    def _go_on(self) -> None:
        """Begin whatever can be begun; the lock is held."""
        if self._closed or not self._queue:
            return
        if self._process is None:
            self._start()
        if not self._full:
            for work in self._queue.next():
                self._send(work)
        elif not self._queue.working and self._process is not None:
            log.info("the worker is started anew: it is over its memory limit")
            _end(self._process)  # its reader then begins the next

    def _start(self) -> None:
        environment = os.environ | {"GLASSBRAIN_COMPUTE": "local"}
        command = [sys.executable, "-m", "core.compute.child"]
        self._process = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        STARTS.inc()
        log.info("worker %d is started", self._process.pid)
        threading.Thread(
            target=self._listen, args=(self._process,), name="worker", daemon=True
        ).start()

    def _send(self, message: Work | Withdraw) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):  # it is gone, which its reader hears as well
                send(self._process.stdin, message)  # type: ignore[arg-type]

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        try:
            while True:
                heard = receive(process.stdout)  # type: ignore[arg-type]
                with self._lock:
                    self._hear(heard)
                    self._go_on()
        except (EOFError, OSError):
            pass
        except Exception:  # an answer that cannot be read: whoever waits for it must not for ever
            log.exception("the worker is ended")
            process.kill()
        status = process.wait()
        with self._lock:
            if self._process is process:
                self._ended(status)
                self._go_on()

    def _hear(self, heard: Step | Ready | Done) -> None:
        if isinstance(heard, Step):
            self._queue.step(heard)
        elif isinstance(heard, Ready):
            self._queue.note(heard)
        else:
            self._failed = 0
            self._queue.done(heard)
            MEMORY.set(heard.resident)
            if heard.lane != "fast":  # which lets nothing go, and often ends in mid-map
                self._full = heard.resident > self.limit

    def _ended(self, status: int) -> None:
        """Tell whoever's work is lost; those who wait keep their places for the next process."""
        lost = self._queue.lose()
        planned = self._full and not lost
        self._full, self._process = False, None
        if not planned:
            log.error("the worker ended (status %d) with %d requests begun", status, len(lost))
            self._failed += 1
        for request in lost:
            request.finish(None, ComputeError(INTERRUPTED))
        if self._failed >= _TRIES:
            self._failed = 0
            for request in self._queue.clear():
                request.finish(None, ComputeError(NOT_STARTED))


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close the line, which the child takes as its end; kill it if it does not."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
