"""The command that prints what is stored: leaderboard."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.evaluate.layout import PROTOCOLS, Protocol
from core.evaluate.leaderboard import load_leaderboard, rank
from core.evaluate.rows import Row
from core.settings import Settings

BEGIN, END = "<!-- leaderboard -->", "<!-- /leaderboard -->"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(leaderboard)


def leaderboard(
    figure: Annotated[str, typer.Option(help="Figure to rank by.")] = "accuracy",
    into: Annotated[Path | None, typer.Option(help="A text with the two marks, to renew.")] = None,
) -> None:
    """Print both protocols as a Markdown table, from the stored figures alone."""
    text = markdown(Settings().models_dir, figure)
    if into is None:
        typer.echo(text, nl=False)
        return
    before, _, rest = into.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    into.write_text(f"{before}{BEGIN}\n{text}{END}{after}")


def markdown(models_dir: Path, figure: str = "accuracy") -> str:
    """Write both protocols as one table: per cent, with the 95 % interval."""
    boards = {protocol: load_leaderboard(models_dir, protocol) for protocol in PROTOCOLS}
    cells: dict[str, dict[Protocol, str]] = {}
    rows: dict[str, Row] = {}
    for protocol in ("unseen-patients", "official"):
        for ranked in rank(boards[protocol], figure):
            rows.setdefault(ranked.row.name, ranked.row)
            f = ranked.figure
            if f.value is None:
                continue
            cell = f"{100 * f.value:.2f}"  # reported without an interval
            if f.ci_low is not None and f.ci_high is not None:
                cell = f"{100 * f.value:.1f} ({100 * f.ci_low:.1f}-{100 * f.ci_high:.1f})"
            cells.setdefault(ranked.row.name, {})[protocol] = cell
    lines = ["| | kind | unseen patients | official |", "| --- | --- | --- | --- |"]
    for name, row in rows.items():
        both = cells.get(name, {})
        unseen, official = (both.get(p, "-") for p in ("unseen-patients", "official"))
        lines.append(f"| {row.title} | {row.kind} | {unseen} | {official} |")
    return "".join(f"{line}\n" for line in lines)
