"""The parts of one reading: the answer, the map, the model's-eye view, the downloads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.ensemble import Vote
from core.explain import METHODS, overlay
from core.explain.gradcam import grad_cam
from core.imaging import MRIImage
from core.inference import Prediction
from core.labels import CLASS_NAMES, class_index
from core.preprocess import FloatImage
from core.registry import ModelSpec
from core.report import record, to_csv
from pages._ui import cache, components, state
from pages._ui.models_eye import models_eye
from pages._ui.state import Scan
from pages._ui.text import _, class_title, percent

METHOD = METHODS["gradcam"]
PREDICTED = "predicted"
_OUTLINE = (94, 234, 242)  # cyan: on no heat scale, and no class's colour


@dataclass(frozen=True)
class Look:
    """How a map is drawn, and of which class."""

    target: str
    opacity: float
    colour_map: overlay.ColourMap
    lesion: NDArray[np.float64] | None


def answer(
    scan: Scan, title: str, outcome: Prediction | Vote, threshold: float | None, unseen: bool
) -> None:
    """Give the class or the abstention, the four probabilities, and what the source says."""
    best = class_title(outcome.class_name)
    share = percent(float(outcome.probabilities.max()))
    if outcome.abstained:
        st.subheader(_("Not confident enough to say"), anchor=False)
        limit = percent(threshold or 0.0)
        st.caption(
            _("{model} would guess {answer} at {share}, under its threshold of {limit}.").format(
                model=title, answer=best, share=share, limit=limit
            )
        )
    else:
        st.subheader(best, anchor=False)
        st.caption(_("{model} gives it {share}.").format(model=title, share=share))
    components.probability_bars(outcome.probabilities)
    if scan.sample:
        st.caption(
            (
                _("The source says: {answer}. This patient was not in training.")
                if unseen
                else _("The source says: {answer}. This model may have seen this patient.")
            ).format(answer=class_title(scan.sample.label))
        )


def controls(lesion: NDArray[np.float64] | None, predicted: str) -> Look:
    """Choose the class that the map explains, and how it is drawn."""
    options = (PREDICTED, *CLASS_NAMES)
    state.linked("target", options, PREDICTED)
    st.pills(
        _("Map for"),
        options,
        format_func=lambda name: _("Predicted") if name == PREDICTED else class_title(name),
        key="target",
        required=True,
        wrap=True,
    )
    state.remember("target", PREDICTED)
    opacity = st.slider(
        _("Opacity of the map"),
        0,
        100,
        55,
        5,
        format="%d %%",
        key="opacity",
        persist_state="session",
    )
    colour_map = st.selectbox(
        _("Colour scale"), overlay.COLOUR_MAPS, format_func=str.capitalize, key="colour_map",
        persist_state="session",
    )  # fmt: skip
    if lesion is not None and not st.toggle(
        _("Lesion outline"),
        key="outline",
        persist_state="session",
        help=_("Where an expert of the source drew the tumour, in cyan."),
    ):
        lesion = None
    chosen = st.session_state["target"]
    target = predicted if chosen == PREDICTED else chosen
    return Look(target, opacity / 100, colour_map, lesion)


def scan_view(image: MRIImage, lesion: NDArray[np.float64] | None = None) -> None:
    """Show the scan as it came."""
    height, width = image.shape
    components.picture(
        _outlined(overlay.grey(overlay.shrink(image.pixels)), lesion),
        alt=_("The scan as it came"),
        caption=_("The scan, {width} × {height} px").format(width=width, height=height),
    )


def map_view(image: MRIImage, heat: FloatImage, look: Look, method: str) -> None:
    """Show the scan under its heat map, or a sentence where there is nothing to draw."""
    title = class_title(look.target)
    if not heat.any():
        st.info(
            _(
                "Nothing in this scan speaks for {answer}: no cell of the network's last layer "
                "adds to its score, so there is no map to draw."
            ).format(answer=title),
            icon=":material/layers_clear:",
        )
        return
    pixels, heat = overlay.shrink(image.pixels), overlay.shrink(heat)
    rgb = overlay.overlay(pixels, heat, look.opacity, look.colour_map)
    components.picture(
        _outlined(rgb, look.lesion),
        alt=_("Heat map of the evidence for {answer} over the scan").format(answer=title),
        caption=_("{method}: what speaks for {answer}").format(method=method, answer=title),
    )
    ramp = np.repeat(np.linspace(0, 1, 256, dtype=np.float32)[None], 6, 0)
    components.picture(
        overlay.colourise(ramp, look.colour_map),
        alt=_("Colour scale from no evidence on the left to the most on the right"),
        caption=_("no evidence → the most in this scan"),
    )


def downloads(
    image: MRIImage, name: str, row: dict[str, Any], heat: FloatImage, look: Look
) -> None:
    """Offer the map at the scan's own size, and the reading with its provenance."""
    stem = f"glassbrain-{image.sha256[:8]}-{name}-{look.target}"

    def full_size() -> bytes:
        rgb = overlay.overlay(image.pixels, heat, look.opacity, look.colour_map)
        return overlay.png(_outlined(rgb, look.lesion))

    def button(label: str, data: object, suffix: str, mime: str, icon: str) -> None:
        st.download_button(
            label, data, f"{stem}.{suffix}", mime, f"download-{suffix}",
            on_click="ignore", icon=f":material/{icon}:",
        )  # fmt: skip

    with st.container(horizontal=True):
        if heat.any():
            button(_("Map as PNG"), full_size, "png", "image/png", "image")
        reading = json.dumps(row, indent=2)
        button(_("Reading as JSON"), reading, "json", "application/json", "data_object")
        button(_("Reading as CSV"), to_csv([row]), "csv", "text/csv", "table_view")


