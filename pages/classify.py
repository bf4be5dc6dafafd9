"""Classify: a scan, or several, in; the class, its probabilities and its heat map out."""

from __future__ import annotations

from core.cases import Case
from core.ensemble import EnsembleSpec
from core.evaluate.layout import ENSEMBLE
from pages._ui import batch, cache, cases_note, components, desk, looks, reading, state, vote, ways
from pages._ui.text import _

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
scans = state.scans()
if reader is None:
    components.no_model()
if len(scans) > 1:
    batch.table(scans, reader)
elif scans and scans[0].error:
    components.show_error(scans[0].error)
shown = batch.choose(scans)
case = shown.sample if shown and isinstance(shown.sample, Case) else None
if shown:
    ways.bar(shown)
if shown and isinstance(reader, EnsembleSpec):
    vote.read(shown, reader)
elif shown and reader:
    reading.reading(shown, reader)
elif shown and shown.image:
    looks.scan_view(shown.image)
elif not scans:
    desk.empty("pages/classify.py")
if case:
    cases_note.note(case, cache.answers())
