"""One scan as every network sees it, as one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.answer import HEADINGS
from core.ensemble import Vote, agreement
from core.explain.overlay import RGB
from core.imaging import MRIImage
from core.inference import Prediction
from core.labels import CLASSES
from core.manifest import Manifest
from core.reports import words
from core.reports.reading import packages, slice_words
from core.reports.templates import fill
from core.reports.words import DISCLAIMER, ReportLanguage, moment


@dataclass(frozen=True)
class Answer:
    """One network's answer: its record, and its map over the scan; None where it is empty.

    `verdict` says in a few words how such maps fared beside a centre blob on this network.
    """

    manifest: Manifest
    prediction: Prediction
    rgb: RGB | None
    verdict: str = ""


@dataclass(frozen=True)
class ComparisonReport:
    """Everything that the page of a comparison shows; nothing of it names the patient.

    Attributes
    ----------
    image : MRIImage
    scan : ndarray of uint8, shape (h, w, 3)
    target : str
        The class that the maps explain.
    answers : tuple of Answer
    vote : Vote or None
        Of the stored ensemble.
    notes : tuple of str
        What is known of a scan that ships with the app, in the reader's language.
    packages : mapping of str to str
    """

    image: MRIImage
    scan: RGB
    target: str
    answers: tuple[Answer, ...]
    vote: Vote | None
    notes: tuple[str, ...] = ()
    packages: Mapping[str, str] = field(default_factory=packages)


def comparison_html(comparison: ComparisonReport, language: ReportLanguage, made: datetime) -> str:
    """Write a comparison down as a page: no script, and no request to anywhere.

    Parameters
    ----------
    comparison : ComparisonReport
    language : ReportLanguage
    made : datetime
        Printed on the page; the same comparison at the same moment gives the same text.
    """
    _, c = language.gettext, comparison
    answer, outside = language.class_title(c.target), HEADINGS["outside"]
    height, width = c.image.shape
    size = _("The scan, {width} × {height} px").format(width=width, height=height)
    stopped = next((a.prediction for a in c.answers if a.prediction.verdict == "outside"), None)
    together: tuple[str, str] | None = None
    if c.vote:
        together = words.verdict(c.vote, _("The ensemble"), language)
        if c.vote.verdict == "outside":
            together = "", words.anyway(c.vote, _("The ensemble"), language)
    return fill(
        "comparison.html",
        lang=language.code,
        title=_("Compare the networks"),
        made=moment(made),
        scan=_data_uri(c.scan),
        scan_alt=_("The scan as it came"),
        notes=(size, *c.notes),
        verdict=together,
        gate=(_(outside), words.why(stopped, language)) if stopped else (),
        bars=_bars(c.vote.probabilities, language) if c.vote else (),
        bars_title=_("Probability of each class"),
        explained=_("Grad-CAM: what speaks for {answer}").format(answer=answer),
        answers=[_card(one, answer, language) for one in c.answers],
        same_place=_("Do they look at the same place?"),
        names=[one.manifest.title for one in c.answers],
        matrix=_matrix([one.prediction for one in c.answers], c.target),
        matrix_caption=_("How far the maps of {answer} agree, network by network").format(
            answer=answer
        ),
        rests=_("What it rests on"),
        facts=[
            (_("Image"), f"sha256 {c.image.sha256}"),
            *([(_("Slice"), said)] if (said := slice_words(c.image, language)) else []),
            *((a.manifest.title, f"sha256 {a.manifest.weights_sha256}") for a in c.answers),
            (_("Packages"), ", ".join(f"{k} {v}" for k, v in c.packages.items())),
        ],
        disclaimer=_(DISCLAIMER),
    )


def _card(one: Answer, answer: str, language: ReportLanguage) -> dict[str, Any]:
    _, m = language.gettext, one.manifest
    said, sentence = words.verdict(one.prediction, m.title, language)
    if one.prediction.verdict == "outside":
        said, sentence = "", words.anyway(one.prediction, m.title, language)
    nothing = _("Nothing here speaks for {answer}.").format(answer=answer)
    return {
        "title": m.title,
        "said": said,
        "sentence": sentence,
        "picture": None if one.rgb is None else _data_uri(one.rgb),
        "alt": _("Heat map of {model}").format(model=m.title) if one.rgb is not None else nothing,
        "verdict": one.verdict if one.rgb is not None else "",
        "bars": _bars(one.prediction.probabilities, language),
        "stamp": f"{m.preprocess.id} v{m.preprocess.version} · {m.cam_layer}",
    }


def _bars(
    probabilities: NDArray[Any], language: ReportLanguage
) -> list[tuple[str, str, str, str, bool]]:
    """Name, words, width, colour and whether it leads, of each class."""
    top = float(probabilities.max())
    return [
        (language.gettext(c.title), language.percent(p), f"{p:.2%}", c.colour, p == top)
        for c, p in zip(CLASSES, map(float, probabilities), strict=True)
    ]


def _matrix(predictions: list[Prediction], target: str) -> list[list[str]]:
    """Write the rank correlations of the networks' maps; empty for a single network."""
    if len(predictions) < 2:
        return []
    values = agreement(predictions, target)
    return [
        ["–" if i == j or isnan(v) else f"{v:.2f}".replace("-", "−") for j, v in enumerate(row)]
        for i, row in enumerate(values.tolist())
    ]


def _data_uri(rgb: RGB) -> str:
    """Put a picture into the page itself; JPEG, tens of kB each."""
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(rgb)).save(buffer, "JPEG", quality=90)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"
