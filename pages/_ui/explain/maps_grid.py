"""A scan and its maps side by side: each with its sentence, its score and its stamp."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from core.errors import GlassbrainError
from core.evaluate.saliency.localisation import TOLERANCE, energy, lesion_mask, pointing
from core.explain import METHODS, SaliencyMap
from core.registry import ModelSpec
from pages._ui.base import cache, components
from pages._ui.base.grid import grid
from pages._ui.base.text import _, class_title, method_name, percent, proportion
from pages._ui.base.uploads import Scan
from pages._ui.scan import looks, maps, scorecard, verdicts
from pages._ui.scan.looks import Look
from pages._ui.scan.maps import Question

_SIDE = 640  # px of a picture in the grid
_ORDER = ("instant", "fast", "slow", "very slow")


def lay(
    scan: Scan, spec: ModelSpec, question: Question, look: Look, methods: Sequence[str]
) -> dict[str, SaliencyMap]:
    """Show the scan and a card for each method; what is known at once, then the cheapest first.

    Returns
    -------
    dict of str to SaliencyMap
        Those that were drawn.
    """
    image = scan.image
    assert image is not None
    asked = {name: maps.ask(spec, image, name, question) for name in methods}
    drawn = {name: known for name in methods if (known := cache.known(asked[name]))}
    pending = [n for n in methods if n not in drawn and not maps.stopped(asked[n])]
    status = st.container()
    with grid(3, min_column_width=215, gap="medium"):
        with st.container(gap="xsmall"):
            st.markdown(_("**The scan**"))
            looks.scan_view(image, look.lesion)
            looks.ramp(look)
        slots = {name: _card(name) for name in methods}
    if scan.sample and scan.sample.lesion is not None:
        _key(scan.sample.lesion, image.shape)
    for name in methods:
        with slots[name].container(gap="xsmall"):
            if name in drawn:
                _face(scan, spec, drawn[name], look)
            elif name in pending:
                st.caption(_("Waiting to be drawn …"))
            else:
                maps.resume(asked[name])
    if not pending:
        return drawn
    with status, maps.working([asked[name] for name in pending], "maps") as telling:
        for n, name in enumerate(sorted(pending, key=_cost), 1):
            words = _("Drawing {method}, {n} of {all}").format(
                method=method_name(name), n=n, all=len(pending)
            )
            with slots[name].container(gap="xsmall"):
                try:
                    drawn[name] = maps.draw(spec, image, asked[name], telling(words))
                    _face(scan, spec, drawn[name], look)
                except GlassbrainError as error:
                    components.show_error(error)
    return drawn


def _card(name: str) -> DeltaGenerator:
    """Head a card; returns the place of its map."""
    method = METHODS[name]
    with st.container(gap="xsmall", key=f"card-{name}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{method_name(name)}**", width="content")
            if method.family == "control":
                st.badge(_("Control"), color="gray")
        return st.empty()


def _face(scan: Scan, spec: ModelSpec, drawn: SaliencyMap, look: Look) -> None:
    """Show a map, or why it is empty; what it shows; how well it points; what it rests on."""
    assert scan.image is not None
    method = METHODS[drawn.method]
    if drawn.empty:
        st.info(_(drawn.empty), icon=":material/layers_clear:")
    else:
        components.picture(
            looks.blended(scan.image, drawn.shown, look, _SIDE),
            alt=_("{method} of {answer} over the scan").format(
                method=method_name(drawn.method), answer=class_title(drawn.target)
            ),
        )
        verdicts.badge(verdicts.of(spec, drawn.method, drawn.target, drawn.layer, drawn.versus))
    st.caption(_(method.summary))
    if drawn.pixelwise and not drawn.empty:
        st.caption(looks.scale_words(pixelwise=True))
    if scan.sample and scan.sample.lesion is not None and not drawn.empty:
        _points(drawn, scan.sample.lesion)
    scorecard.line(spec, drawn.method, drawn.target, drawn.layer, drawn.versus)
    maps.stamp(spec, drawn)


def _points(drawn: SaliencyMap, outline: NDArray[np.float64]) -> None:
    """Say whether this map points at the outlined lesion, and how much of it lies there."""
    height, width = drawn.heat.shape
    lesion = lesion_mask(outline, (height, width))
    hit = pointing(drawn.heat, lesion) >= 0.5  # several hottest pixels: most of them
    where = _("Hottest point on the lesion") if hit else _("Hottest point off the lesion")
    rest = _("{energy} of the heat lies on it").format(energy=percent(energy(drawn.heat, lesion)))
    icon = "check_circle" if hit else "cancel"
    st.markdown(f":small[:material/{icon}: **{where}** · {rest}]")


def _key(lesion: NDArray[np.float64], shape: tuple[int, int]) -> None:
    """Say once what the scores under the maps mean."""
    st.caption(
        _(
            "The lesion is {area} of this scan: heat spread evenly would lie on it to that share. "
            "A point within {tolerance} of the scan's longer side still counts as on it."
        ).format(
            area=percent(float(lesion_mask(lesion, shape).mean())),
            tolerance=proportion(TOLERANCE, 0),
        )
    )


def _cost(name: str) -> int:
    return _ORDER.index(METHODS[name].cost)
