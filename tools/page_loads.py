"""From the click to a page's last chart, in Chromium, on this code and on an older commit.

``python tools/page_loads.py --against b3eeacc --rounds 5``; `--python` names the interpreter of
an environment with the older commit's packages. One tab a server, in turn; a page is opened by a
click in the menu, after the overview (the document is loaded once), and its charts are watched
frame by frame until the run is over and none has changed for half a second. The first round finds
both servers as they start and is left out of the medians.

The result is JSON: for each page the charts, the median seconds, and the difference new - old.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from tools.serving import arguments, both  # noqa: E402

Found = dict[str, dict[str, list[Any]]]  # page -> new, old, charts

PAGES = ("leaderboard", "cost", "dataset", "headline", "model-cards")
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
# Resolves to [charts, seconds from the click until the last of them came or changed its size].
WATCH = """async ([link, address]) => {
  const drawn = () => [...document.querySelectorAll(
    '.js-plotly-plot .main-svg:first-child, [data-testid=stVegaLiteChart] :is(canvas, svg.marks)'
  )].map((e) => { const r = e.getBoundingClientRect(); return `${r.width}x${r.height}`; });
  const idle = () => document.querySelector('IDLE') && location.pathname.endsWith(address);
  link.click();
  const begun = performance.now();
  let [seen, last] = ['', 0];
  for (;;) {
    await new Promise(requestAnimationFrame);
    const [now, at] = [drawn().join(), performance.now() - begun];
    if (now !== seen) [seen, last] = [now, at];
    if (idle() && at - last > 500 && seen) return [seen.split(',').length, last / 1000];
    if (at > (idle() && !seen ? 15000 : 120000)) return [0, null];
  }
}""".replace("IDLE", IDLE)


def load(tab: Page, address: str, page: str) -> tuple[int, float | None]:
    """Open a page from the overview by its link in the menu; gives charts and seconds."""
    if not tab.url.startswith(address):
        tab.goto(f"{address}/overview")
    else:  # as a person does: the document, and with it the library of charts, stays
        tab.get_by_test_id("stTopNavLink").first.dispatch_event("click")
        tab.wait_for_function("!document.querySelector('.js-plotly-plot, .stVegaLiteChart')")
    tab.locator(IDLE).wait_for(state="attached", timeout=600_000)
    tab.wait_for_timeout(1500)
    link = tab.locator(f'a[href$="/{page}"]').first
    for menu in tab.get_by_test_id("stTopNavSection").all():
        menu.dispatch_event("click")
        tab.wait_for_timeout(500)
        if link.count():
            break
        menu.dispatch_event("click")
    charts, seconds = tab.evaluate(WATCH, [link.element_handle(), page])
    return charts, seconds


def main() -> None:
    """Run what the command line asks for."""
    args = arguments(__doc__, 5)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    found: dict[str, dict[str, list[Any]]] = {
        p: {"new": [], "old": [], "charts": []} for p in PAGES
    }
    with both(args.against, args.python) as addresses, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tabs = [browser.new_page(viewport={"width": 1440, "height": 900}) for _ in addresses]
        for n in range(args.rounds + 1):
            for page in PAGES:
                turns = list(zip(("new", "old"), tabs, addresses, strict=True))
                for which, tab, address in turns if n % 2 == 0 else reversed(turns):
                    charts, seconds = load(tab, address, page)
                    print(n, page, which, charts, seconds, file=sys.stderr, flush=True)
                    if n and seconds is not None:
                        found[page][which].append(seconds)
                        found[page]["charts"].append((which, charts))
            print(f"round {n} of {args.rounds}", file=sys.stderr, flush=True)
        browser.close()
    pages = {page: row(seconds) for page, seconds in found.items()}
    report = {"against": args.against, "rounds": args.rounds, "pages": pages}
    print(json.dumps(report | {"load_average": os.getloadavg(), "cores": os.cpu_count()}, indent=1))


def row(found: dict[str, list[Any]]) -> dict[str, Any]:
    """Median seconds of both, their difference, and how many charts there were."""
    kept = {which: round(statistics.median(found[which]), 3) for which in ("new", "old")}
    charts = {which: max(n for who, n in found["charts"] if who == which) for which in kept}
    return kept | {"difference": round(kept["new"] - kept["old"], 3), "charts": charts}


if __name__ == "__main__":
    main()
