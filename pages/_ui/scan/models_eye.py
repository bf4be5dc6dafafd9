"""What the network itself got, and the cells that its map is made of."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.explain import overlay
from core.imaging import MRIImage
from core.inference import Prediction
from core.preprocess import Geometry, prepare
from core.registry import ModelSpec
from pages._ui.base import components
from pages._ui.base.text import _

_BRASS = (216, 177, 90)  # the accent of the theme


def models_eye(
    image: MRIImage,
    spec: ModelSpec,
    prediction: Prediction,
    target: int,
    colour_map: overlay.ColourMap,
) -> None:
    """Show what the network got, and the cells that its map is made of."""
    m = spec.manifest
    cells = np.maximum(prediction.class_maps[..., target], 0)
    rows, columns = cells.shape
    square, geometry = prepare(
        image.pixels,
        m.input_size,
        crop=m.preprocess.params.crop,
        version=m.preprocess.version,
    )
    st.header(_("The model's-eye view"), anchor=False)
    kept = (
        _("The network never sees the scan itself: it is cut to the head, padded to a square "
          "and resized.")
        if m.preprocess.params.crop
        else _("The network never sees the scan itself: it is padded to a square and resized.")
    )  # fmt: skip
    cells_say = _(
        "Its last layer then speaks in {rows} × {columns} cells; Grad-CAM is drawn between them "
        "and is no finer than they are."
    )
    st.caption(f"{kept} {cells_say.format(rows=rows, columns=columns)}")
    whole = overlay.grey(overlay.shrink(image.shown))
    frame, given, coarse = st.columns(3, gap="small")
    with frame:
        components.picture(
            overlay.outline(whole, _corners(geometry), _BRASS),
            alt=_("The scan with a rectangle around the part that is kept"),
            caption=_("1. What is kept of the scan"),
        )
    with given:
        components.picture(
            overlay.grey(square),
            alt=_("The square picture that the network received"),
            caption=_("2. What the network got, {side} × {side} px").format(side=m.input_size),
        )
    with coarse:
        peak = cells.max()
        scale = max(1, m.input_size * 2 // max(rows, columns))
        blocks = np.kron(cells / peak if peak > 0 else cells, np.ones((scale, scale), np.float32))
        components.picture(
            overlay.colourise(blocks.astype(np.float32), colour_map),
            alt=_("The map as {rows} by {columns} flat cells").format(rows=rows, columns=columns),
            caption=_("3. What its last layer says, {rows} × {columns} cells").format(
                rows=rows, columns=columns
            ),
        )


def _corners(geometry: Geometry) -> NDArray[np.float64]:
    """Outline the kept part as a polygon in 0..1 of the frame, a little inside its edge."""
    height, width = geometry.source_shape
    b = geometry.box
    x = np.clip(np.array([b.left, b.right]) / width, 0.004, 0.996)
    y = np.clip(np.array([b.top, b.bottom]) / height, 0.004, 0.996)
    return np.array([[x[0], y[0]], [x[1], y[0]], [x[1], y[1]], [x[0], y[1]]])
