"""Size, speed, and the figures to take away."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from core.evaluate.layout import METRICS_NAME
from core.evaluate.leaderboard import Comparison
from core.evaluate.rows import Row
from core.report import to_csv
from core.settings import Settings
from pages._ui import board, board_table
from pages._ui.board import Choice
from pages._ui.text import _, count, listed, plain

BENCHMARK = ("_benchmark", "benchmark.json")  # as core.benchmark, which pages must not load


@dataclass(frozen=True)
class Timed:
    """What a stored benchmark says.

    Attributes
    ----------
    origin : str
        Machine and command.
    networks : dict of str to str
        Name -> median of one image with its maps, in words.
    """

    origin: str
    networks: dict[str, str]


def sizes(choice: Choice) -> None:
    """Show what each network weighs, and what was timed of it if anything was."""
    path = Settings().models_dir.joinpath(*BENCHMARK)
    timed = _timed(path.read_bytes()) if path.is_file() else None
    rows = [_size(row, choice, timed) for row in choice.measured]
    shown = [row for row in rows if row]
    if shown:
        st.table(
            pd.DataFrame(shown),
            border="horizontal",
            hide_index=True,
            alt=_("Parameters, input and file size of each network, and its speed where timed"),
        )
    else:
        st.caption(_("No network on this board is served, so there is no file to weigh."))
    if timed:
        st.caption(
            _(
                "Speed: median of one image with the maps of all four classes, random weights, "
                "on one machine ({origin}). Times on another machine differ."
            ).format(origin=plain(timed.origin))
        )
    else:
        st.caption(_("Speed has not been measured here. This measures and keeps it:"))
        st.code("python -m core benchmark --save", language=None)


def downloads(choice: Choice, compared: Comparison | None, rows: list[Row]) -> None:
    """Offer the board as a table, and the stored figures of the rows shown as they are."""
    stem = f"glassbrain-{choice.board.protocol}"
    with st.container(horizontal=True):
        st.download_button(
            _("Board as CSV"), to_csv(records(choice, compared)), f"{stem}.csv", "text/csv",
            "download-board", on_click="ignore", icon=":material/table_view:",
        )  # fmt: skip
        for row in rows:
            if row.folder:
                st.download_button(
                    _("{name}: metrics.json").format(name=board.row_title(row)),
                    (row.folder / METRICS_NAME).read_bytes(),
                    f"{stem}-{row.name}-metrics.json",
                    "application/json",
                    f"download-{row.name}",
                    on_click="ignore",
                    icon=":material/data_object:",
                )


def records(choice: Choice, compared: Comparison | None) -> list[dict[str, Any]]:
    """Make one record a row: place, ties, every figure with its interval, where it is from."""
    records = []
    for r in choice.ranked:
        row = r.row
        p = row.metrics.provenance if row.metrics else None
        records.append(
            {
                "protocol": choice.board.protocol,
                "images": choice.images,
                "ranked_by": choice.figure,
                "rank": r.position,
                "name": row.name,
                "title": row.title,
                "kind": row.kind,
                "ties": compared.letters.get(row.name) if compared else None,
                **{f: row.figure(f, choice.images).model_dump() for f in board.FIGURES},
                "weighted_accuracy_reported": row.reported and row.reported.weighted_accuracy,
                "predictions_sha256": row.metrics and row.metrics.predictions_sha256,
                "weights_sha256": p and p.weights_sha256,
                "split_sha256": p and p.split_sha256,
                "command": p and p.command,
            }
        )
    return records


def _size(row: Row, choice: Choice, timed: Timed | None) -> dict[str, str]:
    specs = board_table.weights_of(row, choice)
    if not specs:
        return {}
    sides = sorted({s.manifest.input_size for s in specs})
    size = sum(s.weights.stat().st_size for s in specs) / 1e6
    speed = {_("Speed"): timed.networks.get(row.name, "–")} if timed else {}
    return {
        _("Network"): board.row_title(row),
        _("Parameters"): count(sum(s.manifest.parameters for s in specs)),
        _("File"): f"{size:.1f} MB",
        _("Input"): listed(_("{side} × {side} px").format(side=side) for side in sides),
        **speed,
    }


def _timed(content: bytes) -> Timed | None:
    """Read a stored benchmark; None if it is of another shape."""
    try:
        found = json.loads(content)
        return Timed(
            f"{found['machine']}, {found['command']}",
            {
                one["model"]: _("{ms} ms at {side} px").format(
                    ms=f"{one['milliseconds'][one['ours']]:.0f}", side=one["input_size"]
                )
                for one in found["architectures"]
            },
        )
    except (ValueError, KeyError, TypeError):
        return None
