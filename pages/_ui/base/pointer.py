"""A picture that a person points at, by mouse, finger or keyboard.

The browser's side is in pointer.js and pointer.css. The picture travels as a data URL of at
most a few hundred kB, since only Streamlit's own elements can put one on its media server.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from pages._ui.base.text import _

Mode = Literal["point", "box"]
Point = tuple[float, float]
Box = tuple[float, float, float, float]

SIDE = 720  # px of the longer side in the browser
_HTML = """
<div class="frame">
  <div class="stage" tabindex="0" role="application" aria-describedby="hint">
    <img class="picture" draggable="false"><div class="box" hidden></div>
    <div class="mark" hidden></div><div class="cross"></div>
  </div>
</div>
<div class="hint" id="hint"></div>
<div class="line"><output class="said" aria-live="polite"></output>
<button class="clear" type="button" hidden></button></div>
"""
_SOURCES = {
    kind: Path(__file__).with_name(f"pointer.{kind}").read_text("utf-8") for kind in ("css", "js")
}


def point(pixels: NDArray[Any], label: str, key: str, default: Point | None = None) -> Point | None:
    """Let a person point at a place on a picture.

    The place is remembered under `key` for the session, also while its page is left.

    Parameters
    ----------
    pixels : ndarray, shape (H, W) or (H, W, 3)
        uint8, or a float scan in [0, 1].
    label : str
        What the picture shows and what to point at, for those who cannot see it.
    key : str
        One for each picture; a new one begins anew.
    default : tuple of (float, float), optional
        Where nothing has been chosen or taken back yet.

    Returns
    -------
    tuple of (float, float) or None
        x and y, in 0..1 of the frame from its top left corner.
    """
    words = {
        "hint": _(
            "Arrow keys move the crosshair, with Shift in larger steps. Enter sets the point, "
            "Escape takes it back."
        ),
        "nothing": _("Click or tap the picture to set a point."),
        "chosen": _("Point set {x} % from the left, {y} % from the top."),
        "crosshair": _("Crosshair {x} % from the left, {y} % from the top."),
    }
    found: tuple[float, float] | None = _ask("point", pixels, label, key, default, words)
    return found


def box(pixels: NDArray[Any], label: str, key: str, default: Box | None = None) -> Box | None:
    """Let a person drag a box on a picture; as `point`.

    Returns
    -------
    tuple of four float or None
        x0, y0, x1, y1 in 0..1 of the frame, with x0 < x1 and y0 < y1.
    """
    words = {
        "hint": _(
            "Arrow keys move the crosshair, with Shift in larger steps. Enter sets one corner "
            "and then the opposite one, Escape takes the box back."
        ),
        "nothing": _("Drag over the picture to draw a box."),
        "chosen": _(
            "Box {width} % wide and {height} % high, {x} % from the left, {y} % from the top."
        ),
        "crosshair": _("Crosshair {x} % from the left, {y} % from the top."),
        "corner": _("One corner is set. Move to the opposite corner and press Enter."),
    }
    found: Box | None = _ask("box", pixels, label, key, default, words)
    return found


def chosen(mode: Mode, key: str, default: Any = None) -> Any:
    """Look up what is chosen on a picture, also before it is shown in this run.

    Parameters
    ----------
    mode : {"point", "box"}
    key : str
        As `point` and `box` take it.
    default : tuple, optional
        Where nothing has been chosen or taken back yet.
    """
    memory = f"_{key}"
    value = st.session_state.get(memory, default)
    state = st.session_state.get(key)
    if isinstance(state, Mapping) and "value" in state:
        came = state["value"]
        value = tuple(came) if valid(came, mode) else None if came is None else value
    st.session_state[memory] = value
    return value


def valid(value: object, mode: Mode) -> bool:
    """Whether what a browser sent is a point, or a box, on the picture."""
    if not isinstance(value, list | tuple) or len(value) != (2 if mode == "point" else 4):
        return False
    if not all(type(x) in (int, float) and math.isfinite(x) and 0 <= x <= 1 for x in value):
        return False
    return mode == "point" or (value[0] < value[2] and value[1] < value[3])


def data_url(pixels: NDArray[Any]) -> str:
    """Encode a picture for the browser, its longer side at most `SIDE`."""
    if pixels.dtype != np.uint8:
        pixels = (pixels.clip(0, 1) * 255).round().astype(np.uint8)
    picture, buffer = Image.fromarray(pixels), io.BytesIO()
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    picture.save(buffer, "JPEG", quality=88)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _ask(
    mode: Mode, pixels: NDArray[Any], label: str, key: str, default: Any, words: dict[str, str]
) -> Any:
    value = chosen(mode, key, default)
    height, width = pixels.shape[:2]
    # Registered at each call: Streamlit 1.65 forgets it between the servers of one process.
    show = st.components.v2.component("pointer", html=_HTML, **_SOURCES)  # type: ignore[arg-type]
    show(
        key=key,
        data={
            "mode": mode,
            "src": data_url(pixels),
            "ratio": width / height,
            "label": label,
            "value": value,
            "words": words | {"clear": _("Clear")},
        },
        on_value_change=lambda: None,
    )
    return value
