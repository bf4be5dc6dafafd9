"""The parts of one reading: the answer, the map, the model's-eye view, the downloads."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from core.ensemble import Vote
from core.explain import METHODS, overlay
from core.explain.gradcam import grad_cam
from core.imaging import MRIImage
from core.inference import Prediction
from core.labels import class_index
from core.preprocess import FloatImage
from core.registry import ModelSpec
from core.report import record, to_csv
from core.reports import words
from pages._ui import cache, components, looks, maps, scorecard, state, takehome
from pages._ui.explain_desk import method_title
from pages._ui.looks import Look
from pages._ui.maps import Question
from pages._ui.models_eye import models_eye
from pages._ui.state import Scan
from pages._ui.takehome import Pdf
from pages._ui.text import _, class_title, method_name, tongue

FREE = "gradcam"  # a prediction already holds its map


def answer(
    scan: Scan, title: str, outcome: Prediction | Vote, threshold: float | None, unseen: bool
) -> None:
    """Give the class or the abstention, the four probabilities, and what the source says."""
    said, sentence = words.verdict(outcome, title, threshold, tongue())
    st.subheader(said, anchor=False)
    st.caption(sentence)
    components.probability_bars(outcome.probabilities)
    if outcome.in_distribution is False:
        st.warning(_(words.FOREIGN), icon=":material/help:")
    if scan.sample:
        st.caption(components.source_says(scan.sample, unseen))


def downloads(
    image: MRIImage, name: str, row: dict[str, Any], heat: FloatImage, look: Look, report: Pdf
) -> None:
    """Offer the map at the scan's own size, and the reading with its provenance."""
    stem = f"glassbrain-{image.sha256[:8]}-{name}-{look.target}"

    def full_size() -> bytes:
        rgb = overlay.overlay(image.pixels, heat, look.opacity, look.colour_map)
        return overlay.png(looks.outlined(rgb, look.lesion))

    def button(label: str, data: object, suffix: str, mime: str, icon: str) -> None:
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
        button(_("Reading as CSV"), to_csv([row]), "csv", "text/csv", "table_view")
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
    panel, light_box = st.columns([1, 2.6], gap="medium")
    left, right = light_box.columns(2, gap="small")
    lesion = None if scan.sample is None else scan.sample.lesion
    with left:  # at once, while the network may still be loading
        looks.scan_view(image, lesion if st.session_state.get("outline") else None)
    wait = _("Reading with {model}; the first time, the network is loaded, which takes seconds.")
    with panel:
        with st.spinner(wait.format(model=spec.manifest.title)):
            prediction = cache.predict(spec, image)
        m = spec.manifest
        unseen = m.training.protocol == "unseen-patients"
        answer(scan, m.title, prediction, m.abstain_threshold, unseen)
        method = ask_method()
        look = looks.controls(lesion, prediction.class_name)
    with right:
        heat = method_map(image, spec, prediction, method, look)
    with light_box:
        stamp(spec, prediction, method, look)
        if heat is not None:
            row = record(prediction, image, m, method=method, target=look.target)
            report = takehome.report(scan, spec, prediction, heat, look, method)
            downloads(image, spec.name, row, heat, look, report)
    models_eye(image, spec, prediction, class_index(look.target), look.colour_map)


def ask_method() -> str:
    """Choose the saliency method; Grad-CAM, which costs nothing, unless another is asked for."""
    state.linked("method", list(METHODS), FREE)
    st.selectbox(
        _("Method"), list(METHODS), format_func=method_title, key="method",
        help=_("The page Explain shows several side by side, and puts them to the test."),
    )  # fmt: skip
    state.remember("method", FREE)
    return st.session_state["method"]


def method_map(
    image: MRIImage, spec: ModelSpec, prediction: Prediction, method: str, look: Look
) -> FloatImage | None:
    """Show one method's map and its scorecard; None where it was stopped."""
    empty = None
    if method == FREE:
        heat = grad_cam(prediction, look.target)
    else:
        asked = maps.ask(spec, image, method, Question(look.target))
        if maps.stopped(asked) and not cache.known(asked):
            maps.resume(asked)
            return None
        with maps.working([asked], "map") as telling:
            drawing = _("Drawing {method}").format(method=method_name(method))
            drawn = maps.draw(spec, image, asked, telling(drawing))
        heat, empty = drawn.heat, drawn.empty
    looks.map_view(image, heat, look, method_name(method), empty)
    scorecard.line(spec, method)
    return heat
