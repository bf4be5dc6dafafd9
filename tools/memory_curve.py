"""Memory of the app while every network, method and layer is asked for in turn.

``python tools/memory_curve.py --memory 2GB --warm 12 --minutes 10`` serves the app with that limit
and lets one person open Explain again and again: ten layers of each network, each method, the
networks in turn. What all its processes take together is read twice a second; pages that they
share, also with strangers, count once.

The warm-up is over when the networks' process holds as much as it may: from then on what is made
takes the place of something else. Until then it fills, which is no growth that goes on.

The result is JSON: the peak and the map that was drawn then, the growth after the warm-up, a curve
of one value a minute (also of the page server and of the networks' process alone), and how much of
all maps was drawn: neighbours in the order differ in network, method and layer, so that a part of
it is of every kind. What a minute takes hangs on its maps, a VGG16 before all; the growth is
therefore that of the mean of three minutes, the last three over the first three.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core import converted  # noqa: E402
from core.explain import METHODS  # noqa: E402
from core.gallery import samples  # noqa: E402
from core.registry import discover  # noqa: E402
from core.settings import Settings  # noqa: E402
from tools.serving import Served, served  # noqa: E402
from tools.session import PageError, Session  # noqa: E402

SCAN = next(iter(samples()))
PATIENCE = 600.0
_APART = 7  # methods between those that two neighbouring networks are asked for

Turn = tuple[str, str, str | None]  # network, method, layer
_ENDS = 3  # minutes at either end that growth is told from


class Reading(NamedTuple):
    """Seconds since the start, and bytes: of all processes, the server's own, the others' own."""

    at: float
    all: int
    server: int
    networks: int


Curve = list[Reading]


def turns(layers: int) -> Iterator[Turn]:
    """Name every network with every method at one layer each, then at the next, and so on."""
    specs = discover(Settings().models_dir)[0]
    own: dict[str, list[str]] = {}
    for name, spec in specs.items():
        every = converted.layers(spec) or (spec.manifest.cam_layer,)
        step = max(1, len(every) / layers)
        own[name] = [every[int(n * step)] for n in range(min(layers, len(every)))]
    methods = [method for method in METHODS.values() if method.family != "control"]
    for n, at in itertools.product(range(layers), range(len(methods))):
        for place, (name, kept) in enumerate(own.items()):
            method = methods[(at + _APART * place) % len(methods)]
            if method.takes_layer:
                yield name, method.name, kept[(n + at + place) % len(kept)]
            elif n == 0:
                yield name, method.name, None


def taken(pid: int) -> tuple[int, int, int]:
    """Bytes of a process and its children: all together, its own, and its children's own.

    Together they take what each has alone, and the most that one shares.
    """
    server, networks, shared = 0, 0, 0
    for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
        try:
            found = process.memory_full_info()
        except psutil.NoSuchProcess:  # a worker that was just replaced
            continue
        if process.pid == pid:
            server = found.uss
        else:
            networks += found.uss
        shared = max(shared, found.rss - found.uss)
    return server + networks + shared, server, networks


async def watch(pid: int, begun: float, curve: Curve) -> None:
    """Read the memory of a process and its children twice a second."""
    while True:
        curve.append(Reading(time.monotonic() - begun, *await asyncio.to_thread(taken, pid)))
        await asyncio.sleep(0.5)


async def drive(app: Served, args: argparse.Namespace) -> dict[str, object]:
    """Ask for one map after another until the time is over."""
    curve: Curve = []
    begun = time.monotonic()
    watching = asyncio.create_task(watch(app.pid, begun, curve))
    drawn: list[tuple[float, Turn]] = []
    failed = []
    every = list(turns(args.layers))
    async with Session(app.address) as tab:
        for name in discover(Settings().models_dir)[0]:
            await tab.open("classify", PATIENCE, sample=SCAN, model=name)
        for name, method, layer in itertools.cycle(every):
            at = time.monotonic() - begun
            if at > 60 * (args.warm + args.minutes):
                break
            where = {"layer": layer} if layer else {}
            try:
                await tab.open(
                    "explain", PATIENCE, sample=SCAN, model=name, methods=method, **where
                )
                drawn.append((at, (name, method, layer)))
            except (PageError, TimeoutError) as error:
                failed.append(f"{name} {method} {layer}: {error!r}")
    watching.cancel()
    maps = {turn for _, turn in drawn}
    highest = max(curve, key=lambda reading: reading.all).at
    return figures(curve, args.warm) | {
        "peak_during": next((turn for at, turn in reversed(drawn) if at <= highest), None),
        "maps": len(maps), "of": len(every), "failed": len(failed), "first_failures": failed[:3],
        **{f"{what}s": len({turn[n] for turn in maps} - {None})
           for n, what in enumerate(("network", "method", "layer"))},
        "workers_replaced": app.log.read_text().count("the worker is started anew"),
    }  # fmt: skip


def figures(curve: Curve, warm: float) -> dict[str, object]:
    """Sum a curve up; in megabytes. The last minute is a part of one, and left out."""
    every = by_minute(curve, "all")
    after = every[int(warm) :] or every[-1:]
    first, last = (statistics.mean(ends) for ends in (after[:_ENDS], after[-_ENDS:]))
    return {
        "peak_mb": round(max(reading.all for reading in curve) / 1e6),
        "first_minutes_mb": round(first),
        "last_minutes_mb": round(last),
        "growth": round(last / first - 1, 3),
        "median_of_each_minute_mb": every,
        "page_server_alone_mb": by_minute(curve, "server"),
        "networks_alone_mb": by_minute(curve, "networks"),
    }


def by_minute(curve: Curve, which: str) -> list[int]:
    """Median of each whole minute of one of a curve's columns."""
    minutes: dict[int, list[int]] = {}
    for reading in curve:
        minutes.setdefault(int(reading.at // 60), []).append(getattr(reading, which))
    return [round(statistics.median(found) / 1e6) for found in minutes.values()][:-1]


def main() -> None:
    """Run what the command line asks for."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--memory", default="2GB", help="the app's limit, GLASSBRAIN_MEMORY")
    ask.add_argument("--warm", type=float, default=12, help="minutes that are left out")
    ask.add_argument("--minutes", type=float, default=10)
    ask.add_argument("--layers", type=int, default=10, help="of each network")
    args = ask.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder) / "app", GLASSBRAIN_MEMORY=args.memory) as app,
    ):
        found = asyncio.run(drive(app, args))
    print(json.dumps({"arguments": vars(args), **found, "load_average": os.getloadavg(),
                      "cores": os.cpu_count()}, indent=1))  # fmt: skip


if __name__ == "__main__":
    main()
