"""Why brightness turns no answer, and how many answers a gamma turns: stored."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.errors import DataError
from core.evaluate.robustness.gamma import Bent, Gamma
from core.registry import ModelSpec
from pages._ui.base import components, records
from pages._ui.base.text import _, plain, proportion
from pages._ui.figures.changes import Line, gammas
from pages._ui.figures.show import show
from pages._ui.what_if.curves import span

_APART = 0.008  # of gamma, between the intervals of two networks
_LEVELLED = 2  # squares from this version on are stretched


@components.guarded()
def levels(specs: Mapping[str, ModelSpec]) -> None:
    """Explain what is taken away before a network sees a scan, and count what is left."""
    st.subheader(_("Why does brightness turn no answer?"), anchor=False)
    left, right = st.columns([1, 1.6], gap="large")
    with left:
        _why(specs)
    found = {spec.manifest.title: records.gamma(spec) for spec in specs.values()}
    known = {title: g for title, g in found.items() if isinstance(g, Gamma)}
    with right:
        if known:
            _turned(known)
        for error in found.values():
            if isinstance(error, DataError):
                components.show_absence(error)


def _why(specs: Mapping[str, ModelSpec]) -> None:
    st.markdown(
        _(
            "Before a network sees a scan, the darkest hundredth of its pixels is made black and "
            "the brightest hundredth white, first over the whole frame and then inside the head. "
            "Twice the brightness, half the contrast, 8 bits or 16, one hot pixel: the network "
            "gets the same picture, and no answer can turn. Only what is lost on the way counts: "
            "tissue that was pushed to white and cut off there, or shades that 8 bits merged."
        )
    )
    st.markdown(
        _(
            "A gamma is not taken away: it bends the levels between black and white. The figure "
            "counts the answers that it turns."
        )
    )
    old = [s.manifest.title for s in specs.values() if s.manifest.preprocess.version < _LEVELLED]
    if old:
        st.caption(
            _(
                "This does not hold for {models}, trained on levels as they come: there, "
                "brightness still counts."
            ).format(models=", ".join(map(plain, old)))
        )


def _turned(known: Mapping[str, Gamma]) -> None:
    drawn, words = [], []
    for title, g in known.items():
        points = sorted([(1.0, 0.0, 0.0, 0.0, ""), *map(_point, g.gammas)])
        x, y, low, high, notes = zip(*points, strict=True)
        drawn.append(Line(title, x, y, notes, low, high))
        words.append(
            _("{model}: {share} of the answers turn at one gamma or another.").format(
                model=title, share=proportion(g.turned.value or 0.0)
            )
        )
    figure = gammas(drawn, _("Share of answers that turn"), _APART)
    show(figure, " ".join(words), "gamma")
    st.caption("  \n".join(map(plain, words)))
    for line in {_sample(g): None for g in known.values()}:
        st.caption(line)


def _point(bent: Bent) -> tuple[float, float, float | None, float | None, str]:
    f = bent.turned
    return bent.gamma, f.value or 0.0, f.ci_low, f.ci_high, span(f.ci_low, f.ci_high)


def _sample(g: Gamma) -> str:
    return _(
        "Stored, not computed now: {n} different pictures of {groups} patients or picture families "
        "that no network has seen, with 95 % intervals over patients."
    ).format(n=g.n, groups=g.groups)
