"""One scan read by the ensemble: its answer, its members' answers, their maps together."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.ensemble import EnsembleSpec, Vote, consensus, vote
from core.evaluate.layout import ENSEMBLE
from core.explain import overlay
from core.explain.gradcam import grad_cam
from core.imaging import MRIImage
from pages._ui import cache, components, looks, reading, takehome
from pages._ui.grid import grid
from pages._ui.state import Scan
from pages._ui.text import _, class_title, percent


@st.fragment
@components.guarded()
def read(scan: Scan, ensemble: EnsembleSpec) -> None:
    """Read one scan with all members; choices about the map rerun only this."""
    image = scan.image
    assert image is not None
    panel, light_box = st.columns([1, 2.6], gap="medium")
    left, right = light_box.columns(2, gap="small")
    lesion = None if scan.sample is None else scan.sample.lesion
    with left:
        looks.scan_view(image, lesion if st.session_state.get("outline") else None)
    with panel:
        with st.spinner(_("Reading with every member; the first time, networks are loaded.")):
            outcome = vote(ensemble, [cache.predict(spec, image) for spec in ensemble.members])
        unseen = all(
            spec.manifest.training.protocol == "unseen-patients" for spec in ensemble.members
        )
        threshold = ensemble.abstain_threshold
        reading.answer(scan, _("The ensemble"), outcome, threshold, unseen)
        look = looks.controls(lesion, outcome.class_name)
    heat = consensus(outcome.predictions, look.target)
    with right:
        looks.map_view(image, heat, look, _("Mean of the members' Grad-CAM"))
    with light_box:
        components.provenance(
            [
                _("image {sha}").format(sha=image.sha256[:12]),
                *(f"{p.model} {p.weights_sha256[:12]}" for p in outcome.predictions),
            ]
        )
        row = outcome.record() | {"explanation": {"method": "gradcam", "target": look.target}}
        report = takehome.report(scan, ensemble, outcome, heat, look, reading.FREE)
        reading.downloads(image, ENSEMBLE, row, heat, look, report)
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
    pixels = overlay.shrink(image.pixels)
    with grid(4, min_column_width=180):
        for spec, p in zip(ensemble.members, outcome.predictions, strict=True):
            with st.container():
                heat = overlay.shrink(grad_cam(p, look.target))
                title = spec.manifest.title
                components.picture(
                    overlay.overlay(pixels, np.asarray(heat), look.opacity, look.colour_map),
                    alt=_("Heat map of {model}").format(model=title),
                )
                said = class_title(p.class_name)
                share = percent(float(p.probabilities.max()))
                st.caption(f"**{title}** · {said}, {share}")
