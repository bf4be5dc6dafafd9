"""A volume, read slice by slice: what a network says along it, and where it is most alarmed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from core.ensemble import EnsembleSpec
from core.imaging import Plane
from core.imaging.image import place
from core.labels import CLASSES, class_index
from pages._ui.base import components, uploads
from pages._ui.base.text import _, class_title, percent
from pages._ui.base.uploads import Scan
from pages._ui.figures.house import DASHES, GREY, blank, lines
from pages._ui.figures.show import clicked, taken
from pages._ui.scan import batch_rows, slices
from pages._ui.scan.batch_rows import Reader

_WANTED = "_along_wanted"
_MEMORY = "_along"  # what was read, by volume, reader and plane
_FIGURE = "along"
_HEALTHY = class_index("notumor")

BySlice = dict[int, tuple[float, ...] | None]  # by slice; None where there is nothing to read


def follow(scans: Sequence[Scan]) -> None:
    """Turn to the slice that was clicked in the figure; before its slider is drawn."""
    leads = taken(_FIGURE)
    readable = [scan for scan in scans if scan.readable]
    if leads and readable:
        slices.go(uploads.looked_at(readable), leads["frame"])


@components.guarded()
def along(scan: Scan, reader: Reader) -> None:
    """Read a volume's slices when asked to, and draw what was said along them."""
    if scan.file is None or scan.file.contents is None or not scan.file.contents.volume:
        return
    plane = scan.file.contents.plane_of(slices.frame_of(scan))
    if plane.count < 2:
        return
    st.header(_("Along the slices"), anchor=False)
    key = (scan.file.contents.sha256, batch_rows.title_of(reader), plane.name)
    memory: dict[tuple[str, ...], BySlice] = st.session_state.setdefault(_MEMORY, {})
    said = memory.setdefault(key, {})
    left = [n for n in range(plane.count) if n not in said]
    if left and key in st.session_state.get(_WANTED, ()):
        _read(scan, reader, plane.first, left, said, plane.count)
    elif left:
        _offer(key, len(said), plane.count, isinstance(reader, EnsembleSpec))
    known = {n: shares for n, shares in said.items() if shares is not None}
    if known:
        _draw(scan, plane, known)
    elif not left:
        st.info(_left_out().format(n=plane.count), icon=":material/layers_clear:")


def _left_out() -> str:
    return _(
        "Slices left out, because they are blank, could not be read or do not look like the "
        "scans that the networks know: {n}."
    )


def _offer(key: tuple[str, ...], done: int, count: int, together: bool) -> None:
    """Ask before a network is run many times."""
    label = _("Read all {n} slices") if not done else _("Go on: {left} of {n} slices are left")
    st.button(
        label.format(n=count, left=count - done), key="read-slices",
        icon=":material/stacks:", on_click=_want, args=(key,),
    )  # fmt: skip
    if not done:
        whom = _("the ensemble") if together else _("this network")
        st.caption(
            _("Runs {reader} on each slice of this plane; the answers are drawn side by side.")
            .format(reader=whom)
        )  # fmt: skip


def _read(
    scan: Scan, reader: Reader, first: int, left: list[int], said: BySlice, count: int
) -> None:
    place = st.empty()
    with place.container(key="working-slices", gap="small"):
        bar = st.progress(len(said) / count, _("Reading"))
        st.button(
            _("Stop"), key="stop-slices", icon=":material/stop_circle:", on_click=_stop,
        )  # fmt: skip
    for n in left:
        image = uploads.slice_of(scan, first + n).image
        said[n] = None
        if image:
            outcome = batch_rows.ask(reader, image)[0]
            if outcome.verdict != "outside":  # of what the gate stops, no class is said
                said[n] = tuple(map(float, outcome.probabilities))
        bar.progress(len(said) / count, _("{n} of {all}").format(n=len(said), all=count))
    place.empty()


def _draw(scan: Scan, plane: Plane, known: Mapping[int, tuple[float, ...]]) -> None:
    first, numbers = plane.first, sorted(known)
    shares = np.array([known[n] for n in numbers])
    worst = numbers[int((1 - shares[:, _HEALTHY]).argmax())]
    tumour = 1 - known[worst][_HEALTHY]
    here = slices.frame_of(scan) - first
    words = _(
        "Slice {n} is the most suspicious: the three tumours together have {share} there."
    ).format(n=_named(plane, worst), share=percent(tumour))
    clicked(_figure(numbers, plane, shares, here, worst), words, _FIGURE)
    with st.container(horizontal=True, vertical_alignment="center", key="suspicious"):
        st.markdown(words, width="content")
        st.button(
            _("Show slice {n}").format(n=_named(plane, worst)), key="most-suspicious",
            icon=":material/my_location:", on_click=slices.go, args=(scan, first + worst),
            disabled=here == worst,
        )  # fmt: skip
    blank = plane.count - len(known)
    notes = [
        _("A click on a point shows its slice."),
        _(
            "The networks learned from slices that were chosen to show a tumour or none; at the "
            "ends of a head, through eyes, neck or skull alone, their answers mean little."
        ),
    ]
    if blank:
        notes.append(_left_out().format(n=blank))
    st.caption(" ".join(notes))


def _named(plane: Plane, n: int) -> str:
    """Say which slice it is, and of which volume where there are several."""
    volume, at = place(n + 1, plane.depth)
    if plane.volumes == 1:
        return str(at)
    return _("{n} (volume {volume})").format(n=at, volume=volume)


def _figure(
    numbers: list[int], plane: Plane, shares: NDArray[np.float64], here: int, worst: int
) -> go.Figure:
    figure = blank(320)
    at: list[int | None] = []  # of `numbers`; None where one volume ends and the next begins
    for i, n in enumerate(numbers):
        if i and n // plane.depth > numbers[i - 1] // plane.depth:
            at.append(None)
        at.append(i)
    x = [None if i is None else numbers[i] + 1 for i in at]
    frames = [{} if i is None else {"frame": plane.first + numbers[i]} for i in at]
    names = ["" if i is None else _named(plane, numbers[i]) for i in at]
    for n, dash in ((here, "dot"), (worst, "solid")):  # the slice that is shown, and the jump
        figure.add_vline(x=n + 1, line={"color": GREY, "width": 1, "dash": dash})
    for known, dash in zip(CLASSES, DASHES, strict=False):
        figure.add_scatter(
            x=x,
            y=[None if i is None else float(shares[i, class_index(known.name)]) for i in at],
            mode="lines+markers",
            name=class_title(known.name),
            customdata=frames,
            text=names,
            line={"color": known.colour, "width": 2, "dash": dash},
            hovertemplate=lines(
                f"<b>{class_title(known.name)}</b>",
                f"{_('Slice')}: %{{text}}",
                f"{_('Probability')}: %{{y:.1%}}",
            )
            + "<extra></extra>",
        )
    figure.update_xaxes(title=_("Slice"), tickformat="d")
    figure.update_yaxes(title=_("Probability"), range=[-0.02, 1.02], tickformat=".0%")
    return figure


def _want(key: tuple[str, ...]) -> None:
    st.session_state[_WANTED] = (key,)


def _stop() -> None:
    st.session_state[_WANTED] = ()
