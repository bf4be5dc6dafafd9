"""One row of many files: the answer of a network or the ensemble, or why there is none."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image

from core.ensemble import EnsembleSpec, Vote, vote
from core.errors import GlassbrainError, ModelError
from core.explain import overlay
from core.imaging import MRIImage
from core.inference import Prediction
from core.labels import CLASS_NAMES
from core.registry import ModelSpec
from core.report import record
from core.reports import words
from pages._ui.base import networks
from pages._ui.base.text import _, cell, listed, percent, report_language
from pages._ui.base.uploads import Scan
from pages._ui.scan import looks, recognised, slices

Reader = ModelSpec | EnsembleSpec  # whatever answers
KINDS = (*CLASS_NAMES, "not ruled out", "unsure", "outside", "refused")  # what rows are filtered by
_SIDE = 72  # px of a thumbnail


@dataclass(frozen=True)
class Row:
    """One file in the table.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    picture : str
        A thumbnail as a data URL, or nothing.
    file, place, answer, share, note : str
        As they are shown.
    export : dict
        Plain JSON values.
    """

    kind: str
    picture: str
    file: str
    place: str
    answer: str
    share: str
    note: str
    export: dict[str, Any]

    def cells(self) -> dict[str, str]:
        """Cells of the table on screen, by their titles."""
        return {
            _("Scan"): self.picture,
            _("File"): self.file,
            _("Slice"): self.place,
            _("Answer"): self.answer,
            _("Probability"): self.share,
            _("Note"): self.note,
        }


def make(scan: Scan, reader: Reader | None) -> Row:
    """Read one file at the slice that is chosen."""
    found = slices.shown(scan)
    image = found.image
    untrained = ModelError("No model is trained yet.")
    error = found.error or (None if reader else untrained)
    picture = thumbnail(image) if image else ""
    place = looks.slice_words(image) if image else ""
    told = image.where if image else {}
    if error or image is None or reader is None:
        return _refused(scan, picture, place, error, told)
    try:
        outcome, export = ask(reader, image)
    except GlassbrainError as failed:  # a model that turns out to be unsound
        return _refused(scan, picture, place, failed, told)
    answer, note = words.in_short(outcome, report_language())
    kind = outcome.class_name if outcome.verdict == "class" else outcome.verdict
    share = percent(float(outcome.probabilities.max()))
    if outcome.verdict == "outside":
        share = ""
    in_training = recognised.learned(found, _members(reader))
    if in_training:
        note = listed(filter(None, (note, _("was in training"))))
    export = {"file": scan.name, "error": ""} | export | told | {"in_training": in_training}
    return Row(kind, picture, scan.name, place, answer, share, note, export)


def title_of(reader: Reader | None) -> str:
    """Name who answers, so that two readers' rows are never taken for each other's."""
    if reader is None:
        return ""
    return " ".join(member.manifest.weights_sha256 for member in _members(reader))


def _members(reader: Reader) -> tuple[ModelSpec, ...]:
    return reader.members if isinstance(reader, EnsembleSpec) else (reader,)


def thumbnail(image: MRIImage) -> str:
    """Make a small picture that can lie in a table."""
    buffer = io.BytesIO()
    Image.fromarray(overlay.grey(overlay.shrink(image.shown, _SIDE))).save(buffer, "JPEG")
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def ask(reader: Reader, image: MRIImage) -> tuple[Prediction | Vote, dict[str, Any]]:
    if isinstance(reader, EnsembleSpec):
        together = vote(reader, [networks.predict(spec, image) for spec in reader.members])
        return together, together.record()
    prediction = networks.predict(reader, image)
    return prediction, record(prediction, image, reader.manifest)


def _refused(
    scan: Scan, picture: str, place: str, error: GlassbrainError | None, told: Mapping[str, Any]
) -> Row:
    export = {"file": scan.name, "error": str(error or ""), **told}
    return Row("refused", picture, scan.name, place, "", "", cell(error) if error else "", export)
