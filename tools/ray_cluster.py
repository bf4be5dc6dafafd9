"""A Ray cluster of several machines on this one, for tests and measurements."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

SOON = 600  # seconds; the machine may be busy
_STORE = 100 * 2**20  # bytes of each machine's object store
_MACHINE = {"num_cpus": 1, "object_store_memory": _STORE, "include_log_monitor": False}
_AGENTS = (
    "metrics_agent_port", "metrics_export_port", "dashboard_agent_listen_port",
    "runtime_env_agent_port",
)  # fmt: skip


@contextlib.contextmanager
def cluster(*, pinned: bool = False) -> Iterator[Callable[[], None]]:
    """Begin a cluster of one machine of one processor, and join it.

    Parameters
    ----------
    pinned : bool
        Whether each machine's processes are held to one of this machine's processors, in turn.

    Yields
    ------
    callable
        Adds another such machine.
    """
    import ray
    from ray._private import services
    from ray.cluster_utils import Cluster

    from core.compute.cluster import connect

    look, begin = _patient(services.get_node, services.start_ray_process)
    environment = {
        "RAY_worker_register_timeout_seconds": str(SOON),
        "RAY_agent_register_timeout_ms": str(1000 * SOON),
        "PYTHONBREAKPOINT": "0",  # which Ray sets as well, and leaves
    }
    with (
        mock.patch.object(services, "get_node", look),
        mock.patch.object(services, "start_ray_process", begin),
        mock.patch.dict(os.environ, environment),
    ):
        with _on(0 if pinned else None):
            head = _MACHINE | _agents() | {"include_dashboard": False}
            made = Cluster(initialize_head=True, head_node_args=head)
        os.environ["RAY_ADDRESS"] = made.address
        connect()

        def add() -> None:
            with _on(len(made.list_all_nodes()) if pinned else None):
                made.add_node(**_MACHINE, **_agents())

        try:
            yield add
        finally:
            ray.shutdown()
            made.shutdown()


@contextlib.contextmanager
def _on(processor: int | None) -> Iterator[None]:
    """Hold this thread, and what it starts meanwhile, to one processor."""
    if processor is None:
        yield
        return
    all_of_them = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {all_of_them[processor % len(all_of_them)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_of_them)


def _patient(find: Callable[..., Any], start: Callable[..., Any]) -> tuple[Any, Any]:
    """Let a machine of the cluster start for longer than the seconds that Ray gives it.

    A raylet waits 15 s for its helper's port, which Ray knows and does not hand on to it.
    """

    def look(*arguments: Any) -> Any:
        deadline = time.monotonic() + SOON
        while True:
            try:
                return find(*arguments)
            except RuntimeError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(1)

    def begin(command: list[str], kind: str, *arguments: Any, **options: Any) -> Any:
        port = re.search(r"--listen-port=(\d+)", " ".join(command))
        told = [f"--dashboard_agent_listen_port={port[1]}"] if kind == "raylet" and port else []
        return start([*command, *told], kind, *arguments, **options)

    return look, begin


def _agents() -> dict[str, int]:
    """Name ports for a machine's helpers."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in _AGENTS]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return {name: probe.getsockname()[1] for name, probe in zip(_AGENTS, probes, strict=True)}
