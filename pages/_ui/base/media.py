"""Pictures stay on the server for a while after the run that drew them.

Streamlit forgets a session's pictures when its next run begins, and drops what no session shows
as soon as any run ends. A browser that is a moment late then asks in vain, and where the next
run shows the same picture again it is not asked for a second time: it stays broken. So the
server itself holds on to the latest pictures, whoever was shown them.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from types import SimpleNamespace
from typing import Any, Literal, cast

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit import runtime
from streamlit.runtime.scriptrunner import add_script_run_ctx

_LEVEL = 1  # of 9: a quarter more bytes than Pillow's in a third of the time
_HELD = 512  # pictures of some 50 to 200 kB: half a minute of thirty people who never rest
_slots: OrderedDict[str, int] = OrderedDict()  # digest of a picture -> its place, oldest first
_lock = threading.Lock()


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Encode grey (H, W) or RGB (H, W, 3): quickly, and while other sessions go on."""
    stored = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    return bytes(cv2.imencode(".png", stored, [cv2.IMWRITE_PNG_COMPRESSION, _LEVEL])[1])


def show(data: bytes, alt: str, caption: str | None = None) -> None:
    """Show a PNG or JPEG as wide as its place, described for those who cannot see it."""
    _hold(data)
    form = _form(data)  # said, or Streamlit would save a PNG as JPEG
    st.image(data, caption=caption, alt=alt, width="stretch", output_format=form)


def _hold(data: bytes) -> None:
    """Hold on to a picture until as many as `_HELD` later ones were shown."""
    if not runtime.exists():
        return
    digest = hashlib.blake2b(data).hexdigest()
    with _lock:
        if digest in _slots:
            _slots.move_to_end(digest)
            return
        slot = _slots.popitem(last=False)[1] if len(_slots) >= _HELD else len(_slots)
        _slots[digest] = slot
    add = runtime.get_instance().media_file_mgr.add
    # Under a name that no session has, so that none takes it away when it runs anew.
    form, place = f"image/{_form(data).lower()}", f"latest-{slot}"
    adding = threading.Thread(target=add, args=(data, form, place))
    add_script_run_ctx(adding, cast(Any, SimpleNamespace(session_id="the latest pictures")))
    adding.start()
    adding.join()


def _form(data: bytes) -> Literal["PNG", "JPEG"]:
    return "PNG" if data.startswith(b"\x89PNG") else "JPEG"
