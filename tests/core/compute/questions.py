"""What the worker's process is asked in tests; it finds these functions by their names."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from core.explain import Explainer
from core.explain.progress import Progress

_eaten: list[bytearray] = []


def nap(explainer: Explainer, steps: int, progress: Progress) -> int:
    """Take a tenth of a second for each step."""
    for done in range(steps):
        progress(done, steps)
        time.sleep(0.1)
    return steps


def hold(explainer: Explainer, until: Path, progress: Progress) -> str:
    """Hold the lane until a file is there, or for some minutes."""
    for _ in range(10_000):
        if until.exists():
            return until.name
        progress(0, 1)
        time.sleep(0.02)
    raise TimeoutError


def libraries(explainer: Explainer) -> list[str]:
    """Which network libraries the process has imported."""
    return sorted({"tensorflow", "keras", "openvino", "streamlit"} & set(sys.modules))


def die(explainer: Explainer) -> None:
    """End without a word, as when the system kills for memory."""
    os._exit(9)


def eat(explainer: Explainer, size: int) -> None:
    """Take memory and keep it."""
    _eaten.append(bytearray(os.urandom(2**16) * (size // 2**16)))


def fail(explainer: Explainer) -> Any:
    """Raise something that nobody foresaw."""
    raise ZeroDivisionError("by zero")


def where(explainer: Explainer, steps: int, progress: Progress) -> tuple[str, int]:
    """Take a tenth of a second for each step; on which machine of a cluster, in which process."""
    import ray

    nap(explainer, steps, progress)
    return ray.get_runtime_context().get_node_id(), os.getpid()
