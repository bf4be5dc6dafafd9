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
from core.reports import reading, words
from pages._ui.base import components, state
from pages._ui.base.text import _, class_title, report_language

PREDICTED = "predicted"
_OUTLINE = (94, 234, 242)  # cyan: on no heat scale, and no class's colour

SIDE = 1024  # px of the longer side of a picture on the screen


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
    components.picture(
        outlined(overlay.grey(overlay.shrink(image.shown)), lesion),
        alt=_("The scan as it came"),
        caption=" · ".join(filter(None, (_size(image), slice_words(image), _spacing(image)))),
    )


def slice_words(image: MRIImage) -> str:
    """Say which slice an image is, where there are several."""
    return reading.slice_words(image, report_language())


def _size(image: MRIImage) -> str:
    height, width = image.shape
    return _("The scan, {width} × {height} px").format(width=width, height=height)


def _spacing(image: MRIImage) -> str:
    if image.spacing_mm is None:
        return ""
    return _("{mm} mm a pixel").format(mm=f"{image.spacing_mm[0]:.2f}")


def map_view(
    image: MRIImage,
    heat: FloatImage,
    look: Look,
    method: str,
    title: str,
    empty: str | None = None,
    *,
    pixelwise: bool = False,
) -> None:
    """Show the scan under its heat map, or a sentence where there is nothing to draw.

    Parameters
    ----------
    image, heat, look
    method, title : str
        Key of the method, and its name as a person reads it.
    empty : str, optional
        The method's own sentence (a message id) for why `heat` is all zero.
    pixelwise : bool
        Whether `heat` is stretched by `overlay.robust`, which the colour scale then says.
    """
    answer = class_title(look.target)
    if not heat.any():
        nothing = _(
            "Nothing in this scan speaks for {answer}: no cell of the network's last layer "
            "adds to its score, so there is no map to draw."
        ).format(answer=answer)
        st.info(_(empty) if empty else nothing, icon=":material/layers_clear:")
        return
    caption = words.shown(method, title, look.target, report_language())
    control = words.is_control(method)
    alt = _("Heat map of the evidence for {answer} over the scan").format(answer=answer)
    components.picture(blended(image, heat, look), caption if control else alt, caption)
    if not control:
        ramp(look, pixelwise=pixelwise)


def scale_words(pixelwise: bool) -> str:
    """Say what the ends of the colour scale mean."""
    if pixelwise:
        share = f"{100 - overlay.STRONGEST:g}\u202f%"
        return _("no evidence → the strongest {share} of the pixels").format(share=share)
    return _("no evidence → the most in this scan")


def ramp(look: Look, *, pixelwise: bool = False) -> None:
    """Show the colour scale."""
    shades = np.repeat(np.linspace(0, 1, 256, dtype=np.float32)[None], 6, 0)
    components.picture(
        overlay.colourise(shades, look.colour_map),
        alt=_("Colour scale from no evidence on the left to the most on the right"),
        caption=scale_words(pixelwise),
    )


def blended(image: MRIImage, heat: FloatImage, look: Look, side: int = SIDE) -> overlay.RGB:
    """Draw heat over a scan, its longer side at most `side`."""
    pixels, heat = overlay.shrink(image.shown, side), overlay.shrink(heat, side)
    rgb = overlay.overlay(pixels, heat, look.opacity, look.colour_map)
    return outlined(rgb, look.lesion)


def outlined(rgb: overlay.RGB, lesion: NDArray[np.float64] | None) -> overlay.RGB:
    """Draw the lesion's outline, where it is known and asked for."""
    return rgb if lesion is None else overlay.outline(rgb, lesion, _OUTLINE)
