"""The parts of one reading: the answer, the map, the model's-eye view, the downloads."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.ensemble import Vote
from core.explain import METHODS
from core.explain.drawing import FLAT, why_empty
from core.explain.gradcam import grad_cam
from core.imaging import MRIImage
from core.inference import Prediction
from core.labels import class_index
from core.preprocess import FloatImage
from core.registry import ModelSpec
from core.report import csv_bytes, record
from core.reports import words
from pages._ui.base import cache, components, networks, state
from pages._ui.base.text import _, class_title, method_name, report_language
from pages._ui.base.uploads import Scan
from pages._ui.scan import exports, gate, looks, maps, recognised, scorecard, takehome, verdicts
from pages._ui.scan.looks import Look
from pages._ui.scan.maps import Question, method_title
from pages._ui.scan.models_eye import models_eye
from pages._ui.scan.takehome import Pdf

FREE = scorecard.FALLBACK


def answer(scan: Scan, title: str, outcome: Prediction | Vote, unseen: bool) -> bool:
    """Give the class or what is said in its place, the probabilities, what the source says.

    Returns
    -------
    bool
        Whether there is an answer to go on with: none is shown of what the gate stops.
    """
    if outcome.verdict == "outside":
        if not gate.headline(outcome):
            return False
        st.caption(words.anyway(outcome, title, report_language()))
    else:
        said, sentence = words.verdict(outcome, title, report_language())
        heads(title, said, recognised.otherwise(scan, outcome))
        st.caption(sentence)
    components.probability_bars(outcome.probabilities)
    if scan.sample:
        st.caption(components.source_says(scan.sample, unseen))
    return True


def heads(title: str, said: str, source: str) -> None:
    """Give the answer; where the scan's source says otherwise, both at equal size.

    Parameters
    ----------
    title, said : str
        Who answers, and the answer, or what is said in its place.
    source : str
        The class of the source where it is another.
    """
    if not source:
        st.subheader(said, anchor=False)
        return
    both = (title, said), (_("Its source"), source)
    for place, (who, what) in zip(st.columns(2, gap="small"), both, strict=True):
        with place:
            st.caption(who)
            st.subheader(what, anchor=False)


def downloads(
    image: MRIImage,
    name: str,
    row: dict[str, Any],
    heat: FloatImage,
    look: Look,
    report: Pdf,
    told: Sequence[str],
) -> None:
    """Offer the map as a picture, its legend `told` on request, and the reading as data."""
    stem = f"glassbrain-{image.sha256[:8]}-{name}-{look.target}"

    wanted = heat.any() and exports.legend()

    def full_size() -> bytes:
        return exports.picture(image, heat, look, told if wanted else None)

    def button(
        label: str, data: str | bytes | Callable[[], bytes], suffix: str, mime: str, icon: str
    ) -> None:
        st.download_button(
            label, data, f"{stem}.{suffix}", mime, f"download-{suffix}",
            on_click="ignore", icon=f":material/{icon}:",
        )  # fmt: skip

    with st.container(horizontal=True):
        button(_("Report as PDF"), report, "pdf", "application/pdf", "picture_as_pdf")
        if heat.any():
            button(_("Map as PNG"), full_size, "png", "image/png", "image")
        reading = json.dumps(row, indent=2)
        button(_("Reading as JSON"), reading, "json", "application/json", "data_object")
        button(_("Reading as CSV"), csv_bytes([row]), "csv", "text/csv", "table_view")
        takehome.link(("sample", "model", "method", "target"))


def stamp(spec: ModelSpec, prediction: Prediction, method: str, look: Look) -> None:
    """Say which weights, file, method, class and preprocessing the map rests on."""
    p = spec.manifest.preprocess
    title = method_name(method)
    components.provenance(
        (
            spec.manifest.title,
            _("weights {sha}").format(sha=prediction.weights_sha256[:12]),
            _("image {sha}").format(sha=prediction.image_sha256[:12]),
            _("{method} of {answer}").format(method=title, answer=class_title(look.target)),
            f"{p.id} v{p.version}",
            _("{ms} ms").format(ms=f"{prediction.latency_ms:.0f}"),
        )
    )


@components.guarded()
def reading(scan: Scan, spec: ModelSpec) -> None:
    """Read one scan with one model."""
    image = scan.image
    assert image is not None
    with st.container(key="light-box"):
        panel, light_box = st.columns([1, 2.6], gap="medium")
    left, right = light_box.columns(2, gap="small")
    lesion = None if scan.sample is None else scan.sample.lesion
    with left:  # at once, while the network may still be loading
        looks.scan_view(image, lesion if st.session_state.get("outline") else None)
    wait = _("Reading with {model}; the first time, the network is loaded, which takes seconds.")
    with panel:
        with st.spinner(wait.format(model=spec.manifest.title)):
            prediction = networks.predict(spec, image)
        m = spec.manifest
        unseen = spec.samples_are_unseen
        if not answer(scan, m.title, prediction, unseen):
            return
        with st.container(key="map-controls"):
            method = ask_method(spec)
            look = looks.controls(lesion, prediction.class_name)
    with right:
        heat = method_map(image, spec, prediction, method, look)
    with light_box:
        stamp(spec, prediction, method, look)
        if heat is not None:
            row = record(prediction, image, m, method=method, target=look.target)
            report = takehome.report(scan, spec, prediction, heat, look, method)
            told = exports.lines(m.title, method_name(method), look.target)
            downloads(image, spec.name, row, heat, look, report, told)
    models_eye(image, spec, prediction, class_index(look.target), look.colour_map)


def ask_method(spec: ModelSpec) -> str:
    """Choose the saliency method: the one that the measures favour, unless another is asked."""
    first = scorecard.favourite(spec)
    state.follow_default("method", first)
    state.linked("method", list(METHODS), first)
    st.selectbox(
        _("Method"), list(METHODS), format_func=method_title, key="method",
        help=_("The page Explain shows several side by side, and puts them to the test."),
    )  # fmt: skip
    state.remember("method", first)
    st.caption(scorecard.why(spec))
    return str(st.session_state["method"])


def method_map(
    image: MRIImage, spec: ModelSpec, prediction: Prediction, method: str, look: Look
) -> FloatImage | None:
    """Show one method's map and its scorecard; None where it was stopped."""
    empty, pixelwise = None, False
    if method == FREE:
        heat = grad_cam(prediction, look.target)
        cells = prediction.class_maps[..., class_index(look.target)]
        empty = FLAT if why_empty(cells) == FLAT else None
    else:
        asked = maps.ask(spec, image, method, Question(look.target))
        if maps.stopped(asked) and not cache.known(asked):
            maps.resume(asked)
            return None
        with maps.working([asked], "map") as telling:
            drawing = _("Drawing {method}").format(method=method_name(method))
            drawn = maps.draw(spec, image, asked, telling(drawing))
        heat, empty, pixelwise = drawn.shown, drawn.empty, drawn.pixelwise
    looks.map_view(image, heat, look, method, method_name(method), empty, pixelwise=pixelwise)
    if heat.any():
        verdicts.badge(verdicts.of(spec, method, look.target))
    scorecard.line(spec, method, look.target)
    return heat
