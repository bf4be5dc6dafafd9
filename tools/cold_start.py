"""From starting the server to the first answer, on this code and on an older commit, in turn.

``python tools/cold_start.py --against b3eeacc --rounds 3``; `--python` names the interpreter of
an environment with the older commit's packages. Each start is a new process; networks that were
converted once are kept, as they are where the app is installed. Then, with every network loaded,
what it takes to draw the plainest page again.

The result is JSON: median seconds, and new : old.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from core.gallery import samples  # noqa: E402
from tools.serving import arguments, checked_out, served  # noqa: E402
from tools.session import Session  # noqa: E402

SCAN = next(iter(samples()))
NETWORK = "mobilenetv2"  # one that both have
PLAIN = "classroom"  # its door
AGAIN = 20
PATIENCE = 600.0


async def answer(address: str) -> None:
    """Read a sample, as the first who comes."""
    async with Session(address) as tab:
        await tab.open("classify", PATIENCE, sample=SCAN, model=NETWORK)
        if NETWORK not in "".join(tab.texts).lower():
            raise RuntimeError("the page gave no answer")


async def again(address: str, networks: list[str]) -> list[float]:
    """Load all networks, then draw the plainest page again and again; seconds of each."""
    async with Session(address) as tab:
        for name in networks:
            await tab.open("classify", PATIENCE, sample=SCAN, model=name)
        await tab.open(PLAIN, PATIENCE)
        return [await tab.open(PLAIN, PATIENCE) for _ in range(AGAIN)]


def main() -> None:
    """Run what the command line asks for."""
    args = arguments(__doc__, 3)
    first: dict[str, list[float]] = {"new": [], "old": []}
    rerun: dict[str, list[float]] = {"new": [], "old": []}
    with checked_out(args.against) as older, tempfile.TemporaryDirectory() as folder:
        codes = {"new": (PROJECT, sys.executable), "old": (older, args.python)}
        for n in range(args.rounds + 1):  # the first converts what is not converted yet
            for which, (code, python) in codes.items():
                begun = time.perf_counter()
                with served(Path(folder) / f"{which}-{n}", code, python) as app:
                    asyncio.run(answer(app.address))
                    if n:
                        first[which].append(time.perf_counter() - begun)
                    if n == args.rounds:
                        names = sorted(p.parent.name for p in code.glob("models/*/manifest.json"))
                        rerun[which] = asyncio.run(again(app.address, names))
                print(n, which, first[which][-1:], file=sys.stderr, flush=True)
    report = {
        "against": args.against,
        "first_answer_seconds": middle(first),
        "plain_page_again_seconds": middle(rerun),
        "load_average": os.getloadavg(),
        "cores": os.cpu_count(),
    }
    print(json.dumps(report, indent=1))


def middle(seconds: dict[str, list[float]]) -> dict[str, float]:
    """Medians of both, and new : old."""
    kept = {which: round(statistics.median(found), 3) for which, found in seconds.items()}
    return kept | {"ratio": round(kept["new"] / kept["old"], 2)}


if __name__ == "__main__":
    main()
