"""How a map is drawn over its scan, on every page that draws one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.explain import overlay
from core.imaging import MRIImage
from core.labels import CLASS_NAMES
from core.preprocess import FloatImage
from pages._ui import components, state
from pages._ui.text import _, class_title

PREDICTED = "predicted"
_OUTLINE = (94, 234, 242)  # cyan: on no heat scale, and no class's colour


@dataclass(frozen=True)
class Look:
    """How a map is drawn, and of which class."""

    target: str
    opacity: float
    colour_map: overlay.ColourMap
    lesion: NDArray[np.float64] | None


def controls(lesion: NDArray[np.float64] | None, predicted: str) -> Look:
    """Choose the class that the map explains, and how it is drawn."""
    return style(lesion, target(predicted))


def target(predicted: str) -> str:
    """Choose the class that a map explains: a class by name, never `PREDICTED`."""
    options = (PREDICTED, *CLASS_NAMES)
    state.linked("target", options, PREDICTED)
    st.pills(
        _("Map for"),
        options,
        format_func=lambda name: _("Predicted") if name == PREDICTED else class_title(name),
        key="target",
        required=True,
        wrap=True,
    )
    state.remember("target", PREDICTED)
    chosen = st.session_state["target"]
    return predicted if chosen == PREDICTED else chosen


def style(lesion: NDArray[np.float64] | None, target: str) -> Look:
    """Choose how maps of a class are drawn."""
    opacity = st.slider(
        _("Opacity of the map"),
        0,
        100,
        55,
        5,
        format="%d %%",
        key="opacity",
        persist_state="session",
    )
    colour_map = st.selectbox(
        _("Colour scale"), overlay.COLOUR_MAPS, format_func=str.capitalize, key="colour_map",
        persist_state="session",
    )  # fmt: skip
    if lesion is not None and not st.toggle(
        _("Lesion outline"),
        key="outline",
        persist_state="session",
        help=_("Where an expert of the source drew the tumour, in cyan."),
    ):
        lesion = None
    return Look(target, opacity / 100, colour_map, lesion)


def scan_view(image: MRIImage, lesion: NDArray[np.float64] | None = None) -> None:
    """Show the scan as it came."""
    height, width = image.shape
    components.picture(
        outlined(overlay.grey(overlay.shrink(image.pixels)), lesion),
        alt=_("The scan as it came"),
        caption=_("The scan, {width} × {height} px").format(width=width, height=height),
    )


def map_view(
    image: MRIImage, heat: FloatImage, look: Look, method: str, empty: str | None = None
) -> None:
    """Show the scan under its heat map, or a sentence where there is nothing to draw.

    Parameters
    ----------
    image, heat, look
    method : str
        Its title.
    empty : str, optional
        The method's own sentence (a message id) for why `heat` is all zero.
    """
    title = class_title(look.target)
    if not heat.any():
        nothing = _(
            "Nothing in this scan speaks for {answer}: no cell of the network's last layer "
            "adds to its score, so there is no map to draw."
        ).format(answer=title)
        st.info(_(empty) if empty else nothing, icon=":material/layers_clear:")
        return
    components.picture(
        blended(image, heat, look),
        alt=_("Heat map of the evidence for {answer} over the scan").format(answer=title),
        caption=_("{method}: what speaks for {answer}").format(method=method, answer=title),
    )
    ramp(look)


def ramp(look: Look) -> None:
    """Show the colour scale."""
    shades = np.repeat(np.linspace(0, 1, 256, dtype=np.float32)[None], 6, 0)
    components.picture(
        overlay.colourise(shades, look.colour_map),
        alt=_("Colour scale from no evidence on the left to the most on the right"),
        caption=_("no evidence → the most in this scan"),
    )


def blended(image: MRIImage, heat: FloatImage, look: Look, side: int = 1024) -> overlay.RGB:
    """Draw heat over a scan, its longer side at most `side`."""
    pixels, heat = overlay.shrink(image.pixels, side), overlay.shrink(heat, side)
    rgb = overlay.overlay(pixels, heat, look.opacity, look.colour_map)
    return outlined(rgb, look.lesion)


def outlined(rgb: overlay.RGB, lesion: NDArray[np.float64] | None) -> overlay.RGB:
    """Draw the lesion's outline, where it is known and asked for."""
    return rgb if lesion is None else overlay.outline(rgb, lesion, _OUTLINE)
