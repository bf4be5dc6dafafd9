"""A second opinion on a map, on request: what tf-keras-vis draws for the same question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import isnan
from typing import Any

import streamlit as st

from core.errors import DataError
from core.explain import METHODS, SaliencyMap, second_opinion
from core.explain.second_opinion import DIFFERENCES, Opinion
from core.imaging import MRIImage
from core.registry import ModelSpec
from pages._ui.base import components, networks, records
from pages._ui.base.cache import Asked
from pages._ui.base.grid import grid
from pages._ui.base.text import _, class_title, listed, method_name
from pages._ui.scan import looks, maps, scorecard
from pages._ui.scan.looks import Look

_SIDE = 480  # px of a picture

OnRequest = Callable[[Asked, MRIImage, str, Callable[[], Any]], Any]


def opinion(
    image: MRIImage,
    spec: ModelSpec,
    drawn: SaliencyMap,
    asked: Asked,
    look: Look,
    on_request: OnRequest,
) -> None:
    """Offer to ask tf-keras-vis, where it has the method; show both maps and how they agree.

    Parameters
    ----------
    image : MRIImage
    spec : ModelSpec
    drawn : SaliencyMap
        Of `image` by `spec`.
    asked : Asked
        The question that `drawn` answers.
    look : Look
    on_request : callable
        Shows a button, and measures once when it is pressed.
    """
    st.subheader(_("Does an independent library draw the same?"), anchor=False)
    if drawn.method not in DIFFERENCES or drawn.versus is not None:
        has = listed(method_name(name) for name in DIFFERENCES)
        st.caption(
            _("tf-keras-vis explains one class, not one rather than another.")
            if drawn.method in DIFFERENCES
            else _("tf-keras-vis has no {method}; it has {known}.").format(
                method=method_name(drawn.method), known=has
            )
        )
        return
    st.caption(
        _(
            "Our methods are our own code. tf-keras-vis, written by others, is asked about the "
            "same network, layer and class. It is slow, which is why it is asked only here."
        )
    )

    def measure() -> Opinion:
        with maps.working([], "opinion") as telling:
            tell = telling(_("Asking tf-keras-vis"))
            said: Opinion = networks.ask(spec, second_opinion.ask, image, drawn, progress=tell)
            return said

    label = _("Ask tf-keras-vis")
    found = on_request(replace(asked, what="opinion"), image, label, measure)
    if found is not None:
        _show(image, spec, found, drawn, look)


def _show(image: MRIImage, spec: ModelSpec, found: Opinion, drawn: SaliencyMap, look: Look) -> None:
    title, answer = method_name(drawn.method), class_title(drawn.target)
    with grid(2, min_column_width=240, gap="medium"):
        for heat, caption in ((found.ours, _("Ours")), (found.heat, found.library)):
            with st.container(gap="xsmall"):
                components.picture(
                    looks.blended(image, heat, look, _SIDE),
                    alt=_("{method} of {answer} by {who}").format(
                        method=title, answer=answer, who=caption
                    ),
                    caption=caption,
                )
    rho = "–" if isnan(found.spearman) else f"{found.spearman:.3f}"
    said = [
        _("Rank correlation of both maps, place by place: **{rho}**.").format(rho=rho),
        _(DIFFERENCES[drawn.method]),
        _("It took {seconds} s.").format(seconds=f"{found.seconds:.1f}"),
    ]
    if found.samples:
        said.append(
            _("Both maps are made from {n} feature maps, so that they compare.").format(
                n=found.samples
            )
            if METHODS[drawn.method].takes_layer
            else _("Both maps are made from {n} noisy copies, so that they compare.").format(
                n=found.samples
            )
        )
    st.markdown(" ".join(said))
    stored = records.second_opinion(spec)
    if isinstance(stored, DataError) or scorecard.elsewhere(spec, drawn.layer, drawn.versus):
        return
    measure = stored.measure(drawn.method)
    if measure is not None and measure.value is not None:
        st.caption(
            _("On {n} scans of unseen patients: {rho} on average, as stored.").format(
                n=measure.n, rho=f"{measure.value:.3f}"
            )
        )
