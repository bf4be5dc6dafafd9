"""The table of many files, to take home: CSV, JSON, HTML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from core.report import brief, csv_bytes
from core.reports.batch import Line, batch_html
from pages._ui.base.text import _, report_language
from pages._ui.scan.batch_rows import Row
from pages._ui.scan.takehome import zone


def downloads(rows: Sequence[Row]) -> None:
    """Offer all rows, also those that a filter hides."""
    exports = [row.export for row in rows]
    lines = [Line(r.picture, r.file, r.place, r.answer, r.share, r.note) for r in rows]
    spoken, where = report_language(), zone()
    with st.container(horizontal=True):
        st.download_button(
            _("Table as CSV"), csv_bytes(exports), "glassbrain-batch.csv", "text/csv",
            "download-batch", on_click="ignore", icon=":material/table_view:",
        )  # fmt: skip
        contract = json.dumps([brief(export) for export in exports], indent=2, ensure_ascii=False)
        st.download_button(
            _("Answers as JSON"), contract, "glassbrain-batch.json", "application/json",
            "download-batch-json", on_click="ignore", icon=":material/data_object:",
        )  # fmt: skip
        st.download_button(
            _("Table as a page"), lambda: batch_html(lines, spoken, datetime.now(where)),
            "glassbrain-batch.html", "text/html", "download-batch-html", on_click="ignore",
            icon=":material/html:",
        )  # fmt: skip
