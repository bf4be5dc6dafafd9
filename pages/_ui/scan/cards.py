"""A network's answer to one scan on a card: its class, how sure it is, its map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.ensemble import EnsembleSpec, Vote, vote
from core.evaluate.make.ensemble import mean_probabilities
from core.explain.drawing import FLAT, why_empty
from core.explain.gradcam import grad_cam
from core.imaging import MRIImage
from core.inference import Prediction
from core.labels import CLASS_NAMES, class_index
from core.registry import ModelSpec
from core.reports import words
from pages._ui.base import components
from pages._ui.base.text import _, class_title, percent, report_language
from pages._ui.scan import gate, looks, verdicts
from pages._ui.scan.looks import Look

SIDE = 640  # px of a picture in the grid


@dataclass(frozen=True)
class AllAnswers:
    """What all networks say of one scan.

    Attributes
    ----------
    specs : dict of str to ModelSpec
    predictions : dict of str to Prediction
    outcome : Vote or None
        Of the stored ensemble.
    """

    specs: Mapping[str, ModelSpec]
    predictions: Mapping[str, Prediction]
    outcome: Vote | None

    @property
    def leading(self) -> str:
        """The ensemble's class; without one, that of the mean probabilities of all."""
        if self.outcome:
            return self.outcome.class_name
        shares = [p.probabilities.astype(np.float64) for p in self.predictions.values()]
        return CLASS_NAMES[int(mean_probabilities(shares).argmax())]


def gather(
    specs: Mapping[str, ModelSpec],
    predictions: Mapping[str, Prediction],
    ensemble: EnsembleSpec | None,
) -> AllAnswers:
    """Let the ensemble vote with its members' answers; it needs them all."""
    members = [predictions.get(member.name) for member in ensemble.members] if ensemble else []
    given = [prediction for prediction in members if prediction]
    whole = ensemble is not None and len(given) == len(members)
    return AllAnswers(specs, predictions, vote(ensemble, given) if ensemble and whole else None)


def card(image: MRIImage, spec: ModelSpec, prediction: Prediction, look: Look) -> None:
    """Show one network: its class, how sure it is, and where its Grad-CAM lies."""
    with st.container(gap="xsmall", key=f"card-{spec.name}"):
        st.markdown(f"**{spec.manifest.title}**")
        heat = grad_cam(prediction, look.target, SIDE)
        cells = prediction.class_maps[..., class_index(look.target)]
        flat = FLAT if why_empty(cells) == FLAT else None
        map_picture(image, heat, look, spec.manifest.title, empty=flat)
        if heat.any():
            verdicts.badge(verdicts.of(spec, verdicts.FREE, look.target))
        st.markdown(said(prediction))
        components.provenance(
            (
                _("Grad-CAM of {answer}").format(answer=class_title(look.target)),
                _("layer {name}").format(name=spec.manifest.cam_layer),
                _("weights {sha}").format(sha=prediction.weights_sha256[:12]),
            ),
            spec.name,
        )


def said(prediction: Prediction) -> str:
    """Give an answer with its probability, in one line; of what the gate stops, if asked for."""
    if prediction.verdict == "outside" and not gate.withheld(prediction):
        share = percent(float(prediction.probabilities.max()))
        return _("all the same: {answer}, {share}").format(
            answer=class_title(prediction.class_name), share=share
        )
    return words.line(prediction, report_language())


def map_picture(
    image: MRIImage,
    heat: NDArray[np.float32],
    look: Look,
    title: str,
    caption: str | None = None,
    empty: str | None = None,
) -> None:
    """Show a map over its scan at the size of a card, or say that there is nothing to draw.

    `empty` is a sentence of its own (a message id) for why `heat` is all zero.
    """
    if not heat.any():
        nothing = _("Nothing here speaks for {answer}.").format(answer=class_title(look.target))
        st.info(_(empty) if empty else nothing, icon=":material/layers_clear:")
        return
    components.picture(
        looks.blended(image, heat, look, SIDE),
        alt=_("Heat map of {model}").format(model=title),
        caption=caption,
    )
