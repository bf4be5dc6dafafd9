"""The app, served for a measurement; by itself, or beside an older commit of it."""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PATIENCE = 600.0  # seconds until a server answers


@dataclass(frozen=True)
class Served:
    """An app that answers: its address, its database, its process and its log."""

    address: str
    database: str
    pid: int
    log: Path


def arguments(what: str | None, rounds: int) -> argparse.Namespace:
    """Ask which older commit to compare with, what runs it, and how often."""
    ask = argparse.ArgumentParser(description=what)
    ask.add_argument("--against", required=True, help="an older commit")
    ask.add_argument("--python", default=sys.executable, help="what runs the older commit")
    ask.add_argument("--rounds", type=int, default=rounds)
    return ask.parse_args()


@contextlib.contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """Check an older commit out beside this checkout, until the block ends."""
    git = ["git", "-C", str(PROJECT), "worktree"]
    with tempfile.TemporaryDirectory() as folder:
        older = Path(folder) / "older"
        subprocess.run([*git, "add", "--detach", "--quiet", str(older), commit], check=True)
        try:
            yield older
        finally:
            subprocess.run([*git, "remove", "--force", str(older)], check=True)


@contextlib.contextmanager
def both(commit: str, python: str = sys.executable) -> Iterator[tuple[str, str]]:
    """Serve this checkout and an older commit of it, which `python` runs; yields addresses."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        older = stack.enter_context(checked_out(commit))
        new = stack.enter_context(served(folder / "new"))
        old = stack.enter_context(served(folder / "old", older, python))
        yield new.address, old.address


@contextlib.contextmanager
def served(
    folder: Path, code: Path = PROJECT, python: str = sys.executable, **environment: str
) -> Iterator[Served]:
    """Serve a checkout on a free port, its files in a new folder; yields once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {
        "server.port": port, "server.address": "127.0.0.1", "server.headless": "true",
        "server.enableXsrfProtection": "false", "server.enableCORS": "false",
    }  # fmt: skip
    folder.mkdir(parents=True)
    database, log = f"sqlite:///{folder / 'rooms.sqlite3'}", folder / "log"
    env = os.environ | {"GLASSBRAIN_DATABASE_URL": database} | environment
    command = [python, "-m", "streamlit", "run", "streamlit_app.py"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, *(f"--{key}={value}" for key, value in options.items())],
            cwd=code, env=env, stdout=out, stderr=out,
        )  # fmt: skip
        try:
            address, end = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE
            while not _healthy(address):
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(log.read_text()[-2000:])
                time.sleep(0.2)
            yield Served(address, database, process.pid, log)
        finally:
            process.terminate()
            process.wait(60)


def _healthy(address: str) -> bool:
    with contextlib.suppress(OSError):
        return bool(urllib.request.urlopen(f"{address}/_stcore/health", timeout=5).read() == b"ok")
    return False
