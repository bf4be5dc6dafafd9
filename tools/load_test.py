"""A full room: many people at once through the app's own pages, with what they wait for.

``python tools/load_test.py --users 30 --minutes 5`` opens that many sessions, each of which
reads a sample, changes the map and opens two other pages, one action each `--every` seconds
(0: without rest). ``--at-once 30`` lets that many read a scan in the same second, once;
``--class 200`` lets that many students join a room and answer. Every session checks that its page
is of its own scan, every student that the answer was stored. Without ``--address`` the app is
started for the purpose.

The result is JSON; exit status 1 if anything failed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import psutil

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core import classroom  # noqa: E402
from core.gallery import Sample, samples  # noqa: E402
from core.gate import glance  # noqa: E402
from core.imaging import read_image  # noqa: E402
from core.labels import CLASS_NAMES  # noqa: E402
from core.registry import ModelSpec, discover  # noqa: E402
from core.settings import Settings  # noqa: E402
from tools.serving import served  # noqa: E402
from tools.session import Session  # noqa: E402

MAPS = ("centre-blob", "edge-detector", "gradcam")  # what a forward pass or less can draw
OTHERS = ("leaderboard", "gallery", "cost", "headline", "model-cards", "dataset")


class Record:
    """Seconds by kind of action, and what went wrong."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.errors: list[str] = []

    def report(self) -> dict[str, Any]:
        """Give counts and percentiles for JSON."""
        every = [s for found in self.seconds.values() for s in found]
        table = {**self.seconds, "all": every}
        return {
            "seconds": {name: spread(found) for name, found in table.items()},
            "errors": len(self.errors),
            "first_errors": self.errors[:5],
        }


def spread(found: list[float]) -> dict[str, float]:
    """Count, median, 95th percentile and maximum."""
    if not found:
        return {"n": 0}
    p50, p95 = np.percentile(found, (50, 95))
    figures = {"p50": p50, "p95": p95, "max": max(found)}
    return {"n": len(found)} | {name: round(float(s), 3) for name, s in figures.items()}


def choices(args: argparse.Namespace) -> tuple[list[Sample], list[ModelSpec]]:
    """List the scans and the networks that people ask for."""
    scans = [scan for scan in samples().values() if scan.id not in args.stopped]
    return scans, list(discover(Settings().models_dir)[0].values())


async def read(tab: Session, scan: Sample, spec: ModelSpec, record: Record) -> None:
    """Let a network read a scan, and see that the page is of both."""
    sha = hashlib.sha256(scan.path.read_bytes()).hexdigest()[:12]
    record.seconds["read"].append(await tab.open("classify", sample=scan.id, model=spec.name))
    said = " ".join(tab.texts)
    if f"image {sha}" not in said or spec.manifest.weights_sha256[:12] not in said:
        record.errors.append(f"the page is not of {scan.id} and {spec.name}")


async def at_once(address: str, args: argparse.Namespace, record: Record) -> None:
    """Let many people read a scan in the same second, each with a network drawn for them."""
    chance = random.Random(0)
    scans, specs = choices(args)
    async with contextlib.AsyncExitStack() as stack:
        tabs = [await stack.enter_async_context(Session(address)) for _ in range(args.at_once)]
        await asyncio.gather(*(tab.open("overview") for tab in tabs))
        asked = [(tab, chance.choice(scans), chance.choice(specs), record) for tab in tabs]
        await asyncio.gather(*(read(*one) for one in asked))


async def person(address: str, number: int, args: argparse.Namespace, record: Record) -> None:
    """Read scans, change maps and look about until the time is over."""
    chance = random.Random(number)
    scans, specs = choices(args)
    end = time.monotonic() + 60 * args.minutes

    async def rest(begun: float) -> None:
        await asyncio.sleep(max(0.0, args.every - (time.monotonic() - begun)))

    async with Session(address) as tab:
        await asyncio.sleep(chance.uniform(0, args.every))
        record.seconds["open"].append(await tab.open("overview"))
        while time.monotonic() < end:
            begun = time.monotonic()
            await read(tab, chance.choice(scans), chance.choice(specs), record)
            await rest(begun)
            begun = time.monotonic()
            record.seconds["map"].append(await tab.choose("method", chance.choice(MAPS)))
            await rest(begun)
            for page in chance.sample(OTHERS, 2):
                begun = time.monotonic()
                record.seconds["page"].append(await tab.open(page))
                await rest(begun)


