"""One map put to the test, on request: deletion and insertion; a network without knowledge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isnan
from typing import Any, Literal

import streamlit as st

from core.evaluate.saliency.faithfulness import Curves
from core.evaluate.saliency.sanity import STAGE_TITLES
from core.evaluate.saliency.trials import Stage, against_controls, randomised
from core.explain import METHODS, SaliencyMap, overlay
from core.imaging import MRIImage
from core.registry import ModelSpec
from pages._ui.base import cache, components, networks
from pages._ui.base.cache import Asked
from pages._ui.base.grid import grid
from pages._ui.base.text import _, class_title, listed, method_name, percent
from pages._ui.explain import second
from pages._ui.figures.changes import faithfulness
from pages._ui.figures.show import show
from pages._ui.scan import looks, maps
from pages._ui.scan.looks import Look
from pages._ui.scan.maps import Question

_SIDE = 480  # px of a picture in the strip
_LEADS = 0.5  # probability from which no other class can be likelier


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
    second.opinion(image, spec, drawn[name], asked, look, _on_request)


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
            found: dict[str, Curves] = networks.ask(
                spec, against_controls, image, drawn, progress=tell
            )
            return found

    curves = _on_request(asked, image, _("Delete and insert"), measure)
    if curves is None:
        return
    answer, title = class_title(drawn.target), method_name(drawn.method)
    with grid(2, min_column_width=320, gap="medium"):
        with st.container(gap="small"):
            st.markdown(_("**Deletion: how soon does the probability fall?**"))
            _draw(curves, "deletion", answer)
        with st.container(gap="small"):
            st.markdown(_("**Insertion: how soon does the probability rise?**"))
            _draw(curves, "insertion", answer)
    own, *others = curves.values()
    if warning := baseline_speaks(own, answer):
        st.warning(warning, icon=":material/contrast:")
    lower = sum(own.deletion_auc < other.deletion_auc for other in others)
    higher = sum(own.insertion_auc > other.insertion_auc for other in others)
    n = len(others)
    st.markdown(
        _(
            "Area under the curve: on deletion, where less is better, {method} does better than "
            "{lower} of {n} controls; on insertion, where more is better, than {higher} of {n}."
        ).format(method=title, lower=lower, higher=higher, n=n)
    )
    st.caption(
        _(
            "The black scan at the end of deletion still gets {black} for {answer}, the blurred "
            "one at the start of insertion {blurred}; the scan itself gets {whole}. "
            "So the areas also measure what the network makes of such pictures."
        ).format(
            black=percent(float(own.deletion[-1])),
            blurred=percent(float(own.insertion[0])),
            whole=percent(float(own.deletion[0])),
            answer=answer,
        )
    )


def baseline_speaks(curves: Curves, answer: str) -> str:
    """Say where a picture without any of the scan is itself given the class; else nothing."""
    said = []
    if float(curves.deletion[-1]) >= _LEADS:
        said.append(
            _(
                "The black scan is itself called {answer}: there the black speaks, not the map, "
                "and deletion says little."
            )
        )
    if float(curves.insertion[0]) >= _LEADS:
        said.append(
            _(
                "The blurred scan is itself called {answer}: there the blur speaks, not the map, "
                "and insertion says little."
            )
        )
    return " ".join(said).format(answer=answer)


def _draw(curves: Mapping[str, Curves], kind: Literal["deletion", "insertion"], of: str) -> None:
    areas = (f"{method_name(name)} {getattr(c, f'{kind}_auc'):.2f}" for name, c in curves.items())
    words = _("Areas under the curves: {areas}").format(areas=listed(areas))
    show(faithfulness(curves, kind, of), words, kind)


def _sanity(image: MRIImage, spec: ModelSpec, drawn: SaliencyMap, asked: Asked, look: Look) -> None:
    """Draw the map again from a network whose weights are shuffled, from the answer down."""
    st.subheader(_("Does it change when the network's knowledge is destroyed?"), anchor=False)
    st.caption(
        _(
            "The weights are shuffled from the answer down, and the map is drawn again. A map of "
            "what the network has learned falls apart from left to right; one that stays does "
            "not show what was learned."
        )
    )

    def measure() -> tuple[Stage, ...]:
        with maps.working([], "randomised") as telling:
            tell = telling(_("Drawing the map of a network in ruins"))
            found: tuple[Stage, ...] = networks.ask(spec, randomised, image, drawn, progress=tell)
            return found

    stages = _on_request(asked, image, _("Destroy and draw again"), measure)
    if stages is None:
        return
    whole = method_name(drawn.method)
    with grid(1 + len(stages), min_column_width=150, gap="small"):
        with st.container():
            components.picture(
                looks.blended(image, drawn.shown, look, _SIDE),
                alt=_("{method} of the trained network").format(method=whole),
                caption=_("The trained network"),
            )
        for stage in stages:
            with st.container(gap="xsmall"):
                _stage(image, stage, look, drawn.pixelwise)


def _stage(image: MRIImage, stage: Stage, look: Look, pixelwise: bool) -> None:
    """Show the map of one stage of destruction, and how like the whole network's it is."""
    title = _(STAGE_TITLES[stage.name])
    rho, ssim = stage.similarity.spearman, stage.similarity.ssim
    words = _("{stage}  \nrank correlation {rho}, SSIM {ssim}").format(
        stage=title, rho=_number(rho), ssim=_number(ssim)
    )
    if stage.empty:
        st.info(_(stage.empty), icon=":material/layers_clear:")
        against = _("The correlation also counts what speaks against the class; that is not drawn.")
        st.caption(words if isnan(rho) else f"{words}  \n{against}")
        return
    heat = overlay.robust(stage.heat) if pixelwise else stage.heat
    components.picture(looks.blended(image, heat, look, _SIDE), alt=title, caption=words)


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
