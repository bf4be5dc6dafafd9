"""Pictures stay on the server for a while after the run that drew them.

Streamlit drops a picture as soon as a run ends that does not show it any more. A browser
that is a moment late then asks in vain, and where the next run shows the same picture again
it is not asked for a second time: it stays broken. Each run therefore holds on to the
session's latest pictures as well as to its own.
"""

from __future__ import annotations

from collections import deque
from typing import Literal

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit import runtime

_LEVEL = 1  # of 9: a quarter more bytes than Pillow's in a third of the time
_LATEST = "_latest_pictures"
_HELD = 32  # pictures; more than the fullest page draws anew


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Encode grey (H, W) or RGB (H, W, 3): quickly, and while other sessions go on."""
    stored = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    return bytes(cv2.imencode(".png", stored, [cv2.IMWRITE_PNG_COMPRESSION, _LEVEL])[1])


def show(data: bytes, alt: str, caption: str | None = None) -> None:
    """Show a PNG or JPEG as wide as its place, described for those who cannot see it."""
    latest = st.session_state.setdefault(_LATEST, deque(maxlen=_HELD))
    if data not in latest:
        latest.append(data)
    form = _form(data)  # said, or Streamlit would save a PNG as JPEG
    st.image(data, caption=caption, alt=alt, width="stretch", output_format=form)


def hold() -> None:
    """Hold on to the latest pictures of this session; called by the router at each run."""
    if not runtime.exists():
        return
    files = runtime.get_instance().media_file_mgr
    for n, data in enumerate(st.session_state.get(_LATEST, ())):
        files.add(data, f"image/{_form(data).lower()}", f"held-{n}")


def _form(data: bytes) -> Literal["PNG", "JPEG"]:
    return "PNG" if data.startswith(b"\x89PNG") else "JPEG"
