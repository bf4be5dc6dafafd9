"""The parts of one reading: the answer, the map, the model's-eye view, the downloads."""

from __future__ import annotations

import json
from dataclasses import dataclass

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.explain import METHODS, overlay
from core.explain.gradcam import grad_cam
from core.imaging import MRIImage
from core.inference import Prediction
from core.labels import CLASS_NAMES, class_index
from core.preprocess import FloatImage, Geometry, prepare
from core.registry import ModelSpec
from core.report import record, to_csv
from pages._ui import cache, components, state
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


def answer(scan: Scan, spec: ModelSpec, prediction: Prediction) -> None:
    """Give the class or the abstention, the four probabilities, and what the source says."""
    best = class_title(prediction.class_name)
    share = percent(float(prediction.probabilities.max()))
    if prediction.abstained:
        st.subheader(_("Not confident enough to say"), anchor=False)
        threshold = percent(spec.manifest.abstain_threshold or 0.0)
        st.caption(
            _("{model} would guess {answer} at {share}, under its threshold of {limit}.").format(
                model=spec.manifest.title, answer=best, share=share, limit=threshold
            )
        )
    else:
        st.subheader(best, anchor=False)
        st.caption(
            _("{model} gives it {share}.").format(model=spec.manifest.title, share=share),
        )
    components.probability_bars(prediction.probabilities)
    if scan.sample:
        unseen = spec.manifest.training.protocol == "unseen-patients"
        st.caption(
            (
                _("The source says: {answer}. This patient was not in training.")
                if unseen
                else _("The source says: {answer}. This model may have seen this patient.")
            ).format(answer=class_title(scan.sample.label))
        )


def controls(lesion: NDArray[np.float64] | None, prediction: Prediction) -> Look:
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
    target = prediction.class_name if chosen == PREDICTED else chosen
    return Look(target, opacity / 100, colour_map, lesion)


def scan_view(image: MRIImage, lesion: NDArray[np.float64] | None = None) -> None:
    """Show the scan as it came."""
    height, width = image.shape
    components.picture(
        _outlined(_rgb(overlay.shrink(image.pixels)), lesion),
        alt=_("The scan as it came"),
        caption=_("The scan, {width} × {height} px").format(width=width, height=height),
    )


def map_view(image: MRIImage, heat: FloatImage, look: Look) -> None:
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
        caption=_("{method}: what speaks for {answer}").format(method=METHOD.title, answer=title),
    )
    ramp = np.repeat(np.linspace(0, 1, 256, dtype=np.float32)[None], 6, 0)
    components.picture(
        overlay.colourise(ramp, look.colour_map),
        alt=_("Colour scale from no evidence on the left to the most on the right"),
        caption=_("no evidence → the most in this scan"),
    )


def models_eye(image: MRIImage, spec: ModelSpec, prediction: Prediction, look: Look) -> None:
    """Show what the network got, and the cells that its map is made of."""
    m = spec.manifest
    cells = np.maximum(prediction.class_maps[..., class_index(look.target)], 0)
    rows, columns = cells.shape
    square, geometry = prepare(image.pixels, m.input_size, crop=m.preprocess.params.crop)
    st.header(_("The model's-eye view"), anchor=False)
    kept = (
        _("The network never sees the scan itself: it is cut to the head, padded to a square "
          "and resized.")
        if m.preprocess.params.crop
        else _("The network never sees the scan itself: it is padded to a square and resized.")
    )  # fmt: skip
    cells_say = _(
        "Its last layer then speaks in {rows} × {columns} cells; the smooth map above is drawn "
        "between them and is no finer than they are."
    )
    st.caption(f"{kept} {cells_say.format(rows=rows, columns=columns)}")
    frame, given, coarse = st.columns(3, gap="small")
    with frame:
        components.picture(
            overlay.outline(_rgb(overlay.shrink(image.pixels)), _corners(geometry), (216, 177, 90)),
            alt=_("The scan with a rectangle around the part that is kept"),
            caption=_("1. What is kept of the scan"),
        )
    with given:
        components.picture(
            _rgb(square),
            alt=_("The square picture that the network received"),
            caption=_("2. What the network got, {side} × {side} px").format(side=m.input_size),
        )
    with coarse:
        peak = cells.max()
        scale = max(1, m.input_size * 2 // max(rows, columns))
        blocks = np.kron(cells / peak if peak > 0 else cells, np.ones((scale, scale), np.float32))
        components.picture(
            overlay.colourise(blocks.astype(np.float32), look.colour_map),
            alt=_("The map as {rows} by {columns} flat cells").format(rows=rows, columns=columns),
            caption=_("3. What its last layer says, {rows} × {columns} cells").format(
                rows=rows, columns=columns
            ),
        )


def downloads(
    image: MRIImage, spec: ModelSpec, prediction: Prediction, heat: FloatImage, look: Look
) -> None:
    """Offer the map at the scan's own size, and the reading with its provenance."""
    stem = f"glassbrain-{image.sha256[:8]}-{spec.name}-{look.target}"
    row = record(prediction, image, spec.manifest, method=METHOD.name, target=look.target)

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
        answer(scan, spec, prediction)
        look = controls(lesion, prediction)
    heat = grad_cam(prediction, look.target)
    with right:
        map_view(image, heat, look)
    with light_box:
        stamp(spec, prediction, look)
        downloads(image, spec, prediction, heat, look)
    models_eye(image, spec, prediction, look)


def _rgb(pixels: FloatImage) -> NDArray[np.uint8]:
    return cv2.cvtColor((pixels * 255).round().astype(np.uint8), cv2.COLOR_GRAY2RGB)


def _outlined(rgb: NDArray[np.uint8], lesion: NDArray[np.float64] | None) -> NDArray[np.uint8]:
    return rgb if lesion is None else overlay.outline(rgb, lesion, _OUTLINE)


def _corners(geometry: Geometry) -> NDArray[np.float64]:
    """Outline the kept part as a polygon in 0..1 of the frame, a little inside its edge."""
    height, width = geometry.source_shape
    b = geometry.box
    x = np.clip(np.array([b.left, b.right]) / width, 0.004, 0.996)
    y = np.clip(np.array([b.top, b.bottom]) / height, 0.004, 0.996)
    return np.array([[x[0], y[0]], [x[1], y[0]], [x[1], y[1]], [x[0], y[1]]])
