"""Write docs/methods.md from the docstrings of the saliency methods: ``make docs``."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
PAGE = PROJECT / "docs" / "methods.md"
FAMILIES = {
    "class activation": "Class activation: what the last maps add to a score",
    "gradient": "Gradients: how a score changes with the pixels",
    "perturbation": "Perturbation: what happens when parts are hidden",
    "control": "Controls: maps that know nothing of the network",
}
HEAD = """# Saliency methods

Made by `make docs` from the docstrings in `core/explain/`; a test holds the two together.
Every method takes a `Network`, inputs and a `Request`, and returns a map over the network's
square; `core.explain.drawing.draw` puts it on the scan. How far each can be trusted is
measured, not said here: see the page *Leaderboard*, and `core/evaluate/saliency/`.
"""


def page() -> str:
    """Give the whole page."""
    sys.path.insert(0, str(PROJECT))
    from core.explain import METHODS

    parts = [HEAD]
    for family, title in FAMILIES.items():
        parts.append(f"## {title}\n")
        parts += [section(m) for m in METHODS.values() if m.family == family]
    return "\n".join(parts)


def section(method: Any) -> str:
    """Describe one method: its facts, then its own docstring."""
    function = unwrapped(method.compute)
    module = Path(inspect.getfile(function)).relative_to(PROJECT)
    facts = [
        f"`{method.name}`",
        f"cost: {method.cost}",
        *(["needs gradients"] if method.needs_gradient else []),
        *(["one map for every class"] if not method.class_dependent else []),
        *(["read at a layer"] if method.takes_layer else []),
        *(["signed"] if method.signed else []),
        f"reference: {method.reference}",
        f"[{module.name}](../{module})",
    ]
    words = inspect.getdoc(function) or inspect.getdoc(sys.modules[function.__module__]) or ""
    told = words.split("\nParameters\n")[0].split("\nReturns\n")[0].split("\nReferences\n")[0]
    return f"### {method.title}\n\n{method.summary}\n\n{' · '.join(facts)}\n\n{told.strip()}\n"


def unwrapped(compute: Callable[..., Any]) -> Callable[..., Any]:
    """Find the function of one image behind `core.explain.base.each`, where there is one."""
    inner = [c.cell_contents for c in compute.__closure__ or () if callable(c.cell_contents)]
    return unwrapped(inner[0]) if inner else compute


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