def stamp(spec: ModelSpec, prediction: Prediction, look: Look) -> None:
    """Say which weights, file, method, class and preprocessing the map rests on."""
    p = spec.manifest.preprocess
    components.provenance(
        (
            spec.manifest.title,
            _("weights {sha}").format(sha=prediction.weights_sha256[:12]),
            _("image {sha}").format(sha=prediction.image_sha256[:12]),
            _("{method} of {answer}").format(method=METHOD.title, answer=class_title(look.target)),
            f"{p.id} v{p.version}",
            _("{ms} ms").format(ms=f"{prediction.latency_ms:.0f}"),
        )
    )


@st.fragment
@components.guarded()
def reading(scan: Scan, spec: ModelSpec) -> None:
    """Read one scan with one model; choices about the map rerun only this."""
    image = scan.image
    assert image is not None
    panel, light_box = st.columns([1, 2.6], gap="medium")
    left, right = light_box.columns(2, gap="small")
    lesion = None if scan.sample is None else scan.sample.lesion
    with left:  # at once, while the network may still be loading
        scan_view(image, lesion if st.session_state.get("outline") else None)
    wait = _("Reading with {model}; the first time, the network is loaded, which takes seconds.")
    with panel:
        with st.spinner(wait.format(model=spec.manifest.title)):
            prediction = cache.predict(spec, image)
        m = spec.manifest
        unseen = m.training.protocol == "unseen-patients"
        answer(scan, m.title, prediction, m.abstain_threshold, unseen)
        look = controls(lesion, prediction.class_name)
    heat = grad_cam(prediction, look.target)
    with right:
        map_view(image, heat, look, METHOD.title)
    with light_box:
        stamp(spec, prediction, look)
        row = record(prediction, image, m, method=METHOD.name, target=look.target)
        downloads(image, spec.name, row, heat, look)
    models_eye(image, spec, prediction, class_index(look.target), look.colour_map)


def _outlined(rgb: NDArray[np.uint8], lesion: NDArray[np.float64] | None) -> NDArray[np.uint8]:
    return rgb if lesion is None else overlay.outline(rgb, lesion, _OUTLINE)
