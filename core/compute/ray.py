"""Networks on a Ray cluster: one deployment of Ray Serve for each, beyond one machine.

A network is deployed when it is first asked for, and serves every copy of the app.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any

from ray import serve
from ray.exceptions import RayError

from core.compute.cluster import LOST, connect, environment
from core.compute.queue import BATCH, Request
from core.compute.remote import Remote
from core.compute.replica import Replica
from core.compute.wire import Done, Step, Work
from core.errors import ComputeError, GlassbrainError
from core.registry import ModelSpec

log = logging.getLogger(__name__)

_TRIES = 5  # a request that ends whoever gets it must not go on for ever
_PAUSE = 1.0  # seconds before it is tried again


class Ray(Remote):
    """Asks deployments; a request whose replica dies is asked of another.

    Requests are followed by one thread with an event loop of its own.
    """

    def __init__(self) -> None:
        self._asked: dict[Request, Future[None]] = {}  # in the order in which they came
        self._handles: dict[str, asyncio.Task[Any]] = {}
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="ray", daemon=True).start()

    def warm(self, spec: ModelSpec) -> None:
        """Begin to deploy a network."""
        self._start(self._handle(spec)).add_done_callback(_note)

    def close(self) -> None:
        """Leave the cluster; what is deployed there stays for others."""
        for request, following in list(self._asked.items()):
            following.cancel()
            request.finish(None, ComputeError(LOST))
        self._loop.call_soon_threadsafe(self._loop.stop)

    def begin(self, request: Request) -> None:
        """Ask, and follow the request in the thread for that."""
        following = self._start(self._follow(request))
        self._asked[request] = following
        following.add_done_callback(lambda _: self._asked.pop(request, None))

    def before(self, request: Request) -> int:
        """How many this process asked before of the same network and has no answer to."""
        if request.step is not None:
            return 0
        asked = list(self._asked)
        earlier = asked[: asked.index(request)] if request in asked else []
        return sum((r.spec, r.lane) == (request.spec, request.lane) for r in earlier)

    def withdraw(self, request: Request) -> None:
        """Leave the request, which its replica is told."""
        if following := self._asked.get(request):
            following.cancel()

    def _start(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _follow(self, request: Request) -> None:
        """Ask until there is an answer: computing changes nothing, so it may be done again."""
        try:
            for _ in range(_TRIES):
                try:
                    await self._ask(request)
                except RayError as error:
                    log.warning("request %d is asked again: %s", request.id, type(error).__name__)
                if request.finished.is_set():
                    return
                await asyncio.sleep(_PAUSE)
            raise ComputeError(LOST)
        except GlassbrainError as error:
            request.finish(None, error)
        except Exception:
            log.exception("the cluster")
            request.finish(None, ComputeError(LOST))

    async def _ask(self, request: Request) -> None:
        handle = await self._handle(request.spec)
        work = Work(request.lane, (request.id,), request.kind, request.spec, (request.payload,))
        hearing = handle.answer.remote(work)
        try:
            async for heard in hearing:
                if isinstance(heard, Step):
                    request.step = heard.done, heard.total
                elif isinstance(heard, Done):
                    ((_id, value, error),) = heard.answers
                    request.finish(value, error)
        finally:
            if not request.finished.is_set():
                hearing.cancel()

    async def _handle(self, spec: ModelSpec) -> Any:
        key = _deployment(spec)
        if key not in self._handles:
            self._handles[key] = asyncio.create_task(asyncio.to_thread(_deploy, spec))
        try:
            return await asyncio.shield(self._handles[key])
        except Exception:
            self._handles.pop(key, None)
            raise


def _deployment(spec: ModelSpec) -> str:
    return f"{spec.name}-{spec.manifest.weights_sha256[:12]}"


def _deploy(spec: ModelSpec) -> Any:
    """Find the deployment of a network, or make it; waits until it answers."""
    connect()
    serve.start(proxy_location="Disabled")
    name = _deployment(spec)
    found = serve.status().applications.get(name)
    if found is None or found.status == "DEPLOY_FAILED":
        deployment = serve.deployment(Replica).options(
            autoscaling_config={
                "min_replicas": 1, "max_replicas": 100,  # as many as the cluster has room for
                "target_ongoing_requests": BATCH / 2,
            },
            max_ongoing_requests=2 * BATCH,
            health_check_period_s=5,
            health_check_timeout_s=30,
            ray_actor_options={"num_cpus": 1, "runtime_env": environment()},
        )  # fmt: skip
        serve.run(deployment.bind(spec), name=name, route_prefix=None)
    return serve.get_app_handle(name).options(stream=True)


def _note(future: Future[Any]) -> None:
    if not future.cancelled() and (error := future.exception()):
        log.error("a network is not deployed: %s", error)
