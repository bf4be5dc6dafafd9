"""A real server and a real Chromium, for any page's journey.

`address` is a running app, `page` a tab that fails its test on a console error, a page
error or a request to anywhere but the app. Both skip, with the reason, where there is no
Chromium.
"""

import contextlib
import fcntl
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from core.settings import PROJECT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 600_000  # ms; a first comparison converts six networks, on a machine that may be busy
# Streamlit's front end looks for its server below a page's address first, then at the root.
PROBE = re.compile(r"/[\w-]+/_stcore/(health|host-config)$")


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent.name == "e2e":
            item.add_marker("e2e")
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="no chromium on this machine"))


@contextlib.contextmanager
def serve(log, port=None, **environment):
    """Run the app, on a free port unless told, until the block ends; yields process and address."""
    if port is None:
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
    rooms = f"sqlite:///{log.with_name('classroom.sqlite3')}"  # never in a person's own folder
    # Bytecode must be kept: without it TensorFlow is compiled anew at each start.
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    env |= {"GLASSBRAIN_DATABASE_URL": rooms, "GLASSBRAIN_COMPUTE": "worker"} | environment
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    options = f"--server.headless true --server.address 127.0.0.1 --server.port {port}".split()
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, *options], cwd=PROJECT, env=env, stdout=out, stderr=out
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for_health(address, process)
            yield process, address
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_for_health(address, process, seconds=300):
    """Return once the server answers ``ok``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            assert ask(f"{address}/_stcore/health") == b"ok"
            return
        time.sleep(0.2)
    pytest.fail("the server did not come up")


def ask(url):
    """Body of an address."""
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read()


def fits_a_phone(page):
    """At a phone's width nothing scrolls sideways; the tab keeps that width."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.querySelector('[data-testid=stMain]').clientWidth <= 390")
    main = page.get_by_test_id("stMain")
    for _ in range(60):  # charts follow the width when the machine comes to it
        page.wait_for_timeout(500)
        wide = main.evaluate("e => e.scrollWidth - e.clientWidth")
        if wide <= 0:
            break
    assert wide <= 0, f"{page.url} scrolls sideways by {wide} px at 390 px"


@pytest.fixture
def fresh(tmp_path):
    """Start a server of one's own; name this fixture before `page`, which must close first."""
    with contextlib.ExitStack() as stack:
        yield lambda **options: stack.enter_context(serve(tmp_path / "log", **options))


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """Where the app runs; its log must stay free of tracebacks."""
    # All networks in one process, and once; the app would convert each in one of its own.
    cache = Path(os.environ["GLASSBRAIN_CACHE_DIR"])
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "warming").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        subprocess.run([sys.executable, "-m", "core", "warm"], cwd=PROJECT, check=True)
    log = tmp_path_factory.mktemp("server") / "log"
    with serve(log) as (_, where):
        yield where
    assert "Traceback" not in log.read_text()


@pytest.fixture(scope="session")
def context(browser):
    """What all tabs share: the app's scripts, which a browser of their own would compile anew."""
    context = browser.new_context(color_scheme="dark", accept_downloads=True)
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def page(context, request):
    """A tab that finds no trace of others; parametrise indirectly for a width, else 1280 px."""
    tab, faults = context.new_page(), []
    tab.set_viewport_size({"width": getattr(request, "param", 1280), "height": 900})

    def hear(message):
        if message.type == "error" and not PROBE.search(message.location.get("url", "")):
            faults.append(f"{message.text} {message.location.get('url', '')}")

    def leave(request):
        if not request.url.startswith(("http://127.0.0.1", "data:", "blob:")):
            faults.append(f"request to {request.url}")

    tab.on("console", hear)
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("request", leave)
    yield tab
    try:
        words = tab.locator("body").inner_text()
        # a tab that was led nowhere has none
        tab.evaluate("if (origin !== 'null') localStorage.clear()")
    finally:
        tab.close()
        context.clear_cookies()
    assert not faults
    assert "Traceback" not in words
    assert "Something went wrong" not in words
