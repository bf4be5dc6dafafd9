"""What pages ask networks, and what they show while somebody else is before them.

The networks are elsewhere (`core.compute`): this process computes nothing.
"""

from __future__ import annotations

import gc
import sys
from typing import Any
from urllib.parse import parse_qs

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core import metrics
from core.compute import Compute
from core.compute import compute as open_compute
from core.compute.base import Question
from core.explain import SaliencyMap
from core.explain.progress import Progress
from core.imaging import MRIImage
from core.inference import Prediction
from core.registry import ModelSpec
from pages._ui.base import cache, journal
from pages._ui.base.cache import Asked
from pages._ui.base.text import ngettext

_PLACE = "_queue"
_PREDICTION = 64 * 2**10  # bytes, about


@st.cache_resource(show_spinner=False)
def compute() -> Compute:
    """Where the networks run; opened once a server."""
    return open_compute("worker")


def place() -> None:
    """Keep a place for the queue; once a run, by the router."""
    with st.container(key="queue"):
        st.session_state[_PLACE] = st.empty()


def serving() -> bool:
    """Whether a server runs, and not a test of the pages alone."""
    return runtime.exists() and type(runtime.get_instance()) is runtime.Runtime


def ahead() -> None:
    """Start the networks' process before the first page is imported; where a server runs.

    Within an import, so nothing here looks into the session: Streamlit ends a run that is over
    at such a look, and the module that was being imported would be lost to everyone.
    """
    if serving():
        journal.enter()
        warm()


@st.cache_resource(show_spinner=False)
def warm() -> None:
    """Begin to load the network that the address names, or the default, once a server."""
    specs = cache.models()[0]
    context = get_script_run_ctx()
    asked = parse_qs(context.query_string if context else "").get("model", [""])
    named = specs.get(asked[-1])
    for spec in [named] if named else list(specs.values())[:1]:
        compute().warm(spec)


@st.cache_resource(show_spinner=False)
def prepare() -> None:
    """Begin what a server does in the background, once, when its first page is painted."""
    from pages._ui.base import prepared

    prepared.begin()
    metrics.serve()
    gc.freeze()  # what a server has imported by now stays, and need not be walked again


def predict(spec: ModelSpec, image: MRIImage) -> Prediction:
    """Classify a scan, once for each pair of file and weights.

    Raises
    ------
    ModelError, ComputeError
        As `Compute.predict`.
    """
    asked = Asked(image.sha256, image.frame, spec.manifest.weights_sha256, "", "", what="answer")

    def make() -> Prediction:
        with _Queue() as queue:
            return compute().predict(spec, image, waiting=queue)

    return cache.made(asked, _PREDICTION, make, _look_up)


def explain(spec: ModelSpec, image: MRIImage, asked: Asked, progress: Progress) -> SaliencyMap:
    """Draw a map, once for each scan, weights and question."""

    def make() -> SaliencyMap:
        prediction = predict(spec, image)
        with _Queue() as queue:
            return compute().explain(
                spec, image, asked.method, asked.target, versus=asked.versus, layer=asked.layer,
                seed=asked.seed, progress=progress, waiting=queue, prediction=prediction,
            )  # fmt: skip

    square = 4 * spec.manifest.input_size**2  # what was computed; `image.pixels` is as its heat
    return cache.made(asked, image.pixels.nbytes + square, make, _look_up)


def ask(spec: ModelSpec, question: Question, *arguments: Any, progress: Progress) -> Any:
    """Ask anything else of a network; see `Compute.ask`."""
    with _Queue() as queue:
        return compute().ask(spec, question, *arguments, progress=progress, waiting=queue)


def layers(spec: ModelSpec) -> tuple[str, ...]:
    """Layers that maps of a network can be read from, input side first."""
    return compute().layers(spec)


class _Queue:
    """Says how many are before this session, in the place that is kept for it."""

    def __enter__(self) -> _Queue:
        self.said = 0
        return self

    def __call__(self, before: int) -> None:
        _look_up()
        if before == self.said or _PLACE not in st.session_state:
            return
        self.said = before
        spot = st.session_state[_PLACE]
        if before:
            words = ngettext("{n} before you", "{n} before you", before).format(n=before)
            spot.badge(words, icon=":material/hourglass_top:", color="gray")
        else:
            spot.empty()

    def __exit__(self, *exception: object) -> None:
        if self.said and exception[0] is None:
            st.session_state[_PLACE].empty()
        _settle()


def _look_up() -> None:
    """Leave if this run is over: its page was left, or something else was chosen."""
    _PLACE in st.session_state  # noqa: B015  (any look into the session's state does)


def _settle() -> None:
    """Take what was loaded into this very process out of the garbage collector's sight.

    Only where ``GLASSBRAIN_COMPUTE`` is local: Streamlit collects garbage after every run,
    and walking TensorFlow's objects takes half a second in which no session runs.
    """
    if "tensorflow" in sys.modules:
        gc.collect()
        gc.freeze()
