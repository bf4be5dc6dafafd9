"""One scan as every network sees it: the vote, the answers, where their maps agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import isnan
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.ensemble import EnsembleSpec, Vote, agreement, consensus, vote
from core.evaluate.ensemble import mean_probabilities
from core.explain.gradcam import grad_cam
from core.imaging import MRIImage
from core.inference import Prediction
from core.labels import CLASS_NAMES
from core.registry import ModelSpec
from pages._ui import components, looks, reading
from pages._ui.looks import Look
from pages._ui.state import Scan
from pages._ui.text import _, class_title, listed, ngettext, percent

STYLE = Path(__file__).with_name("board.css")  # the matrix looks like the leaderboard's
_SIDE = 640  # px of a picture in the grid


@dataclass(frozen=True)
class Answers:
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
) -> Answers:
    """Let the ensemble vote with the answers that its members have given."""
    outcome = vote(ensemble, [predictions[m.name] for m in ensemble.members]) if ensemble else None
    return Answers(specs, predictions, outcome)


def verdict(scan: Scan, answers: Answers, threshold: float | None) -> None:
    """Count the votes, and give the ensemble's answer where there is an ensemble."""
    if answers.outcome:
        unseen = all(
            s.manifest.training.protocol == "unseen-patients" for s in answers.specs.values()
        )
        reading.answer(scan, _("The ensemble"), answers.outcome, threshold, unseen)
    else:
        st.caption(_("No ensemble is stored yet; it takes two networks that validation picks."))
    votes = Counter(p.class_name for p in answers.predictions.values()).most_common()
    counts = listed(f"{class_title(name)} {n}" for name, n in votes)
    unsure = sum(p.abstained for p in answers.predictions.values())
    all_of_them = len(answers.predictions)
    st.markdown(
        ngettext("**{n} network asked:** {said}.", "**{n} networks asked:** {said}.", all_of_them)
        .format(n=all_of_them, said=counts)
    )  # fmt: skip
    if unsure:
        st.caption(
            ngettext(
                "{n} of them is under its own threshold and would rather not say.",
                "{n} of them are under their own threshold and would rather not say.",
                unsure,
            ).format(n=unsure)
        )


def card(image: MRIImage, spec: ModelSpec, prediction: Prediction, look: Look) -> None:
    """Show one network: its class, how sure it is, and where its Grad-CAM lies."""
    with st.container(gap="xsmall", key=f"card-{spec.name}"):
        st.markdown(f"**{spec.manifest.title}**")
        map_picture(image, grad_cam(prediction, look.target), look, spec.manifest.title)
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
    """Give an answer with its probability, in one line."""
    share, words = (
        percent(float(prediction.probabilities.max())),
        class_title(prediction.class_name),
    )
    if prediction.abstained:
        words = _("not confident; would guess {answer}").format(answer=words)
    return f"{words}, {share}"


def together(image: MRIImage, answers: Answers, look: Look) -> None:
    """Show where the networks look together, and how far each two of them agree."""
    predictions = list(answers.predictions.values())
    titles = [answers.specs[name].manifest.title for name in answers.predictions]
    if len(predictions) < 2:
        st.caption(_("It takes two trained networks to agree or not."))
        return
    left, right = st.columns([1, 1.9], gap="large")
    with left:
        heat = consensus(predictions, look.target)
        map_picture(image, heat, look, _("All networks together"))
        st.caption(
            _("Mean of all networks' Grad-CAMs of {answer}, each counting alike.").format(
                answer=class_title(look.target)
            )
        )
    with right:
        st.html(matrix(titles, agreement(predictions, look.target), class_title(look.target)))
        st.caption(
            _(
                "Spearman's rank correlation of the evidence for and against the class, place by "
                "place on the scan: 1 is the same order everywhere, 0 no relation, −1 the "
                "opposite. Networks that agree may be wrong together."
            )
        )


def matrix(titles: Sequence[str], values: NDArray[np.float64], answer: str) -> str:
    """Write a table of words and numbers whose shade only repeats the number."""
    heads = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles)
    body = ""
    for i, title in enumerate(titles):
        cells = "".join(_cell(float(value), i == j) for j, value in enumerate(values[i]))
        body += f'<tr><th scope="row">{escape(title)}</th>{cells}</tr>'
    caption = _("How far the maps of {answer} agree, network by network").format(answer=answer)
    return (
        f'<div class="gb-matrix"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(value: float, itself: bool) -> str:
    words = "–" if itself or isnan(value) else f"{value:.2f}".replace("-", "−")
    shade = 0.0 if itself or isnan(value) else max(0.0, value)
    return f'<td style="--gb-share:{shade:.3f}"><b>{words}</b></td>'


def map_picture(
    image: MRIImage,
    heat: NDArray[np.float32],
    look: Look,
    title: str,
    caption: str | None = None,
) -> None:
    """Show a map over its scan at the size of a card, or say that there is nothing to draw."""
    if not heat.any():
        st.info(
            _("Nothing here speaks for {answer}.").format(answer=class_title(look.target)),
            icon=":material/layers_clear:",
        )
        return
    components.picture(
        looks.blended(image, heat, look, _SIDE),
        alt=_("Heat map of {model}").format(model=title),
        caption=caption,
    )
