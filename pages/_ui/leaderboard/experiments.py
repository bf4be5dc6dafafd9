"""What outlines and counterfactual pictures do: runs with and without them, side by side."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.evaluate.saliency.read import Measure
from core.experiments import Experiment, read_experiments
from core.figure import Figure
from core.manifest import Training
from core.settings import Settings
from pages._ui.base import developers
from pages._ui.base.text import _, plain, proportion, sentence
from pages._ui.figures import wording

COMMAND = "python -m core evaluate-experiment --name NAME --run DIR --data DIR --other DIR"


def table() -> None:
    """Show each compared run: what it was taught with, and what came of it."""
    st.header(_("What do outlines and counterfactual pictures do?"), anchor=False)
    found, problems = read_experiments(Settings().models_dir)
    for problem in problems:
        st.warning(sentence(problem), icon=":material/rule:")
    if not found:
        st.caption(
            _(
                "Not measured: no run without outlines or without counterfactual pictures is "
                "stored, so what they do is not shown."
            )
        )
        developers.command(COMMAND)
        return
    st.table(
        pd.DataFrame(map(_line, found)),
        border="horizontal",
        hide_index=True,
        alt=_("Runs with and without outlines and counterfactual pictures, and their figures"),
    )
    st.caption(
        _(
            "One seed each. Accuracy: all images of unseen patients. Pointing, deletion and "
            "insertion: Grad-CAM at the last layer, for the class in question; in deletion less "
            "is better. Other sources: tumours found there, and tumour-free scans called so, by "
            "the largest probability. Ranges are 95 % intervals over patients or families."
        )
    )
    with st.expander(_("Which files these figures come from"), icon=":material/fingerprint:"):
        for one in found:
            sha = one.metrics.predictions_sha256[:12]
            st.caption(
                _("{name}: weights {weights}, predictions {sha}").format(
                    name=plain(one.name),
                    weights=one.manifest.weights_sha256[:12],
                    sha=sha,
                )
            )
        developers.lines(one.manifest.training.command for one in found)


def _line(one: Experiment) -> dict[str, str]:
    t, other = one.manifest.training, one.other
    accuracy = one.metrics.images["all"].figures["accuracy"]
    return {
        _("Network"): one.manifest.title,
        _("Run"): _("ships") if one.shipped else one.name,
        _("Outlines"): f"{t.guide:g}" if t.guide else _("none"),
        _("Counterfactual pictures"): _share(t),
        _("Accuracy"): wording.with_span("accuracy", accuracy),
        _("Pointing"): _measure(one.maps.get("pointing"), "accuracy"),
        _("Deletion"): _measure(one.maps.get("deletion"), "mcc"),
        _("Insertion"): _measure(one.maps.get("insertion"), "mcc"),
        _("Tumours found elsewhere"): _figure(other.found if other else None),
        _("Tumour-free right elsewhere"): _figure(other.free if other else None),
    }


def _share(t: Training) -> str:
    if not t.counterfactual.share:
        return _("none")
    return proportion(t.counterfactual.share)


def _figure(figure: Figure | None) -> str:
    return wording.with_span("accuracy", figure) if figure else _("not measured")


def _measure(measure: Measure | None, figure: str) -> str:
    if measure is None:
        return _("not measured")
    span = Figure(value=measure.value, ci_low=measure.ci_low, ci_high=measure.ci_high)
    return wording.with_span(figure, span)
