"""What is taken home from a page, put together while the page runs and made when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import streamlit as st

from core.ensemble import EnsembleSpec, Vote
from core.explain import overlay
from core.explain.gradcam import grad_cam
from core.inference import Prediction
from core.preprocess import FloatImage
from core.registry import ModelSpec
from core.reports.comparison import Answer, Comparison, comparison_html
from core.reports.reading import Drawing, Reading
from pages._ui import cache, components, looks, scorecard, state
from pages._ui.looks import Look
from pages._ui.state import Scan
from pages._ui.text import _, method_name, sample_title, tongue

Pdf = Callable[[], bytes]
_SIDE = 480  # px of a picture in the page of a comparison


def report(
    scan: Scan,
    reader: ModelSpec | EnsembleSpec,
    outcome: Prediction | Vote,
    heat: FloatImage,
    look: Look,
    method: str,
) -> Pdf:
    """Prepare the report of a reading; the name of a person's own file is not in it."""
    image = scan.image
    assert image is not None
    if isinstance(reader, EnsembleSpec):
        who, members, threshold = _("The ensemble"), reader.members, reader.abstain_threshold
        title, tested = _("Mean of the members' Grad-CAM"), ""
    else:
        m = reader.manifest
        who, members, threshold = m.title, (reader,), m.abstain_threshold
        title, tested = method_name(method), scorecard.words(reader, method)
    content = Reading(
        image=image,
        scan=looks.outlined(overlay.grey(overlay.shrink(image.pixels)), look.lesion),
        who=who,
        outcome=outcome,
        networks=tuple(spec.manifest for spec in members),
        threshold=threshold,
        accuracy=cache.held_out(reader),
        drawing=Drawing(
            method=method,
            title=title,
            target=look.target,
            rgb=looks.blended(image, heat, look) if heat.any() else None,
            colour_map=look.colour_map,
            outlined=look.lesion is not None,
            tested=tested,
        ),
        notes=notes(scan, members),
    )
    spoken, zone = tongue(), _zone()

    def make() -> bytes:
        from core.reports.pdf import reading_pdf  # fpdf2 is not needed until then

        return reading_pdf(content, spoken, datetime.now(zone))

    return make


def comparison(
    scan: Scan,
    specs: Mapping[str, ModelSpec],
    predictions: Mapping[str, Prediction],
    outcome: Vote | None,
    threshold: float | None,
    look: Look,
) -> None:
    """Offer the comparison as one file, and the link that opens it again."""
    image = scan.image
    assert image is not None
    spoken, zone, said = tongue(), _zone(), notes(scan, tuple(specs.values()))

    def drawn(prediction: Prediction) -> Answer:
        heat = grad_cam(prediction, look.target)
        rgb = looks.blended(image, heat, look, _SIDE) if heat.any() else None
        return Answer(specs[prediction.model].manifest, prediction, rgb)

    def make() -> str:
        scan_rgb = looks.outlined(overlay.grey(overlay.shrink(image.pixels, _SIDE)), look.lesion)
        answers = tuple(map(drawn, predictions.values()))
        content = Comparison(image, scan_rgb, look.target, answers, outcome, threshold, said)
        return comparison_html(content, spoken, datetime.now(zone))

    with st.container(horizontal=True):
        st.download_button(
            _("Comparison as a page"), make, f"glassbrain-{image.sha256[:8]}-{look.target}.html",
            "text/html", "download-html", on_click="ignore", icon=":material/html:",
        )  # fmt: skip
        link(("sample", "target"))


def link(keys: Sequence[str]) -> None:
    """Offer the address that opens this page as it is now; call it after the widgets.

    Parameters
    ----------
    keys : sequence of str
        Of the choices that the link carries, all of them kept by `state.linked`.
    """
    memory = st.session_state
    chosen = {key: state.written(memory[key]) for key in keys if memory.get(key)}
    with st.popover(_("Link to this view"), icon=":material/link:"):
        query = urlencode(chosen, safe=",")
        st.code(f"{st.context.url or ''}?{query}", language=None, wrap_lines=True)
        if "sample" not in chosen:
            st.caption(
                _("Only the settings travel, never the image: who opens the link brings a scan.")
            )


def notes(scan: Scan, readers: tuple[ModelSpec, ...]) -> tuple[str, ...]:
    """Say what is known of a scan that ships with the app, and whose picture it is."""
    if scan.sample is None:
        return ()
    unseen = all(spec.manifest.training.protocol == "unseen-patients" for spec in readers)
    credit = f"{scan.sample.source}, {scan.sample.licence}"
    return sample_title(scan.sample), components.source_says(scan.sample, unseen), credit


def _zone() -> timezone | ZoneInfo:
    """Time zone of the reader's browser, as far as it says so and we know it."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (KeyError, ValueError, OSError):
        return timezone.utc
