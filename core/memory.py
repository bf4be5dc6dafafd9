"""How much memory there is, how much a process takes, and giving it back."""

from __future__ import annotations

import ctypes
import gc
import sys
from pathlib import Path

import psutil

_AT_REST = 0.8  # share of a limit; the rest is for what is being computed
_GROUPS = ("memory.max", "memory/memory.limit_in_bytes")  # cgroup version 2, version 1


def available(groups: Path = Path("/sys/fs/cgroup")) -> int:
    """Bytes that this machine has, or that its container allows, whichever is less."""
    limits = [psutil.virtual_memory().total]
    for name in _GROUPS:
        try:
            limits.append(int((groups / name).read_text()))
        except (OSError, ValueError):  # no container, or "max"
            continue
    return min(limits)


def at_rest(limit: int) -> int:
    """Bytes that a process may hold between two pieces of work, so that one stays in `limit`."""
    return int(_AT_REST * limit)


def resident(pid: int | None = None) -> int:
    """Bytes of memory that a process holds; this one by default, 0 if it is gone."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def give_back() -> None:
    """Collect garbage and hand free memory back to the system (glibc keeps it otherwise)."""
    gc.collect()
    if sys.platform == "linux":
        try:
            ctypes.CDLL("libc.so.6").malloc_trim(0)
        except (OSError, AttributeError):  # another C library
            return
