"""Several files at once: one row each, whatever happens to the others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.ensemble import EnsembleSpec, Vote, vote
from core.errors import ModelError
from core.inference import Prediction
from core.registry import ModelSpec
from core.report import brief, record, to_csv
from pages._ui import cache
from pages._ui.state import Scan
from pages._ui.text import _, cell, class_title, listed, ngettext, percent

Reader = ModelSpec | EnsembleSpec  # whatever answers


def table(scans: Sequence[Scan], reader: Reader | None) -> None:
    """Show the result or the reason for each file, and offer the whole as CSV and JSON."""
    failed = sum(scan.image is None for scan in scans)
    st.header(_("All files"), anchor=False)
    rows: list[dict[str, Any]] = []
    exports: list[dict[str, Any]] = []
    bar = st.progress(0.0, _("Reading"))
    for done, scan in enumerate(scans, 1):
        row, export = _read(scan, reader)
        rows.append(row)
        exports.append(export)
        bar.progress(done / len(scans), _("{n} of {all}").format(n=done, all=len(scans)))
    bar.empty()
    n = len(scans) - failed
    st.caption(
        listed(
            (
                ngettext("{n} file read", "{n} files read", n).format(n=n),
                ngettext("{n} refused.", "{n} refused.", failed).format(n=failed),
            )
        )
    )
    st.dataframe(
        rows,
        hide_index=True,
        alt=_("The answer, or the reason why there is none, for each file"),
        column_config={
            _("Probability"): st.column_config.TextColumn(alignment="right"),
            _("Note"): st.column_config.TextColumn(width="large"),
        },
    )
    with st.container(horizontal=True):
        st.download_button(
            _("Table as CSV"), to_csv(exports), "glassbrain-batch.csv", "text/csv",
            "download-batch", on_click="ignore", icon=":material/table_view:",
        )  # fmt: skip
        contract = json.dumps([brief(export) for export in exports], indent=2, ensure_ascii=False)
        st.download_button(
            _("Answers as JSON"), contract, "glassbrain-batch.json", "application/json",
            "download-batch-json", on_click="ignore", icon=":material/data_object:",
        )  # fmt: skip


def choose(scans: Sequence[Scan]) -> Scan | None:
    """Ask which of the readable scans to show below."""
    readable = [scan for scan in scans if scan.image]
    if len(readable) < 2:
        return readable[0] if readable else None
    index = st.selectbox(
        _("Scan shown below"),
        range(len(readable)),
        format_func=lambda i: f"{i + 1}. {readable[i].name}",
        key="shown",
    )
    return readable[index if index < len(readable) else 0]


def _read(scan: Scan, reader: Reader | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Make one file's row on screen and in the export."""
    answer = share = note = ""
    export: dict[str, Any] = {"file": scan.name, "error": ""}
    untrained = ModelError("No model is trained yet; train one with `python -m core train`.")
    error = scan.error or (None if reader else untrained)
    if error:
        note, export["error"] = cell(error), str(error)
    elif scan.image and reader:
        outcome: Prediction | Vote
        if isinstance(reader, EnsembleSpec):
            outcome = vote(reader, [cache.predict(spec, scan.image) for spec in reader.members])
            export |= outcome.record()
        else:
            outcome = cache.predict(reader, scan.image)
            export |= record(outcome, scan.image, reader.manifest)
        share = percent(float(outcome.probabilities.max()))
        answer = class_title(outcome.class_name)
        if outcome.abstained:
            answer, note = _("not confident"), _("would guess {answer}").format(answer=answer)
        if outcome.in_distribution is False:
            note = _("unlike every picture that the networks learned from")
    row = {_("File"): scan.name, _("Answer"): answer, _("Probability"): share, _("Note"): note}
    return row, export
