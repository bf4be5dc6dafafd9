"""What is asked on the page Explain: which class, against which, where, by which methods."""

from __future__ import annotations

import streamlit as st

from core.explain import METHODS
from core.inference import Prediction
from core.labels import CLASS_NAMES
from core.registry import ModelSpec
from pages._ui.base import networks, state
from pages._ui.base.text import _, class_title
from pages._ui.scan import looks, scorecard
from pages._ui.scan.maps import Question, method_title

# Cheap ones of each kind, and the control that a map of a head scan has to beat.
DEFAULT = ("gradcam", "gradcam-plus-plus", "layercam", "integrated-gradients", "centre-blob")


def question(spec: ModelSpec, prediction: Prediction) -> Question:
    """Ask for the class, the class that it is held against, and the layer."""
    target = looks.target(prediction.class_name)
    others = [name for name in CLASS_NAMES if name != target]
    state.linked("versus", [None, *others], None)
    st.selectbox(
        _("Rather than"),
        others,
        index=None,
        format_func=class_title,
        key="versus",
        placeholder=_("any other class"),
        help=_(
            "What speaks for the one class and not for the other: the map explains the "
            "difference of their scores."
        ),
    )
    state.remember("versus", None)
    return Question(target, st.session_state["versus"], _layer(spec))


def methods(spec: ModelSpec) -> tuple[str, ...]:
    """Ask for the methods; they come in the order of `METHODS`, whatever was clicked first.

    The one that the network's measures favour is always among those shown first.
    """
    first = [n for n in METHODS if n in (*DEFAULT, scorecard.favourite(spec))]
    state.follow_default("methods", first)
    state.linked_several("methods", list(METHODS), first)
    chosen = st.multiselect(
        _("Methods"),
        list(METHODS),
        format_func=method_title,
        key="methods",
        placeholder=_("Choose at least one"),
        help=_("Perturbation methods ask the network hundreds of times, so they take longer."),
    )
    state.remember("methods", first)
    st.caption(scorecard.why(spec))
    return tuple(name for name in METHODS if name in chosen)


def _layer(spec: ModelSpec) -> str:
    """Ask where class activation methods read; layers nearer the answer come first."""
    own = spec.manifest.cam_layer
    layers = [own, *(n for n in reversed(networks.layers(spec)) if n != own)]
    state.linked("layer", layers, own)
    st.selectbox(
        _("Layer of class activation maps"),
        layers,
        format_func=lambda name: _("{layer} (the last)").format(layer=name)
        if name == own else name,
        key="layer",
        help=_("Earlier layers have more and smaller cells, and know less of the classes."),
    )  # fmt: skip
    state.remember("layer", own)
    return str(st.session_state["layer"])
