"""Modules that take seconds to import, imported when a test first uses one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any


class Lazy:
    """Stands for a module: ``keras = Lazy("keras")`` at the top of a file costs nothing."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        asked_by_pytest = attribute.startswith(("_", "pytest"))  # whether it is a fixture
        if asked_by_pytest and attribute != "__version__":
            raise AttributeError(attribute)
        return getattr(import_module(self._name), attribute)


def later(module: str, *names: str) -> Iterator[Callable[..., Any]]:
    """Functions and classes of such a module, to be called: ``f, g = later("m", "f", "g")``."""
    for name in names:
        yield lambda *args, _name=name, **options: getattr(import_module(module), _name)(
            *args, **options
        )
