"""Size, speed, and the figures to take away."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core.evaluate.board.leaderboard import Comparison
from core.evaluate.board.ranking import Ranking
from core.evaluate.board.rows import Row
from core.evaluate.stored.layout import METRICS_NAME, benchmark_file
from core.report import to_csv
from core.settings import Settings
from pages._ui.base import developers
from pages._ui.base.text import _, count, listed, plain
from pages._ui.figures import wording
from pages._ui.leaderboard import ranking


@dataclass(frozen=True)
class Timed:
    """What a stored benchmark says.

    Attributes
    ----------
    origin : str
        Machine and command.
    networks : dict of str to str
        Name -> median of one image with its maps, in words.
    milliseconds : dict of str to float
        The same as numbers.
    """

    origin: str
    networks: dict[str, str]
    milliseconds: dict[str, float]


def sizes(choice: Ranking) -> None:
    """Show what each network weighs, and what was timed of it if anything was."""
    known = timed()
    rows = [_size(row, choice, known) for row in choice.measured]
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
    if known:
        st.caption(speed_note(known))
    else:
        st.caption(_("Speed has not been measured here."))
        developers.command("python -m core benchmark --save")


def downloads(choice: Ranking, compared: Comparison | None, rows: list[Row]) -> None:
    """Offer the board as a table, and the stored figures of the rows shown as they are."""
    stem = f"glassbrain-{choice.board.protocol}"
    with st.container(horizontal=True):
        st.download_button(
            _("Board as CSV"), to_csv(choice.records(compared)), f"{stem}.csv", "text/csv",
            "download-board", on_click="ignore", icon=":material/table_view:",
        )  # fmt: skip
        for row in rows:
            if row.folder:
                st.download_button(
                    _("{name}: metrics.json").format(name=wording.row_title(row)),
                    (row.folder / METRICS_NAME).read_bytes(),
                    f"{stem}-{row.name}-metrics.json",
                    "application/json",
                    f"download-{row.name}",
                    on_click="ignore",
                    icon=":material/data_object:",
                )


def _size(row: Row, choice: Ranking, timed: Timed | None) -> dict[str, str]:
    specs = ranking.weights_of(row, choice)
    if not specs:
        return {}
    sides = sorted({s.manifest.input_size for s in specs})
    size = sum(s.weights.stat().st_size for s in specs) / 1e6
    speed = {_("Speed"): timed.networks.get(row.name, "–")} if timed else {}
    return {
        _("Network"): wording.row_title(row),
        _("Parameters"): count(sum(s.manifest.parameters for s in specs)),
        _("File"): f"{size:.1f} MB",
        _("Input"): listed(_("{side} × {side} px").format(side=side) for side in sides),
        **speed,
    }


def speed_note(known: Timed) -> str:
    """Say what was timed, and where."""
    return _(
        "Speed: median of one image with the maps of all four classes, random weights, "
        "on one machine ({origin}). Times on another machine differ."
    ).format(origin=plain(known.origin))


def timed() -> Timed | None:
    """Read the stored benchmark; None if there is none, or it is of another shape."""
    path = benchmark_file(Settings().models_dir)
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_bytes())
        ms = {one["model"]: one["milliseconds"][one["ours"]] for one in found["architectures"]}
        return Timed(
            f"{found['machine']}, {found['command']}",
            {
                one["model"]: _("{ms} ms at {side} px").format(
                    ms=f"{ms[one['model']]:.0f}", side=one["input_size"]
                )
                for one in found["architectures"]
            },
            {name: float(value) for name, value in ms.items()},
        )
    except (ValueError, KeyError, TypeError):
        return None
