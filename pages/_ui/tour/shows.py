"""What each step of the tour shows; each returns the query that its deeper page opens with."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.errors import DataError
from core.evaluate.board.leaderboard import load_leaderboard
from core.evaluate.board.picks import Group, Pick, pick
from core.evaluate.saliency.findings import survival
from core.evaluate.saliency.read import Measure
from core.explain import METHODS
from core.explain.gradcam import grad_cam
from core.gallery import Sample, samples
from core.imaging import MRIImage, read_image
from core.protocols import OFFICIAL, UNSEEN
from core.registry import ModelSpec
from core.reports import words
from core.settings import Settings
from core.shipped import Shipped, read_bytes
from pages._ui.base import cache, components, networks, records, tiles
from pages._ui.base.grid import grid
from pages._ui.base.text import _, class_title, method_name, percent, report_language
from pages._ui.dataset import pictures, prose
from pages._ui.figures import wording
from pages._ui.gallery import showcase
from pages._ui.scan import cards, case_words, looks, maps, verdicts, ways
from pages._ui.scan.looks import Look
from pages._ui.scan.maps import Question
from pages._ui.scan.portraits import portraits

Query = Mapping[str, str]


def answer() -> Query:
    """Read a scan with the first network."""
    scan, spec = _sample(), _first()
    left, right = st.columns(2, gap="large")
    with left:
        looks.scan_view(_image(scan))
    with right:
        if spec:
            prediction = networks.predict(spec, _image(scan))
            said, sentence = words.verdict(prediction, spec.manifest.title, report_language())
            st.subheader(said, anchor=False)
            st.caption(sentence)
            if prediction.verdict != "outside":
                components.probability_bars(prediction.probabilities)
        source_says(scan)
    return {"sample": scan.id}


def evidence() -> Query:
    """Show where the answer lies, beside what the expert drew."""
    scan, spec = _sample(), _first()
    image = _image(scan)
    left, right = st.columns(2, gap="large")
    with left:
        looks.scan_view(image, scan.lesion)
    with right:
        if spec:
            prediction = networks.predict(spec, image)
            look = _look(prediction.class_name, scan)
            heat = grad_cam(prediction, look.target, looks.SIDE)
            looks.map_view(image, heat, look, "gradcam", method_name("gradcam"))
            verdicts.badge(verdicts.of(spec, "gradcam", look.target))
    return {"sample": scan.id}


def disagreement() -> Query:
    """Show a scan on which the networks differ, each with its map."""
    found = _picked("hard")
    if found is None:
        return {}
    specs, image = cache.models()[0], _image(found.case)
    with grid(1 + len(specs), min_column_width=110, gap="small"):
        with st.container(gap="xsmall"):
            st.markdown(_("**The scan**"))
            looks.scan_view(image)
        places = {name: st.empty() for name in specs}  # so that it is seen who is yet to answer
        for name, spec in specs.items():
            places[name].markdown(f"**{spec.manifest.title}**  \n" + _("Reading"))
        for name, spec in specs.items():
            with places[name].container(), components.guarded():
                prediction = networks.predict(spec, image)
                cards.card(image, spec, prediction, _look(prediction.class_name, found.case))
    source_says(found.case)
    return {"sample": found.case.id}


def protocols() -> Query:
    """Set the accuracy on the usual test beside that on unseen patients, row by row."""
    usual, unseen = (
        {r.name: r for r in load_leaderboard(Settings().models_dir, p).rows if r.metrics}
        for p in (OFFICIAL, UNSEEN)
    )
    both = [name for name in unseen if name in usual and name != "majority"]
    st.dataframe(
        [
            {
                _("Who"): wording.row_title(unseen[name]),
                _("Usual test"): wording.with_span("accuracy", usual[name].figure("accuracy")),
                _("Unseen patients"): wording.with_span(
                    "accuracy", unseen[name].figure("accuracy")
                ),
            }
            for name in both
        ],
        hide_index=True,
        alt=_("Accuracy on the usual test and on unseen patients, with 95 % intervals"),
    )
    st.caption(_("Accuracy with its 95 % interval. Nearest neighbours only remember pictures."))
    return {"protocol": OFFICIAL}


def copies() -> Query:
    """Count the copies, and show some."""
    prose.headline()
    pictures.twins("twins")
    return {}


def mistake() -> Query:
    """Show a scan on which every network is sure and wrong."""
    found, answers = _picked("misleading"), records.answers()
    if found is None or answers is None:
        return {}
    left, right = st.columns(2, gap="large")
    with left:
        looks.scan_view(_image(found.case), found.case.lesion)
    with right:
        st.subheader(showcase.sentence(answers, found), anchor=False)
        i = answers.table.index[answers.table["image_sha256"] == found.case.sha256][0]
        for name, said in found.said.items():
            voice = answers.voices[name]
            share = percent(float(voice.confidence[i]))
            st.markdown(f"{wording.row_title(voice.row)}: {class_title(said)}, {share}")
        if found.case.lesion is not None:
            st.caption(_("In cyan, where an expert of the source drew the tumour."))
    ways.onward(found.case.id)
    return {"preset": "all-wrong"}


def blind_method() -> Query:
    """Show the method whose maps change least when the network's knowledge is destroyed."""
    scan, measured = _sample(), _measured()
    if measured is None:
        st.caption(_("No network's saliency methods have been measured yet."))
        return {"sample": scan.id}
    spec, kept = measured
    most, *_others, least = kept
    image = _image(scan)
    target = networks.predict(spec, image).class_name
    for place, name in zip(st.columns(2, gap="large"), (most, least), strict=True):
        with place:
            asked = maps.ask(spec, image, name, Question(target))
            with maps.working([], f"tour-{name}") as telling:
                drawn = maps.draw(spec, image, asked, telling(method_name(name)))
            look = _look(target, scan)
            looks.map_view(
                image, drawn.shown, look, name, method_name(name), drawn.empty,
                pixelwise=drawn.pixelwise,
            )  # fmt: skip
            verdicts.badge(verdicts.of(spec, name, target))
            st.markdown(
                _("Rank correlation with its maps of a destroyed network: **{rho}**").format(
                    rho=f"{kept[name].value:.2f}".replace("-", "\u2212")
                )
            )
    st.caption(
        _(
            "Mean over {n} scans, {model}, upper half of the layers shuffled. Left, of the "
            "methods that draw fast, the one that changes least; right, the one that changes most."
        ).format(n=kept[most].n, model=spec.manifest.title)
    )
    return {"sample": scan.id, "model": spec.name}


