"""What is taken home from a page, put together while the page runs and made when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import streamlit as st

from core.ensemble import EnsembleSpec, Vote, held_out
from core.explain import overlay
from core.explain.gradcam import grad_cam
from core.inference import Prediction
from core.preprocess import FloatImage
from core.registry import ModelSpec
from core.reports.comparison import Answer, ComparisonReport, comparison_html
from core.reports.reading import Drawing, Reading
from pages._ui.base import components, state
from pages._ui.base.text import _, method_name, report_language, sample_title
from pages._ui.base.uploads import Scan
from pages._ui.scan import looks, recognised, verdicts
from pages._ui.scan.looks import Look

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
    verdict: verdicts.Verdict | None
    if isinstance(reader, EnsembleSpec):
        who, members = _("The ensemble"), reader.members
        title, verdict = _("Mean of the members' Grad-CAM"), verdicts.of_mean(members, look.target)
    else:
        m = reader.manifest
        who, members = m.title, (reader,)
        title, verdict = method_name(method), verdicts.of(reader, method, look.target)
    content = Reading(
        image=image,
        scan=looks.outlined(overlay.grey(overlay.shrink(image.shown)), look.lesion),
        who=who,
        outcome=outcome,
        networks=tuple(spec.manifest for spec in members),
        accuracy=held_out(reader),
        drawing=Drawing(
            method=method,
            title=title,
            target=look.target,
            rgb=looks.blended(image, heat, look) if heat.any() else None,
            colour_map=look.colour_map,
            outlined=look.lesion is not None,
            verdict=str(verdict or ""),
            tested=verdict.reason if verdict else "",
        ),
        source=recognised.otherwise(scan, outcome),
        notes=notes(scan, members),
    )
    spoken, where = report_language(), zone()

    def make() -> bytes:
        from core.reports.pdf import reading_pdf  # fpdf2 is not needed until then

        return reading_pdf(content, spoken, datetime.now(where))

    return make


def comparison(
    scan: Scan,
    specs: Mapping[str, ModelSpec],
    predictions: Mapping[str, Prediction],
    outcome: Vote | None,
    look: Look,
) -> None:
    """Offer the comparison as one file, and the link that opens it again."""
    image = scan.image
    assert image is not None
    spoken, where, said = report_language(), zone(), notes(scan, tuple(specs.values()))
    judged = {name: verdicts.of(specs[name], verdicts.FREE, look.target) for name in predictions}
    said_of = {name: str(verdict or "") for name, verdict in judged.items()}

    def drawn(prediction: Prediction) -> Answer:
        heat = grad_cam(prediction, look.target)
        rgb = looks.blended(image, heat, look, _SIDE) if heat.any() else None
        return Answer(specs[prediction.model].manifest, prediction, rgb, said_of[prediction.model])

    def make() -> str:
        scan_rgb = looks.outlined(overlay.grey(overlay.shrink(image.shown, _SIDE)), look.lesion)
        answers = tuple(map(drawn, predictions.values()))
        content = ComparisonReport(image, scan_rgb, look.target, answers, outcome, said)
        return comparison_html(content, spoken, datetime.now(where))

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
    """Say what is known of a scan that ships with the app, or that the collection holds."""
    said = recognised.sentence(scan, readers).replace("**", "")
    if scan.sample is None:
        return (said,) if said else ()
    unseen = all(spec.samples_are_unseen for spec in readers)
    credit = f"{scan.sample.source}, {scan.sample.licence}"
    return sample_title(scan.sample), components.source_says(scan.sample, unseen), credit


def zone() -> timezone | ZoneInfo:
    """Time zone of the reader's browser, as far as it says so and we know it."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (KeyError, ValueError, OSError):
        return timezone.utc
