"""From click to answer: twelve actions on this code and on an older commit, in one run.

``python tools/journey.py --against b3eeacc --rounds 5`` checks the older commit out beside this
one, serves both and lets one person go through each in turn, so that whatever else the machine
does slows both alike. Where the older commit needs other packages, `--python` names the
interpreter of an environment that has them. The first round finds both servers as they start;
it is told apart.

The result is JSON: for each action the median and the 95th percentile of the seconds from the
click to the end of the answer, and to the page's first heading, and both as ratios new : old
(below 1 the new code is quicker). Seconds of a busy machine compare with nothing but each other.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core.gallery import samples  # noqa: E402
from tools.serving import arguments, both  # noqa: E402
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
    args = arguments(__doc__, 5)
    new, old = Times(), Times()
    with both(args.against, args.python) as (mine, theirs):
        for n in range(args.rounds):
            turns = [(mine, new), (theirs, old)]
            for address, times in turns if n % 2 == 0 else reversed(turns):
                asyncio.run(walk(address, times))
            print(f"round {n + 1} of {args.rounds}", file=sys.stderr, flush=True)
    found = summary(new, old)
    print(table(found), file=sys.stderr)
    report = {"against": args.against, "rounds": args.rounds, "actions": found}
    print(json.dumps(report | {"load_average": os.getloadavg(), "cores": os.cpu_count()}, indent=1))


if __name__ == "__main__":
    main()
