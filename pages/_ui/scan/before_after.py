"""One network before and after a change of the scan: its answers, its maps, what is new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from core.errors import GlassbrainError
from core.explain import overlay
from core.explain.gradcam import grad_cam
from core.imaging import MRIImage
from core.inference import Prediction
from core.labels import class_index
from core.registry import ModelSpec
from pages._ui.base import components, networks
from pages._ui.base.grid import grid
from pages._ui.base.text import _, class_title, ngettext, percent
from pages._ui.scan import gate, verdicts
from pages._ui.scan.cards import SIDE, map_picture, said
from pages._ui.scan.looks import Look


@dataclass(frozen=True)
class BeforeAfter:
    """A scan as it came and as it was changed; both the same object where nothing was."""

    before: MRIImage
    after: MRIImage


AnswersToBoth = Mapping[str, tuple[Prediction, Prediction]]  # network -> before, after


def ask(specs: Mapping[str, ModelSpec], pair: BeforeAfter) -> AnswersToBoth:
    """Let every network read both, under a bar."""
    bar, answers = st.empty(), {}
    for n, (name, spec) in enumerate(specs.items()):
        bar.progress(n / len(specs), _("Reading with {model}").format(model=spec.manifest.title))
        try:
            answers[name] = networks.predict(spec, pair.before), networks.predict(spec, pair.after)
        except GlassbrainError as error:  # the others answer all the same
            components.show_error(error)
    bar.empty()
    return answers


def cards(
    specs: Mapping[str, ModelSpec], pair: BeforeAfter, answers: AnswersToBoth, look: Look
) -> None:
    """Show a card for each network."""
    with grid(2, min_column_width=300, gap="medium"):
        for name, (before, after) in answers.items():
            with (
                components.guarded(),
                st.container(border=True, gap="xsmall", key=f"card-{name}", height="stretch"),
            ):
                _card(specs[name], pair, before, after, look)


def count(answers: AnswersToBoth) -> None:
    """Say how many networks answer otherwise, or what the gate says of the changed scan."""
    first, last = next(iter(answers.values()))  # the gate says the same for every network
    stopped = last if last.verdict == "outside" else first
    if not gate.headline(stopped):
        return
    changed = sum(before.class_name != after.class_name for before, after in answers.values())
    st.markdown(
        ngettext(
            "**{changed} of {n} network** answers otherwise than before.",
            "**{changed} of {n} networks** answer otherwise than before.",
            len(answers),
        ).format(changed=changed, n=len(answers))
    )


def verdict(before: Prediction, after: Prediction) -> None:
    """Say in a word and an icon whether the answer is another."""
    if gate.withheld(before) or gate.withheld(after):
        st.badge(_("Withheld"), icon=":material/block:", color="orange")
    elif before.class_name != after.class_name:
        st.badge(_("Answer changed"), icon=":material/swap_horiz:", color="red")
    elif after.verdict == "not ruled out" and before.verdict != after.verdict:
        st.badge(_("Tumour no longer ruled out"), icon=":material/help:", color="orange")
    elif after.verdict == "unsure" and before.verdict != after.verdict:
        st.badge(_("No longer confident"), icon=":material/help:", color="orange")
    else:
        st.badge(_("Same answer"), icon=":material/check:", color="gray")


def moved(before: Prediction, after: Prediction, target: str) -> str:
    """Say how the probability of a class moved."""
    first, last = (float(p.probabilities[class_index(target)]) for p in (before, after))
    return _("{answer}: {first} before, {last} after").format(
        answer=class_title(target), first=percent(first), last=percent(last)
    )


def _card(
    spec: ModelSpec, pair: BeforeAfter, before: Prediction, after: Prediction, look: Look
) -> None:
    title = spec.manifest.title
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.markdown(f"**{title}**", width="content")
        verdict(before, after)
    if not (gate.withheld(before) and gate.withheld(after)):
        verdicts.badge(verdicts.of(spec, verdicts.FREE, look.target))
    left, right = st.columns(2, gap="small")
    for place, image, prediction, caption, alt in (
        (left, pair.before, before, _("Before"), _("{model}, before")),
        (right, pair.after, after, _("After"), _("{model}, after")),
    ):
        with place:
            if gate.withheld(prediction):
                scan = overlay.grey(overlay.shrink(image.pixels))
                components.picture(scan, alt=alt.format(model=title), caption=caption)
            else:
                heat = grad_cam(prediction, look.target, SIDE)
                map_picture(image, heat, look, alt.format(model=title), caption)
            st.markdown(said(prediction))
    if not (gate.withheld(before) or gate.withheld(after)):
        st.caption(moved(before, after, look.target))
    components.provenance(
        (
            _("Grad-CAM of {answer}").format(answer=class_title(look.target)),
            _("layer {name}").format(name=spec.manifest.cam_layer),
            _("weights {sha}").format(sha=after.weights_sha256[:12]),
        ),
        spec.name,
    )


def changed_scan(pair: BeforeAfter, caption: str) -> None:
    """Show the scan as it was changed."""
    components.picture(
        overlay.grey(overlay.shrink(pair.after.shown)),
        alt=_("The scan after the change"),
        caption=caption,
    )
