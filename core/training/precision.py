"""Which number format a run computes in."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from core.training.recipe import Precision

_FAST = {"avx512_bf16", "amx_bf16"}  # instructions that multiply bfloat16


def choose_precision(asked: str) -> Precision:
    """`asked`, or for ``auto`` bfloat16 where the processor multiplies it, else float32.

    Processors are known by ``/proc/cpuinfo``; where there is none, ``auto`` is float32.
    """
    if asked != "auto":
        return cast(Precision, asked)
    info = Path("/proc/cpuinfo")
    flags = set(info.read_text().split()) if info.is_file() else set()
    return "mixed_bfloat16" if flags & _FAST else "float32"