def excitement() -> Query:
    """Show what excites each class most in the first network."""
    spec = _first()
    if spec is None:
        return {}
    portraits(spec)
    return {"model": spec.name}


def your_turn() -> Query:
    """Offer samples, a few of each class."""
    tiles.samples(list(samples().values())[::3], ways.destination())
    return {}


def source_says(scan: Shipped) -> None:
    """Give the class that the source gives a scan."""
    st.caption(_("The source says: {answer}.").format(answer=class_title(scan.label)))


def _sample() -> Sample:
    """Find the first sample whose tumour is outlined."""
    return next(s for s in samples().values() if s.lesion is not None)


def _first() -> ModelSpec | None:
    """Find the first trained network, or leave the note that there is none."""
    specs, _broken = cache.models()
    if not specs:
        components.no_model()
    return next(iter(specs.values()), None)


def _picked(group: Group) -> Pick | None:
    """Find the first scan of a group, or leave the note why there is none."""
    answers = records.answers()
    if answers is None:
        case_words.none_yet()
        return None
    found = pick(answers, group, 1)
    if not found:
        st.caption(_("No scan is like that with the networks evaluated so far."))
    return found[0] if found else None


def _image(scan: Shipped) -> MRIImage:
    return read_image(read_bytes(scan), scan.id)


def _look(target: str, scan: Shipped) -> Look:
    return Look(target, 0.55, "inferno", scan.lesion)


def _measured() -> tuple[ModelSpec, dict[str, Measure]] | None:
    """Find the first network of which at least two methods that draw fast were measured."""
    for spec in cache.models()[0].values():
        stored = records.saliency(spec)
        kept = {} if isinstance(stored, DataError) else survival(stored)
        fast = {name: kept[name] for name in kept if METHODS[name].cost in ("instant", "fast")}
        if len(fast) > 1:
            return spec, fast
    return None
