"""One scan read by the ensemble: its answer, its members' answers, their maps together."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.ensemble import EnsembleSpec, Vote, consensus, vote
from core.evaluate.stored.layout import ENSEMBLE
from core.explain import overlay
from core.explain.gradcam import grad_cam
from core.imaging import MRIImage
from pages._ui.base import components, networks
from pages._ui.base.grid import grid
from pages._ui.base.text import _
from pages._ui.base.uploads import Scan
from pages._ui.scan import cards, exports, looks, reading, takehome, verdicts


@st.fragment
@components.guarded()
def read(scan: Scan, ensemble: EnsembleSpec) -> None:
    """Read one scan with all members; choices about the map rerun only this."""
    image = scan.image
    assert image is not None
    with st.container(key="light-box"):
        panel, light_box = st.columns([1, 2.6], gap="medium")
    left, right = light_box.columns(2, gap="small")
    lesion = None if scan.sample is None else scan.sample.lesion
    with left:
        looks.scan_view(image, lesion if st.session_state.get("outline") else None)
    with panel:
        with st.spinner(_("Reading with every member; the first time, networks are loaded.")):
            outcome = vote(ensemble, [networks.predict(spec, image) for spec in ensemble.members])
        unseen = all(spec.samples_are_unseen for spec in ensemble.members)
        if not reading.answer(scan, _("The ensemble"), outcome, unseen):
            return
        with st.container(key="map-controls"):
            look = looks.controls(lesion, outcome.class_name)
    heat = consensus(outcome.predictions, look.target)
    with right:
        looks.map_view(image, heat, look, "gradcam", _("Mean of the members' Grad-CAM"))
        if heat.any():
            verdicts.badge(verdicts.of_mean(ensemble.members, look.target))
    with light_box:
        components.provenance(
            [
                _("image {sha}").format(sha=image.sha256[:12]),
                *(f"{p.model} {p.weights_sha256[:12]}" for p in outcome.predictions),
            ]
        )
        row = outcome.record() | {"explanation": {"method": "gradcam", "target": look.target}}
        report = takehome.report(scan, ensemble, outcome, heat, look, reading.FREE)
        told = exports.lines(_("The ensemble"), _("Mean of the members' Grad-CAM"), look.target)
        reading.downloads(image, ENSEMBLE, row, heat, look, report, told)
    members(image, ensemble, outcome, look)


def members(image: MRIImage, ensemble: EnsembleSpec, outcome: Vote, look: looks.Look) -> None:
    """Show what each member says, and where it looks."""
    agree = sum(p.class_name == outcome.class_name for p in outcome.predictions)
    st.header(_("Its members"), anchor=False)
    st.caption(
        _(
            "Validation images picked these networks; the answer is the mean of their calibrated "
            "probabilities. {agree} of {all} give the same class."
        ).format(agree=agree, all=len(outcome.predictions))
    )
    pixels = overlay.shrink(image.shown)
    with grid(4, min_column_width=180):
        for spec, p in zip(ensemble.members, outcome.predictions, strict=True):
            with st.container():
                heat = grad_cam(p, look.target, max(pixels.shape))
                title = spec.manifest.title
                components.picture(
                    overlay.overlay(pixels, np.asarray(heat), look.opacity, look.colour_map),
                    alt=_("Heat map of {model}").format(model=title),
                )
                if heat.any():
                    verdicts.badge(verdicts.of(spec, verdicts.FREE, look.target))
                st.caption(f"**{title}** · {cards.said(p)}")
