"""Counts for Prometheus, on a port of their own where one is set (GLASSBRAIN_METRICS_PORT)."""

from __future__ import annotations

import logging

from prometheus_client import Counter, Gauge, Histogram, start_http_server

from core.settings import Settings

log = logging.getLogger(__name__)

ANSWERS = Counter("glassbrain_answers_total", "Requests that were answered", ("kind", "model"))
ERRORS = Counter("glassbrain_errors_total", "Requests that failed", ("kind", "error"))
GATE = Counter("glassbrain_gate_total", "What the gate said of scans that were read", ("said",))
WITHDRAWN = Counter("glassbrain_withdrawn_total", "Requests that nobody waited for any longer")
SECONDS = Histogram(
    "glassbrain_wait_seconds", "From a request to its answer", ("kind",),
    buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300),
)  # fmt: skip
WAITING = Gauge("glassbrain_waiting", "Requests that wait or are worked on")
MEMORY = Gauge("glassbrain_worker_bytes", "Resident memory of the process with the networks")
STARTS = Counter("glassbrain_worker_starts_total", "Starts of that process")


def serve() -> int | None:
    """Open the port, if one is set; returns it."""
    port = Settings().metrics_port
    if port is not None:
        start_http_server(port, Settings().metrics_address)
        log.info("metrics on port %d", port)
    return port
