"""Classify: a scan, or several, in; the class, its probabilities and its heat map out."""

from __future__ import annotations

from core.cases import Case
from core.ensemble import EnsembleSpec
from core.evaluate.stored.layout import ENSEMBLE
from core.registry import ModelSpec
from pages._ui.base import cache, components, records, uploads
from pages._ui.base.text import _
from pages._ui.classify import note, volume, vote
from pages._ui.scan import batch, desk, looks, reading, recognised, ways

components.page_header(
    _("Classify a scan"),
    _(
        "One slice of a brain MRI in; the network's class, how sure it is, and the places that its "
        "answer rests on out. The map shows the network's evidence, not the outline of a tumour."
    ),
)
specs, _broken = cache.models()
ensemble = cache.ensemble()
chosen = desk.lay(specs, [*specs, *([ENSEMBLE] if ensemble else [])])
reader = ensemble if chosen == ENSEMBLE else specs.get(chosen)
asked = reader.members if isinstance(reader, EnsembleSpec) else [reader] if reader else []
scans = uploads.scans()
if reader is None:
    components.no_model()
if len(scans) > 1:
    batch.table(scans, reader)
elif scans and scans[0].error:
    components.show_error(scans[0].error)
volume.follow(scans)
shown = batch.choose(scans)
case = shown.sample if shown and isinstance(shown.sample, Case) else None
if shown:
    ways.bar(shown)
    recognised.note(shown, asked)
if shown and isinstance(reader, EnsembleSpec):
    vote.read(shown, reader)
elif shown and isinstance(reader, ModelSpec):
    reading.reading(shown, reader)
elif shown and shown.image:
    looks.scan_view(shown.image)
elif not scans:
    desk.empty("pages/classify.py")
if shown and reader:
    volume.along(shown, reader)
if case:
    note.note(case, records.answers())
