"""Waiting for an answer from elsewhere, without holding up anybody else."""

from __future__ import annotations

import time
from abc import abstractmethod
from typing import Any

from core.compute.base import Compute, Waiting
from core.compute.queue import Request
from core.explain.progress import Progress
from core.metrics import ANSWERS, ERRORS, GATE, SECONDS, WAITING, WITHDRAWN

_GATE = {True: "a scan", False: "withheld", None: "not asked"}
_TICK = 0.1  # seconds between looking whether whoever waits still does


class Remote(Compute):
    """Asks another process, which finishes requests when it gets to them."""

    def answer(self, request: Request, waiting: Waiting, progress: Progress) -> Any:
        """Hand a request over, and wait; leaving by an exception withdraws it."""
        begun, told = time.perf_counter(), None
        self.begin(request)
        WAITING.inc()
        try:
            while not request.finished.wait(_TICK):
                waiting(self.before(request))
                if request.step != told:
                    told = request.step
                    progress(*told or (0, 1))
        except BaseException:
            self.withdraw(request)
            WITHDRAWN.inc()
            raise
        finally:
            WAITING.dec()
            SECONDS.labels(request.kind).observe(time.perf_counter() - begun)
        if request.error is not None:
            ERRORS.labels(request.kind, type(request.error).__name__).inc()
            raise request.error
        ANSWERS.labels(request.kind, request.spec.name).inc()
        if request.kind == "predict":
            GATE.labels(_GATE[request.value.in_distribution]).inc()
        return request.value

    @abstractmethod
    def begin(self, request: Request) -> None:
        """Hand a request over, and return at once."""

    @abstractmethod
    def before(self, request: Request) -> int:
        """How many are before a request; 0 if it is being worked on."""

    @abstractmethod
    def withdraw(self, request: Request) -> None:
        """Forget a request that nobody waits for any longer."""
