"""Whether a picture looks like what the networks know, asked before a class is shown.

Every network has four answers and gives one of them to a photograph of a cat as well. The gate
looks first, once for all networks: at the colour and the shades of the picture, and, with a small
network of its own, at its shapes (`core.gate.network`). What that network learned from, and how
well it does on pictures that it never saw, is stored beside its weights (`core.gate.stored`);
`python -m core fit-gate` and `python -m core evaluate-gate` make both.

It is no proof of fitness: a picture of another kind may pass, and a rare scan be stopped.
"""

from __future__ import annotations

from pathlib import Path

from core.gate.glance import Gate, Glance, look, why
from core.gate.stored import read_gate
from core.imaging import MRIImage

__all__ = ["Gate", "Glance", "glance", "look", "read_gate", "why"]


def glance(image: MRIImage, models_dir: Path) -> Glance | None:
    """Let the gate look at a scan; None where no gate is stored."""
    gate = read_gate(models_dir)
    return None if gate is None else look(image.pixels, image.colour, gate)