async def student(
    address: str, code: str, number: int, args: argparse.Namespace, record: Record
) -> tuple[str, str] | None:
    """Join, wait for the scan, answer once; returns the student's key and answer."""
    chance = random.Random(number)
    name = chance.choice(CLASS_NAMES)
    async with Session(address) as tab:
        await asyncio.sleep(chance.uniform(0, args.join))
        record.seconds["join"].append(await tab.open("classroom", room=code))
        key = parse_qs(tab.query)["seat"][0]
        await tab.until(f"answer-{name}", 300)
        await asyncio.sleep(chance.uniform(0, args.answer))
        record.seconds["answer"].append(await tab.press(f"answer-{name}"))
        await asyncio.sleep(2)
        return key, name


async def lesson(address: str, url: str, args: argparse.Namespace, record: Record) -> None:
    """Let a class join through its page and answer; compare with what the database holds."""
    engine = classroom.connect(url)
    room, key = classroom.open_room(engine, ["glioma-f2010"])
    attending = [
        asyncio.create_task(student(address, room.code, n, args, record))
        for n in range(args.students)
    ]
    begun = time.monotonic()
    while True:
        await asyncio.sleep(0.5)
        joined = classroom.tally(engine, room.code, key).joined
        failed = sum(task.done() for task in attending)
        if joined + failed >= args.students or time.monotonic() - begun > 300:
            break
    record.seconds["all joined"] = [time.monotonic() - begun]
    classroom.move(engine, room.code, key, classroom.Moment(0, "answering"))
    for result in await asyncio.gather(*attending, return_exceptions=True):
        if isinstance(result, BaseException):
            record.errors.append(f"a student: {result!r}")
        elif result and classroom.sit(engine, room.code, result[0]).answers != {0: result[1]}:
            record.errors.append("an answer that a student saw stored is not in the database")
    record.seconds["stored"] = [float(classroom.tally(engine, room.code, key).votes.sum())]
    classroom.close(engine, room.code, key)
    engine.dispose()


async def crowd(address: str, args: argparse.Namespace, record: Record) -> None:
    """Let many people work at once."""
    people = (person(address, n, args, record) for n in range(args.users))
    for result in await asyncio.gather(*people, return_exceptions=True):
        if isinstance(result, BaseException):
            record.errors.append(repr(result))


def stopped() -> list[str]:
    """Name the samples that the gate stops: their page shows no map that a check could read."""
    looks = {
        scan.id: glance(read_image(scan.path.read_bytes(), scan.path.name), Settings().models_dir)
        for scan in samples().values()
    }
    return [name for name, look in looks.items() if look and not look.inside]


async def warm(address: str, networks: bool) -> None:
    """Load pages, and every network, so that what is measured is the room and not the start."""
    async with Session(address) as tab:
        for page in ("overview", "classroom"):
            await tab.open(page, patience=600)
        if not networks:
            return
        for name in discover(Settings().models_dir)[0]:
            await tab.open("classify", patience=600, sample=next(iter(samples())), model=name)


def processes(pid: int) -> dict[str, Any]:
    """Memory and open files of the server and its children."""
    mine = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return {
        "resident_mb": [p.memory_info().rss // 10**6 for p in mine],
        "file_descriptors": mine[0].num_fds(),
    }


def main() -> None:
    """Run what the command line asks for."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--users", type=int, default=0)
    ask.add_argument("--minutes", type=float, default=5)
    ask.add_argument("--every", type=float, default=10, help="seconds between two actions")
    ask.add_argument("--at-once", type=int, default=0, help="people who read in the same second")
    ask.add_argument("--class", dest="students", type=int, default=0)
    ask.add_argument("--join", type=float, default=5, help="seconds within which a class joins")
    ask.add_argument("--answer", type=float, default=30, help="seconds within which it answers")
    ask.add_argument("--address", help="of a running app; its database then comes from --database")
    ask.add_argument("--database", default="")
    args = ask.parse_args()
    args.stopped = stopped()
    record = Record()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if args.address:
            address, url, pid = args.address, args.database, 0
        else:
            app = stack.enter_context(served(folder / "app"))
            address, url, pid = app.address, app.database, app.pid
        asyncio.run(warm(address, networks=args.users + args.at_once > 0))
        before, begun = processes(pid) if pid else {}, time.monotonic()
        if args.at_once:
            asyncio.run(at_once(address, args, record))
        if args.users:
            asyncio.run(crowd(address, args, record))
        if args.students:
            asyncio.run(lesson(address, url, args, record))
        report = {
            "arguments": vars(args), "load_average": os.getloadavg(), "cores": os.cpu_count(),
            "took_seconds": round(time.monotonic() - begun, 1), "before": before,
            "after": processes(pid) if pid else {}, **record.report(),
        }  # fmt: skip
    print(json.dumps(report, indent=1))
    if record.errors:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
