"""What a person waits for: the server's start, the first page, the first answer; and memory."""

from __future__ import annotations

import multiprocessing
import os
import platform
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from core.architectures import ARCHITECTURES
from core.settings import PROJECT, Settings

_PATIENCE = 120  # seconds
_RANDOM_SIZE = 160  # input side of the networks that stand in for untrained ones


def benchmark_app() -> dict[str, Any]:
    """Start the app and the models in fresh processes and measure them.

    Returns
    -------
    dict
        Seconds and MiB of this machine; None, with the reason, where something that is
        needed is not installed.
    """
    return {
        "start": _start(),
        "first_prediction_seconds": _first_prediction_seconds(),
        "memory": [_fresh(_memory, 1), _fresh(_memory, len(ARCHITECTURES))],
    }


def _fresh(function: Any, *arguments: Any) -> Any:
    """Call a function in a new interpreter, where nothing is imported yet."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        return pool.submit(function, *arguments).result()


def _start() -> dict[str, Any]:
    """Seconds from starting the server to its health answer and to the first page."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", str(PROJECT / "streamlit_app.py")]
    options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"]
    begun = time.perf_counter()
    server = subprocess.Popen([*command, *options], cwd=PROJECT, stdout=subprocess.DEVNULL)
    try:
        _wait_for(f"{address}/_stcore/health")
        healthy = time.perf_counter() - begun
        return {"to_health_seconds": round(healthy, 2), **_first_page(address, server.pid)}
    finally:
        server.terminate()
        server.wait(_PATIENCE)


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(f"{url} did not answer within {_PATIENCE} s.")


def _first_page(address: str, pid: int) -> dict[str, Any]:
    """Seconds from opening the address in Chromium to the first heading on screen."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        return {"to_first_page_seconds": None, "reason": "playwright is not installed"}
    if chromium is None:
        return {"to_first_page_seconds": None, "reason": "no chromium on this machine"}
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page()
        begun = time.perf_counter()
        page.goto(address)
        page.get_by_role("heading", level=1).wait_for(timeout=_PATIENCE * 1000)
        seconds = time.perf_counter() - begun
        loaded = _has_tensorflow(pid)
        browser.close()
    return {"to_first_page_seconds": round(seconds, 2), "tensorflow_loaded_by_then": loaded}


def _has_tensorflow(pid: int) -> bool | None:
    """Whether a process has loaded TensorFlow's library; None where this cannot be known."""
    if platform.system() != "Linux":
        return None
    return "libtensorflow" in Path(f"/proc/{pid}/maps").read_text()


def _first_prediction_seconds() -> float:
    """From starting Python to the first answer: imports, weights, compilation, one scan."""
    begun = time.perf_counter()
    _fresh(_predict_once)
    return round(time.perf_counter() - begun, 2)


def _predict_once() -> None:
    from core.gallery import samples
    from core.imaging import read_image
    from core.inference import Classifier
    from core.registry import discover

    specs, _ = discover(Settings().models_dir)
    sample = next(iter(samples().values()))
    image = read_image(sample.path.read_bytes(), sample.id)
    Classifier(next(iter(specs.values()))).predict(image)


def _memory(count: int) -> dict[str, Any]:
    """Resident memory with `count` models ready; random weights stand in for untrained ones."""
    import psutil

    from core.engine import tensorflow_forward
    from core.inference import Classifier
    from core.registry import discover
    from core.training.architectures import build

    specs, _ = discover(Settings().models_dir)
    names = sorted(ARCHITECTURES, key=lambda name: (name not in specs, name))[:count]
    kept: list[Any] = []
    for name in names:
        if name in specs:
            kept.append(Classifier(specs[name]))
        else:
            model = build(name, init="random", size=_RANDOM_SIZE)
            kept.append((model, tensorflow_forward(model, ARCHITECTURES[name].cam_layer)))
    return {
        "models": names,
        "random_weights": [name for name in names if name not in specs],
        "resident_mib": round(psutil.Process(os.getpid()).memory_info().rss / 2**20),
    }
