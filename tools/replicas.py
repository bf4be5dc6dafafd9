"""How many scans a second one replica of a network answers on a Ray cluster, and how many two.

``python -m tools.replicas --model densenet121 --seconds 30 --at-once 16`` begins a cluster of one
machine of one processor and asks it for class and map of different scans, so many at a time; then a
second such machine joins, a second replica starts there, and the same is asked again. Both machines
are this one: each is held to a processor of its own, which the asking process shares with them.

What more replicas would do is **simulated**, and the result says so: people who each ask every ten
seconds on average, one queue, and replicas that answer as many scans a second as the one that was
measured, one by one: that one answered several together, so that each took longer than that.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core.cases import cases, read_scan  # noqa: E402
from core.compute import Compute, compute  # noqa: E402
from core.imaging import MRIImage, read_image  # noqa: E402
from core.registry import ModelSpec, read_spec  # noqa: E402
from core.settings import Settings  # noqa: E402
from tools.ray_cluster import SOON, cluster  # noqa: E402

EVERY = 10.0  # seconds between two questions of one person, on average
LIMIT = 2.0  # seconds; the slowest twentieth of the answers may take longer
REPLICAS = (1, 2, 4, 8, 16)
_REQUESTS = 20_000  # of a simulation


def ask(
    there: Compute, spec: ModelSpec, scans: list[MRIImage], seconds: float, at_once: int
) -> list[float]:
    """Ask for so many scans at a time, for so long; gives the seconds that each answer took."""
    took: list[float] = []
    turn, lock = itertools.cycle(scans), threading.Lock()
    end = time.monotonic() + seconds

    def person() -> None:
        while (begun := time.monotonic()) < end:
            with lock:
                scan = next(turn)
            there.predict(spec, scan)
            if (done := time.monotonic()) <= end:  # what is under way at the end is not counted
                took.append(done - begun)

    with ThreadPoolExecutor(at_once) as people:
        for one in [people.submit(person) for _ in range(at_once)]:
            one.result()
    return took


def figures(took: list[float], seconds: float) -> dict[str, float]:
    """Sum up what `ask` gave."""
    p50, p95 = np.percentile(took, (50, 95))
    return {
        "answers": len(took),
        "answers_per_second": round(len(took) / seconds, 2),
        "p50_s": round(float(p50), 3),
        "p95_s": round(float(p95), 3),
    }


def running() -> int:
    """Count the replicas that answer."""
    from ray import serve

    return sum(
        deployment.replica_states.get("RUNNING", 0)
        for application in serve.status().applications.values()
        for deployment in application.deployments.values()
    )


def waits(people: int, replicas: int, per_second: float) -> NDArray[np.float64]:
    """Simulate the seconds that each of many answers takes: one queue, first come, first served."""
    rng = np.random.default_rng(0)
    free, took = [0.0] * replicas, []
    for at in np.cumsum(rng.exponential(EVERY / people, _REQUESTS)):
        done = max(at, heapq.heappop(free)) + 1 / per_second
        heapq.heappush(free, done)
        took.append(done - at)
    return np.array(took)


def most(replicas: int, per_second: float) -> int:
    """Find how many people can ask before the slowest twentieth takes longer than `LIMIT`."""
    low, high = 0, max(1, int(2 * replicas * per_second * EVERY))
    while high - low > 1:
        middle = (low + high) // 2
        slow = np.percentile(waits(middle, replicas, per_second), 95) > LIMIT
        low, high = (low, middle) if slow else (middle, high)
    return low


def measure(
    spec: ModelSpec, scans: list[MRIImage], seconds: float, at_once: int
) -> dict[str, object]:
    """Measure one replica, then two."""
    found = {}
    with cluster(pinned=True) as add:
        os.environ["GLASSBRAIN_COMPUTE"] = "ray"
        there = compute()
        for replicas in (1, 2):
            if replicas == 2:
                add()
            deadline = time.monotonic() + SOON
            ask(there, spec, scans, 1, at_once)  # deploys
            while running() < replicas:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{running()} of {replicas} replicas run")
                ask(there, spec, scans, 5, at_once)  # so that another is wanted
            took = ask(there, spec, scans, seconds, at_once)
            found[replicas] = figures(took, seconds) | {"replicas": running()}
        there.close()
    rate = found[1]["answers_per_second"]
    return {
        "measured": found,
        "two_to_one": round(found[2]["answers_per_second"] / rate, 2),
        "simulated_people": {n: most(n, rate) for n in REPLICAS},
    }


def main() -> None:
    """Run what the command line asks for."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--model", default="densenet121")
    told.add_argument("--seconds", type=float, default=30.0, help="of each measurement")
    told.add_argument("--at-once", type=int, default=16, help="scans that are asked for together")
    args = told.parse_args()
    spec = read_spec(Settings().models_dir / args.model)
    scans = [read_image(read_scan(case), case.path) for case in cases().values()][:200]
    print(json.dumps(measure(spec, scans, args.seconds, args.at_once), indent=1))


if __name__ == "__main__":
    main()
