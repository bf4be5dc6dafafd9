"""What stored measures say of a map, on the map itself: how it fared beside a centre blob."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from core.errors import N_, DataError
from core.evaluate.saliency.findings import Fared, fared
from core.explain import METHODS
from core.labels import NO_TUMOUR
from core.registry import ModelSpec
from pages._ui.base import records
from pages._ui.base.text import _, listed
from pages._ui.scan import scorecard

FREE = scorecard.FALLBACK
Colour = Literal["green", "orange", "gray", "red", "blue"]
WORDS: dict[Fared | None, tuple[str, str, Colour]] = {  # in words, icon, colour
    "better": (N_("Better than a centre blob"), "check", "gray"),
    "level": (N_("No better than a centre blob"), "remove", "orange"),
    "worse": (N_("Worse than a centre blob"), "close", "red"),
    None: (N_("Not measured here"), "help", "gray"),
}


@dataclass(frozen=True)
class Verdict:
    """What was measured of maps like one, on this network.

    Attributes
    ----------
    fared : {"better", "level", "worse"} or None
        Beside a centre blob; None where that was not measured.
    reason : str
        The measure in a sentence, or why there is none, in the language of the session.
    """

    fared: Fared | None
    reason: str

    def __str__(self) -> str:
        return _(WORDS[self.fared][0])


def of(
    spec: ModelSpec, method: str, target: str, layer: str | None = None, versus: str | None = None
) -> Verdict | None:
    """Judge a map by what is stored; None for a control, which is what others are held against.

    Parameters
    ----------
    spec : ModelSpec
    method : str
    target : str
        The class that the map is of.
    layer : str, optional
        Where the map was read; the network's own layer unless given.
    versus : str, optional
        The class that the map holds its own against.
    """
    if METHODS[method].family == "control":
        return None
    stored = records.saliency(spec)
    reason = scorecard.words(spec, method, target, layer, versus)
    elsewhere = target == NO_TUMOUR or scorecard.elsewhere(spec, layer, versus)
    if isinstance(stored, DataError) or elsewhere:
        return Verdict(None, reason)
    return Verdict(fared(stored, method), reason)


def of_mean(specs: Iterable[ModelSpec], target: str) -> Verdict:
    """Judge the mean of several networks' Grad-CAMs, which nobody measured, by its parts."""
    parts = {spec.manifest.title: of(spec, FREE, target) for spec in specs}
    named = listed(f"{title}: {part}" for title, part in parts.items())
    said = _("The mean of several networks' maps has not been measured. Each alone: {parts}.")
    return Verdict(None, said.format(parts=named))


def badge(verdict: Verdict | None) -> None:
    """Put a verdict on a map; nothing on a control's."""
    if verdict:
        words, icon, colour = WORDS[verdict.fared]
        st.badge(_(words), icon=f":material/{icon}:", color=colour, help=verdict.reason or None)
