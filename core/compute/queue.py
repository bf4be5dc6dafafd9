"""Who waits for what: the requests of one worker, in the order in which they came."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from core.compute.wire import Done, Kind, Lane, Ready, Step, Work
from core.registry import ModelSpec

BATCH = 8  # requests for one network that are answered in one forward pass

_numbers = itertools.count(1)


@dataclass(eq=False)
class Request:
    """One question on its way.

    Attributes
    ----------
    lane : {"load", "fast", "slow"}
        What takes longer holds up no forward pass.
    kind : {"load", "predict", "embed", "ask"}
    spec : ModelSpec
        Whom to ask.
    payload : object
        The image, or ``(question, arguments, options, whether it takes progress)``.
    finished : Event
        Set when `value` or `error` is there.
    step : tuple of int
        ``(done, total)`` as last heard.
    """

    lane: Lane
    kind: Kind
    spec: ModelSpec
    payload: Any = field(repr=False, default=None)
    id: int = field(default_factory=lambda: next(_numbers))
    finished: threading.Event = field(default_factory=threading.Event, repr=False)
    value: Any = field(default=None, repr=False)
    error: BaseException | None = None
    step: tuple[int, int] | None = None

    def finish(self, value: Any, error: BaseException | None = None) -> None:
        """Give whoever waits what they wait for."""
        self.value, self.error = value, error
        self.finished.set()


class Queue:
    """What waits and what is being worked on; its owner holds a lock around every call.

    A request for a network that is not loaded waits for that, and holds up nobody else's.
    """

    def __init__(self) -> None:
        self.waiting: deque[Request] = deque()
        self.working: dict[Lane, tuple[Request, ...]] = {}
        self.ready: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self.waiting or self.working)

    def before(self, request: Request) -> int:
        """How many are asked for the same lane before a request; 0 if it is worked on."""
        if any(request in batch for batch in self.working.values()):
            return 0
        ahead = itertools.takewhile(lambda other: other is not request, self.waiting)
        same = sum(other.lane == request.lane for other in ahead)
        return same + len(self.working.get(request.lane, ()))

    def next(self) -> list[Work]:
        """Take what can be begun now: one piece for each lane that is free."""
        begun = []
        for request in list(self.waiting):
            if request.finished.is_set() or request not in self.waiting:
                continue
            known = request.spec.manifest.weights_sha256 in self.ready
            if request.lane == "load" and known:
                self.waiting.remove(request)
                request.finish(None)
            elif request.lane != "load" and not known:
                self._load(request.spec)
            elif request.lane not in self.working:
                begun.append(self._begin(request))
        if "load" not in self.working:
            first = next((r for r in self.waiting if r.lane == "load"), None)
            begun += [self._begin(first)] if first else []
        return begun

    def step(self, heard: Step) -> None:
        """Note how far a request is."""
        for batch in self.working.values():
            for request in batch:
                if request.id == heard.id:
                    request.step = heard.done, heard.total

    def note(self, heard: Ready) -> None:
        """Note that a network is loaded, or is not any longer."""
        (self.ready.add if heard.loaded else self.ready.discard)(heard.weights_sha256)

    def done(self, heard: Done) -> None:
        """Free a lane and give the answers out; who waits for what cannot be loaded is told."""
        batch = {request.id: request for request in self.working.pop(heard.lane, ())}
        for id, value, error in heard.answers:
            request = batch.pop(id, None)
            if request is None:
                continue
            request.finish(value, error)
            if request.lane == "load" and error is not None:
                self._fail(request.spec, error)

    def withdraw(self, request: Request) -> bool:
        """Forget a request; True if it is already being worked on."""
        if request in self.waiting:
            self.waiting.remove(request)
        return any(request in batch for batch in self.working.values())

    def lose(self) -> tuple[Request, ...]:
        """Forget what was being worked on, and what was loaded: their process is gone."""
        lost = tuple(r for batch in self.working.values() for r in batch)
        self.working.clear()
        self.ready.clear()
        return lost

    def clear(self) -> tuple[Request, ...]:
        """Forget what waits."""
        waiting = tuple(self.waiting)
        self.waiting.clear()
        return waiting

    def _load(self, spec: ModelSpec) -> None:
        loads = [*self.working.get("load", ()), *(r for r in self.waiting if r.lane == "load")]
        if not any(load.spec == spec for load in loads):
            self.waiting.append(Request("load", "load", spec))

    def _fail(self, spec: ModelSpec, error: BaseException) -> None:
        for request in [r for r in self.waiting if r.spec == spec]:
            self.waiting.remove(request)
            request.finish(None, error)

    def _begin(self, first: Request) -> Work:
        batch = [first]
        if first.kind == "predict":
            same = (r for r in self.waiting if r.kind == "predict" and r.spec == first.spec)
            batch = list(itertools.islice(same, BATCH))
        for request in batch:
            self.waiting.remove(request)
        self.working[first.lane] = tuple(batch)
        ids, payloads = (tuple(getattr(r, name) for r in batch) for name in ("id", "payload"))
        return Work(first.lane, ids, first.kind, first.spec, payloads)
