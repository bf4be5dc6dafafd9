"""Which slice of a scan is shown: plane, slice and window, the same on every page."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.imaging import Contents, MRIImage, Plane
from core.imaging.image import place
from pages._ui.base import components, state, uploads
from pages._ui.base.text import PLANES, _
from pages._ui.base.uploads import Scan


def frame_of(scan: Scan) -> int:
    """Frame that was chosen last, the one that the file opens at until then."""
    assert scan.file and scan.file.contents
    contents = scan.file.contents
    plane = _plane(scan.key, contents)
    return plane.first + _number(scan.key, contents, plane) - 1


def shown(scan: Scan) -> Scan:
    """Decode the slice that was chosen; what comes has an image, or the reason why not."""
    return uploads.slice_of(scan, frame_of(scan)) if scan.file and scan.readable else scan


def choose(scan: Scan) -> Scan | None:
    """Ask for the slice and say which it is; None where that slice cannot be shown."""
    if scan.file is None or scan.file.contents is None:
        return scan
    contents = scan.file.contents
    if contents.volume:
        with st.container(
            border=True, key="slices", horizontal=True, vertical_alignment="bottom", gap="medium"
        ):
            _ask_plane(scan.key, contents)
            _ask_slice(scan.key, contents)
    found = shown(scan)
    if found.image is None:
        if found.error:
            components.show_error(found.error)
        return None
    if found.image.values is None:
        return found
    return replace(found, image=_ask_window(scan, contents, found.image))


def go(scan: Scan, frame: int) -> None:
    """Turn to a frame; a callback."""
    assert scan.file and scan.file.contents
    plane = scan.file.contents.plane_of(frame)
    state.keep(f"plane-{scan.key}", plane.name)
    state.keep(f"slice-{scan.key}-{plane.name}", frame - plane.first + 1)


def _plane(key: str, contents: Contents) -> Plane:
    asked = state.recall(f"plane-{key}", None)
    return next(
        (plane for plane in contents.planes if plane.name == asked),
        contents.plane_of(contents.opens_at),
    )


def _number(key: str, contents: Contents, plane: Plane) -> int:
    own = contents.opens_at - plane.first + 1
    start = own if 1 <= own <= plane.count else plane.depth // 2 + 1
    return int(state.recall(f"slice-{key}-{plane.name}", start))


def _ask_plane(key: str, contents: Contents) -> None:
    if len(contents.planes) < 2:
        return
    names = [plane.name for plane in contents.planes]
    state.keep(f"plane-{key}", _plane(key, contents).name)
    st.segmented_control(
        _("Plane"), names, format_func=lambda name: _(PLANES[name]), key=f"plane-{key}",
        required=True, on_change=state.note, args=(f"plane-{key}",),
    )  # fmt: skip


def _ask_slice(key: str, contents: Contents) -> None:
    plane = _plane(key, contents)
    number = _number(key, contents, plane)
    widget = f"slice-{key}-{plane.name}"
    state.keep(widget, number)
    volume, at = place(number, plane.depth)
    words = _("Slice {n} of {all}").format(n=at, all=plane.depth)
    if plane.volumes > 1:
        words = _("Volume {n} of {all}").format(n=volume, all=plane.volumes) + " · " + words
    if plane.count > 1:
        st.slider(words, 1, plane.count, key=widget, on_change=state.note, args=(widget,))
    else:
        st.caption(words)


def _ask_window(scan: Scan, contents: Contents, image: MRIImage) -> MRIImage:
    """Ask which of the file's values show as black and as white."""
    assert image.values and image.window
    key, own = f"window-{scan.key}", _ends(image.window)
    proposed = [own, *map(_ends, contents.windows)]
    low = min(*image.values, *(ends[0] for ends in proposed))
    high = max(*image.values, *(ends[1] for ends in proposed))
    low, high = st.session_state.setdefault(f"_{key}_range", (low, high))
    state.keep(key, state.recall(key, (max(low, own[0]), min(high, own[1]))))
    with st.expander(_("Window"), icon=":material/contrast:"):
        st.slider(
            _("Values shown as black and as white"), low, high, step=(high - low) / 500,
            format="%.4g", key=key, on_change=state.note, args=(key,),
        )  # fmt: skip
        with st.container(horizontal=True, key="windows"):
            for n, ends in enumerate([*map(_ends, contents.windows), (low, high)]):
                title = _("All values") if n == len(contents.windows) else _(
                    "Centre {centre}, width {width}"
                ).format(centre=f"{sum(ends) / 2:g}", width=f"{ends[1] - ends[0]:g}")  # fmt: skip
                st.button(title, key=f"{key}-{n}", on_click=_set, args=(key, ends, low, high))
        st.caption(_("A window changes what you see. The networks always read all of the values."))
    black, white = st.session_state[key]
    return image.windowed((black + white) / 2, max(white - black, 1e-6))


def _ends(window: tuple[float, float]) -> tuple[float, float]:
    centre, width = window
    return centre - width / 2, centre + width / 2


def _set(key: str, ends: tuple[float, float], low: float, high: float) -> None:
    state.keep(key, (max(low, ends[0]), min(high, ends[1])))
