"""What a corruption is, and how one is applied to a scan.

After Hendrycks and Dietterich 2019 (arXiv:1903.12261): named corruptions at five stored
severities. Theirs are for colour photographs and their steps are set by hand; ours are for
a grey MRI slice, where each amount has a physical unit and grows linearly, or by equal
factors, with a strength in [0, 1]. Where one of ours differs from theirs of that name, its
docstring says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from core.preprocess import FloatImage

SEVERITIES = (0.2, 0.4, 0.6, 0.8, 1.0)  # strengths at which networks are measured

Draw = np.random.Generator


@dataclass(frozen=True)
class Region:
    """A rectangle on a scan, in 0..1 of its width and height, x and y of its top left corner."""

    x: float
    y: float
    width: float
    height: float


Apply = Callable[[FloatImage, float, Draw, Region | None], FloatImage]


@dataclass(frozen=True)
class Corruption:
    """One way to spoil a scan.

    Attributes
    ----------
    name : str
        Key in links and files.
    title : str
        Message id.
    summary : str
        Message id: a sentence on what it stands for.
    amount : str
        Message id with the field ``{amount}``: how much, in its unit.
    first, last : float
        Amount towards which it goes as the strength goes to 0, and at strength 1.
    apply : callable
        Takes pixels (H, W), the amount, a generator and a box; returns new pixels, which
        may leave [0, 1] and are then clipped.
    decimals : int
        With which the amount is written.
    seeded : bool
        Whether the seed changes anything.
    boxed : bool
        Whether it takes a box.
    """

    name: str
    title: str
    summary: str
    amount: str
    first: float
    last: float
    apply: Apply
    decimals: int = 0
    seeded: bool = False
    boxed: bool = False

    def at(self, strength: float) -> float:
        """Amount at a strength in [0, 1]."""
        return self.first + (self.last - self.first) * strength

    def written(self, strength: float) -> str:
        """Write the amount as the field of `amount` wants it, without a sign."""
        return f"{abs(self.at(strength)):.{self.decimals}f}"


@dataclass(frozen=True)
class Change:
    """A corruption as it is asked for.

    Attributes
    ----------
    corruption : str
        A key of `core.corruptions.CORRUPTIONS`.
    strength : float
        In [0, 1]; 0 leaves the scan as it is.
    seed : int
        Of whatever is random in it; 0 or more.
    box : Region, optional
        For those that take one; drawn at random where there is none.
    """

    corruption: str
    strength: float
    seed: int = 0
    box: Region | None = None

    def to(self, strength: float) -> Change:
        """Change by another strength, in all else the same."""
        return replace(self, strength=strength)
