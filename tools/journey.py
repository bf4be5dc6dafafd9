"""From click to answer: twelve actions on this code and on an older commit, in one run.

``python tools/journey.py --against b3eeacc --rounds 5`` checks the older commit out beside this
one, serves both and lets one person go through each in turn, so that whatever else the machine
does slows both alike. The first round finds both servers as they start; it is told apart.

The result is JSON: for each action the median and the 95th percentile of the seconds from the
click to the end of the answer, and to the page's first heading, and both as ratios new : old
(below 1 the new code is quicker). Seconds of a busy machine compare with nothing but each other.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core.gallery import samples  # noqa: E402
from tools.session import PageError, Session  # noqa: E402

PATIENCE = 1200.0  # seconds; a server that has just started loads networks
SCAN = next(sample for sample in samples().values() if sample.lesion is not None)

Action = Callable[[Session], Awaitable[float]]


def _page(address: str, **parameters: object) -> Action:
    return lambda tab: tab.open(address, PATIENCE, **parameters)


ACTIONS: dict[str, Action] = {
    "open the overview": _page("overview"),
    "open Classify": _page("classify"),
    "upload a scan": lambda tab: tab.upload("scan.jpg", SCAN.path.read_bytes(), PATIENCE),
    "draw another map": lambda tab: tab.choose("method", "layercam", PATIENCE),
    "explain a sample": _page("explain", sample=SCAN.id),
    "compare the networks on it": _page("compare", sample=SCAN.id),
    "change it in What if": _page("what-if", sample=SCAN.id),
    "open the Leaderboard": _page("leaderboard"),
    "open Cases": _page("cases"),
    "open Cost": _page("cost"),
    "open the Dataset": _page("dataset"),
    "open Clever Hans": _page("shortcuts", scans=8),
}

KEYS = ("first", "p50", "p95")  # the first round by itself, and of all rounds

Times = dict[str, dict[str, list[float]]]  # action -> "answer" or "frame" -> seconds a round


@contextlib.contextmanager
def served(code: Path, folder: Path) -> Iterator[str]:
    """Serve a checkout on a free port; yields its address once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {
        "server.port": port, "server.address": "127.0.0.1", "server.headless": "true",
        "server.enableXsrfProtection": "false", "server.enableCORS": "false",
    }  # fmt: skip
    folder.mkdir(parents=True)
    env = os.environ | {"GLASSBRAIN_DATABASE_URL": f"sqlite:///{folder / 'rooms.sqlite3'}"}
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *(f"--{key}={value}" for key, value in options.items())],
            cwd=code, env=env, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            address, end = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE
            while time.monotonic() < end and process.poll() is None:
                with contextlib.suppress(OSError):
                    if (
                        urllib.request.urlopen(f"{address}/_stcore/health", timeout=5).read()
                        == b"ok"
                    ):
                        break
                time.sleep(0.2)
            yield address
        finally:
            process.terminate()
            process.wait(60)


async def walk(address: str, times: Times) -> None:
    """Do every action once, in order, as one person in one tab; what fails is left out."""
    async with Session(address) as tab:
        for name, act in ACTIONS.items():
            try:
                seconds = await act(tab)
            except (PageError, TimeoutError, KeyError, OSError) as error:
                print(f"{name}: {error!r}", file=sys.stderr, flush=True)
                continue
            kept = times.setdefault(name, {"answer": [], "frame": []})
            kept["answer"].append(seconds)
            kept["frame"].append(tab.painted or seconds)


def summary(new: Times, old: Times) -> dict[str, Any]:
    """Set both beside each other, action by action."""
    return {
        name: {
            what: {
                "new": _spread(new[name][what]),
                "old": _spread(old[name][what]),
                "ratio": _ratios(new[name][what], old[name][what]),
            }
            for what in ("answer", "frame")
        }
        for name in ACTIONS
        if name in new and name in old
    }


def _spread(seconds: list[float]) -> dict[str, float]:
    p50, p95 = np.percentile(seconds, (50, 95))
    return {"first": round(seconds[0], 3), "p50": round(float(p50), 3), "p95": round(float(p95), 3)}


def _ratios(new: list[float], old: list[float]) -> dict[str, float]:
    mine, theirs = _spread(new), _spread(old)
    return {key: round(mine[key] / max(theirs[key], 1e-3), 2) for key in mine}


def table(found: dict[str, Any]) -> str:
    """Write the ratios as lines that a person reads."""
    head = (
        f"{'new : old, from click to':28}  answer  (first   p50   p95)   frame  (first   p50   p95)"
    )
    lines = [head]
    for name, parts in found.items():
        told = (f"{parts[w]['ratio'][k]:12.2f}" for w in ("answer", "frame") for k in KEYS)
        lines.append(f"{name:28}   {'   '.join(told)}")
    return "\n".join(lines)


def main() -> None:
    """Run what the command line asks for."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--against", required=True, help="an older commit")
    ask.add_argument("--rounds", type=int, default=5)
    args = ask.parse_args()
    new, old = Times(), Times()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        git = ["git", "-C", str(PROJECT), "worktree"]
        older = folder / "older"
        subprocess.run([*git, "add", "--detach", "--quiet", str(older), args.against], check=True)
        stack.callback(subprocess.run, [*git, "remove", "--force", str(older)], check=True)
        addresses = {
            id(times): stack.enter_context(served(code, folder / name))
            for name, code, times in (("new", PROJECT, new), ("old", older, old))
        }
        for n in range(args.rounds):
            for times in (new, old) if n % 2 == 0 else (old, new):
                asyncio.run(walk(addresses[id(times)], times))
            print(f"round {n + 1} of {args.rounds}", file=sys.stderr, flush=True)
    found = summary(new, old)
    print(table(found), file=sys.stderr)
    report = {"against": args.against, "rounds": args.rounds, "actions": found}
    print(json.dumps(report | {"load_average": os.getloadavg(), "cores": os.cpu_count()}, indent=1))


if __name__ == "__main__":
    main()
