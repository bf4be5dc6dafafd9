"""Telling how far a long computation is, and leaving it."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]


class Cancelled(Exception):  # noqa: N818  (a wish, not an error)
    """Raised by a progress callback to leave a long computation."""


def ignore(done: int, total: int) -> None:
    """Report progress to nobody."""
