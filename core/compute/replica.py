"""One network on a Ray cluster: what each replica of its deployment does (Ray Serve).

It is asked and answers with the worker's messages (`core.compute.wire`). Scans that wait
together are classified together; what takes longer has a lane of its own, as in the worker.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from ray import serve

from core.compute.local import Local, answered, convert_apart, tidy
from core.compute.queue import BATCH
from core.compute.wire import Done, Step, Work
from core.errors import ModelError
from core.explain import Cancelled
from core.log import configure
from core.memory import resident
from core.registry import ModelSpec
from core.settings import Settings

_GATHER = 0.005  # seconds that a scan waits for others


class Replica:
    """Holds one network; `core.compute.local` answers."""

    def __init__(self, spec: ModelSpec) -> None:
        configure()
        self.local = Local()
        self.limit = Settings().memory
        self.lanes = {"fast": asyncio.Lock(), "slow": asyncio.Lock()}
        convert_apart(spec)
        with contextlib.suppress(ModelError):  # whoever asks is told
            self.local.explainer(spec)

    def check_health(self) -> None:
        """Stay within the limit of memory (``GLASSBRAIN_MEMORY``); Ray replaces what does not."""
        tidy(self.limit)
        if resident() > self.limit:
            raise MemoryError

    async def answer(self, work: Work) -> AsyncIterator[Step | Done]:
        """Tell how far a request is, again and again, and last what became of it."""
        if work.kind == "predict":
            yield await self._together(work)
            return
        steps: asyncio.Queue[Step | None] = asyncio.Queue()
        loop, left = asyncio.get_running_loop(), threading.Event()

        def progress(done: int, total: int) -> None:
            if left.is_set():
                raise Cancelled
            loop.call_soon_threadsafe(steps.put_nowait, Step(work.ids[0], done, total))

        def do(work: Work) -> list[Any]:
            return self.local.work(work.spec, work.kind, work.payloads, progress)

        async with self.lanes[work.lane]:
            doing = asyncio.ensure_future(asyncio.to_thread(answered, work, do))
            doing.add_done_callback(lambda _: steps.put_nowait(None))
            try:
                while (step := await steps.get()) is not None:
                    yield step
                yield Done(work.lane, doing.result(), resident())
            finally:
                left.set()  # nobody listens any longer
                await asyncio.wait([doing])

    @serve.batch(max_batch_size=BATCH, batch_wait_timeout_s=_GATHER)  # type: ignore[untyped-decorator]
    async def _together(self, works: list[Work]) -> list[Done]:
        whole = replace(
            works[0],
            ids=tuple(id for work in works for id in work.ids),
            payloads=tuple(payload for work in works for payload in work.payloads),
        )
        answers = await asyncio.to_thread(answered, whole, self._classify)
        return [Done(whole.lane, (answer,), 0) for answer in answers]

    def _classify(self, work: Work) -> list[Any]:
        return self.local.work(work.spec, work.kind, work.payloads)
