"""One map put to the test, on request: deletion and insertion; a network without knowledge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isnan
from typing import Any

import streamlit as st

from core.evaluate.faithfulness import Curves
from core.evaluate.sanity import STAGE_TITLES
from core.evaluate.trials import Stage, against_controls, randomised
from core.explain import METHODS, SaliencyMap
from core.imaging import MRIImage
from core.registry import ModelSpec
from pages._ui import cache, components, explain_charts, looks, maps
from pages._ui.cache import Asked
from pages._ui.grid import grid
from pages._ui.looks import Look
from pages._ui.maps import Question
from pages._ui.text import _, class_title, method_name

_SIDE = 480  # px of a picture in the strip


def trials(
    image: MRIImage,
    spec: ModelSpec,
    question: Question,
    look: Look,
    drawn: Mapping[str, SaliencyMap],
) -> None:
    """Choose one of the maps above, and test it."""
    able = [n for n in METHODS if n in drawn and not drawn[n].empty and n not in _controls()]
    st.header(_("Put a map to the test"), anchor=False)
    if not able:
        st.caption(_("There is no map above that could be tested: choose a method."))
        return
    st.caption(
        _(
            "A map may look right and mean nothing. Two tests on this one scan, done here and "
            "now; one scan is an example, not a measurement of the method."
        )
    )
    name = st.selectbox(
        _("Map to test"), able, format_func=lambda n: method_name(n), key="tested", width=320
    )
    asked = maps.ask(spec, image, name, question)
    _dependence(image, spec, drawn[name], replace(asked, what="curves"))
    _sanity(image, spec, drawn[name], replace(asked, what="randomised"), look)


def _dependence(image: MRIImage, spec: ModelSpec, drawn: SaliencyMap, asked: Asked) -> None:
    """Take the scan away, and bring it in, in the order of the map and of each control."""
    st.subheader(_("Does the answer depend on what it marks?"), anchor=False)
    st.caption(
        _(
            "Deletion blackens the scan, the most marked pixels first; insertion brings them "
            "into a blurred scan. The same is done in the order of three controls that know "
            "nothing of the network."
        )
    )

    def measure() -> dict[str, Curves]:
        with maps.working([], "curves") as telling:
            tell = telling(_("Asking the network about altered copies of the scan"))
            return against_controls(cache.explainer(spec), image, drawn, tell)

    curves = _on_request(asked, image, _("Delete and insert"), measure)
    if curves is None:
        return
    answer, title = class_title(drawn.target), method_name(drawn.method)
    with grid(2, min_column_width=320, gap="medium"):
        with st.container(gap="small"):
            st.markdown(_("**Deletion: how soon does the probability fall?**"))
            st.altair_chart(explain_charts.curve(curves, "deletion", answer))
        with st.container(gap="small"):
            st.markdown(_("**Insertion: how soon does the probability rise?**"))
            st.altair_chart(explain_charts.curve(curves, "insertion", answer))
    own, *others = curves.values()
    lower = sum(own.deletion_auc < other.deletion_auc for other in others)
    higher = sum(own.insertion_auc > other.insertion_auc for other in others)
    n = len(others)
    st.markdown(
        _(
            "Area under the curve: on deletion, where less is better, {method} does better than "
            "{lower} of {n} controls; on insertion, where more is better, than {higher} of {n}."
        ).format(method=title, lower=lower, higher=higher, n=n)
    )


def _sanity(image: MRIImage, spec: ModelSpec, drawn: SaliencyMap, asked: Asked, look: Look) -> None:
    """Draw the map again from a network whose weights are shuffled, from the answer down."""
    st.subheader(_("Does it change when the network's knowledge is destroyed?"), anchor=False)
    st.caption(
        _(
            "The weights are shuffled from the answer down, and the map is drawn again. A map of "
            "what the network has learned falls apart from left to right; one that stays shows "
            "the scan, not the network."
        )
    )

    def measure() -> tuple[Stage, ...]:
        with maps.working([], "randomised") as telling:
            tell = telling(_("Drawing the map of a network in ruins"))
            return randomised(cache.explainer(spec), image, drawn, tell)

    stages = _on_request(asked, image, _("Destroy and draw again"), measure)
    if stages is None:
        return
    whole = method_name(drawn.method)
    with grid(1 + len(stages), min_column_width=150, gap="small"):
        with st.container():
            components.picture(
                looks.blended(image, drawn.heat, look, _SIDE),
                alt=_("{method} of the trained network").format(method=whole),
                caption=_("The trained network"),
            )
        for stage in stages:
            with st.container(gap="xsmall"):
                _stage(image, stage, look)


def _stage(image: MRIImage, stage: Stage, look: Look) -> None:
    """Show the map of one stage of destruction, and how like the whole network's it is."""
    title = _(STAGE_TITLES[stage.name])
    rho, ssim = stage.similarity.spearman, stage.similarity.ssim
    words = _("{stage}  \nrank correlation {rho}, SSIM {ssim}").format(
        stage=title, rho=_number(rho), ssim=_number(ssim)
    )
    if stage.empty:
        st.info(_(stage.empty), icon=":material/layers_clear:")
        st.caption(words)
        return
    components.picture(looks.blended(image, stage.heat, look, _SIDE), alt=title, caption=words)


def _on_request(asked: Asked, image: MRIImage, label: str, measure: Callable[[], Any]) -> Any:
    """Measure when the button is pressed, once for each map; the button goes with the result."""
    place = st.empty()
    known = cache.known(asked)
    if known is not None:
        return known
    if not place.button(label, key=f"measure-{asked.what}", icon=":material/play_arrow:"):
        return None
    result = cache.made(asked, 4 * image.pixels.nbytes, measure)
    place.empty()
    return result


def _number(value: float) -> str:
    return "–" if isnan(value) else f"{value:.2f}"


def _controls() -> frozenset[str]:
    return frozenset(name for name, method in METHODS.items() if method.family == "control")
