"""Maps while they are drawn: what is asked, how far it is, and the way out.

A page that draws slow maps is not a fragment: Streamlit lets only a rerun of the whole
script interrupt a running one, so that Stop, or any other choice, takes effect after the
batch that is under way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from core.explain import METHODS, SaliencyMap
from core.explain.progress import Progress
from core.imaging import MRIImage
from core.registry import ModelSpec
from pages._ui.base import components, networks
from pages._ui.base.cache import Asked
from pages._ui.base.text import _, class_title, method_name

_STOPPED = "_stopped"


@dataclass(frozen=True)
class Question:
    """What every method is asked about a scan.

    Attributes
    ----------
    target : str
        A class.
    versus : str, optional
        Why `target` rather than this; methods that are the same for every class are not
        asked.
    layer : str, optional
        Where methods that read a layer read; the network's own otherwise.
    """

    target: str
    versus: str | None = None
    layer: str | None = None


def ask(spec: ModelSpec, image: MRIImage, method: str, question: Question) -> Asked:
    """Put the question to one method, as far as it can hear it."""
    chosen, m = METHODS[method], spec.manifest
    return Asked(
        image.sha256,
        image.frame,
        m.weights_sha256,
        method,
        question.target,
        question.versus if chosen.class_dependent else None,
        question.layer if chosen.takes_layer and question.layer != m.cam_layer else None,
    )


def draw(spec: ModelSpec, image: MRIImage, asked: Asked, progress: Progress) -> SaliencyMap:
    """Draw a map, once for each scan, weights and question."""
    return networks.explain(spec, image, asked, progress)


@contextmanager
def working(pending: Iterable[Asked], of: str) -> Iterator[Callable[[str], Progress]]:
    """Show a bar and a button that stops the work; yields what to tell the progress to.

    What is `pending` when the button is pressed is left alone until the person says go on.
    `of` tells several on a page apart.
    """
    place = st.empty()
    with place.container(key=f"working-{of}", gap="small"):
        bar = st.progress(0.0, _("Drawing"))
        st.button(
            _("Stop"), key=f"stop-{of}", icon=":material/stop_circle:", on_click=_stop,
            args=(frozenset(pending),),
        )  # fmt: skip

    def telling(words: str) -> Progress:
        def tell(done: int, total: int) -> None:
            bar.progress(done / total, words)

        tell(0, 1)
        return tell

    yield telling
    place.empty()


def stopped(asked: Asked) -> bool:
    """Whether the person stopped this."""
    return asked in st.session_state.get(_STOPPED, frozenset())


def resume(asked: Asked) -> None:
    """Say that this was stopped, and offer to go on after all."""
    with st.container(border=True, gap="small", key=f"stopped-{asked.what}-{asked.method}"):
        st.caption(_("Stopped before it was drawn."))
        st.button(
            _("Go on"), key=f"resume-{asked.what}-{asked.method}", icon=":material/play_arrow:",
            on_click=_go_on, args=(asked,),
        )  # fmt: skip


def stamp(spec: ModelSpec, drawn: SaliencyMap) -> None:
    """Say under a map which method, question, preprocessing and weights it rests on."""
    method, p = METHODS[drawn.method], spec.manifest.preprocess
    facts = [method_name(drawn.method)]
    if method.class_dependent:
        answer = class_title(drawn.target)
        facts = [_("{method} of {answer}").format(method=facts[0], answer=answer)]
        if drawn.versus:
            facts.append(_("rather than {other}").format(other=class_title(drawn.versus)))
    if drawn.layer:
        facts.append(_("layer {name}").format(name=drawn.layer))
    facts.append(f"{p.id} v{p.version}")
    if method.family != "control":
        facts.append(_("weights {sha}").format(sha=spec.manifest.weights_sha256[:12]))
    components.provenance(facts, drawn.method)


def _stop(pending: frozenset[Asked]) -> None:
    st.session_state[_STOPPED] = st.session_state.get(_STOPPED, frozenset()) | pending


def _go_on(asked: Asked) -> None:
    st.session_state[_STOPPED] = st.session_state[_STOPPED] - {asked}


def method_title(name: str) -> str:
    """Name a method; controls are named as such."""
    title = method_name(name)
    if METHODS[name].family == "control":
        return _("{method} (control)").format(method=title)
    return title
