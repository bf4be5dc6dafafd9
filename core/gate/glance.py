"""What the gate sees of a picture at a glance, and why it stops it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.errors import N_
from core.gate.network import INVERTED, OTHER, answer, score, upright
from core.gate.views import border, roundness, shades, views
from core.preprocess import FloatImage

Reason = Literal["colour", "shades", "outline", "inverted", "turned", "ground", "unlike"]

REASONS: Mapping[Reason, str] = {
    "colour": N_(
        "It is in colour: its channels differ by {measured} of 255 on average, and more than "
        "{limit} is no scan that the networks know."
    ),
    "shades": N_(
        "It has {measured} shades of grey; with fewer than {limit} it is no scan that the networks "
        "know."
    ),
    "outline": N_(
        "Its outline is {measured} % of a perfect ellipse, as if drawn; no head among the scans "
        "kept aside is over {limit} %."
    ),
    "inverted": N_("It looks like a scan whose tones are inverted: bright where scans are dark."),
    "turned": N_("It looks like a scan that lies upside down or on its side."),
    "ground": N_(
        "No head stands on a dark ground: half of its border is brighter than {measured} % of "
        "its brightest parts, where nearly every scan is under {limit} %."
    ),
    "unlike": N_(
        "It is unlike the scans that the networks learned from: it scores {measured}, and nearly "
        "every scan kept aside scores at least {limit}."
    ),
}


@dataclass(frozen=True)
class Gate:
    """Limits and weights (`core.gate.stored.Facts` says what each is)."""

    weights: Mapping[str, NDArray[np.floating]] = field(repr=False)
    threshold: float
    turned_limit: float
    colour_limit: float
    least_shades: int
    roundest: float
    dark_border: float


@dataclass(frozen=True)
class Glance:
    """What the gate says of a picture.

    Attributes
    ----------
    inside : bool
        Whether it looks like what the networks know.
    score : float
        Log odds that it is a scan, whichever way round (`core.gate.network.score`).
    reason : str or None
        Why it is stopped; a key of `REASONS`.
    measured, limit : float
        The figures of the reason, in the unit that its sentence has; 0 where it has none.
    """

    inside: bool
    score: float
    reason: Reason | None = None
    measured: float = 0.0
    limit: float = 0.0

    @property
    def params(self) -> dict[str, str]:
        """The figures of the sentence, written."""
        digits = 1 if self.reason in ("unlike", "outline") else 0
        return {
            name: f"{value:.{digits}f}".replace("-", "−")
            for name, value in (("measured", self.measured), ("limit", self.limit))
        }

    def record(self) -> dict[str, object]:
        """Write it down as an export has it."""
        return {
            "inside": self.inside,
            "score": round(self.score, 3),
            "reason": self.reason,
            "why": why(self),
        }


def why(verdict: Glance) -> str:
    """Give the reason as an English sentence; nothing for a picture that passes."""
    return REASONS[verdict.reason].format(**verdict.params) if verdict.reason else ""


def look(pixels: FloatImage, colour: float, gate: Gate) -> Glance:
    """Look at a picture before any network answers.

    Parameters
    ----------
    pixels : ndarray of float32, shape (H, W), range [0, 1]
    colour : float
        Spread between the colour channels of its source, in [0, 1].
    gate : Gate

    Returns
    -------
    Glance
        The rules are looked at in the order of `REASONS`; the first that applies is the reason.
    """
    both = views(pixels)
    logits = answer(both, gate.weights)
    value = score(logits)
    if colour > gate.colour_limit:
        return Glance(False, value, "colour", 255 * colour, 255 * gate.colour_limit)
    levels = shades(pixels)
    if levels < gate.least_shades:
        return Glance(False, value, "shades", levels, gate.least_shades)
    outline = roundness(pixels)
    if outline > gate.roundest:
        return Glance(False, value, "outline", 100 * outline, 100 * gate.roundest)
    if value >= gate.threshold:
        if upright(logits) < gate.turned_limit:
            return Glance(False, value, "turned")
        return Glance(True, value)
    negative = score(answer(views(1 - pixels), gate.weights))
    if logits[INVERTED] > logits[OTHER] or negative >= gate.threshold:
        return Glance(False, value, "inverted")
    ground = border(both)
    if ground > gate.dark_border:
        return Glance(False, value, "ground", 100 * ground, 100 * gate.dark_border)
    return Glance(False, value, "unlike", value, gate.threshold)
