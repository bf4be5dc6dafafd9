"""Long computations in batches: bounded memory, progress, and a way out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from core.errors import ExplainError
from core.explain.progress import Progress, ignore

log = logging.getLogger(__name__)

T = TypeVar("T")


def in_batches(
    total: int, size: int, run: Callable[[slice], T], progress: Progress = ignore
) -> list[T]:
    """Call `run` on consecutive slices of ``range(total)``; halve them if memory runs out.

    Parameters
    ----------
    total, size : int
        How many items there are, and how many a batch may hold at first.
    run : callable
        Works on one slice.
    progress : callable
        Told ``(done, total)`` after each batch. What it raises ends the work.

    Returns
    -------
    list
        What `run` returned, in order.

    Raises
    ------
    ExplainError
        If not even a single item fits in memory.
    """
    results: list[T] = []
    start = 0
    while start < total:
        stop = min(start + size, total)
        try:
            results.append(run(slice(start, stop)))
        except Exception as error:
            if not _out_of_memory(error):
                raise
            if size == 1:
                raise ExplainError("There is not enough memory for this map.") from error
            size = (size + 1) // 2
            log.warning("out of memory; going on with batches of %d", size)
            continue
        start = stop
        progress(start, total)
    return results


def _out_of_memory(error: Exception) -> bool:
    # TensorFlow's own class is compared by name, so that this module does not import it.
    return isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError"
