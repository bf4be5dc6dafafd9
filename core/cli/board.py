"""The command that prints what is stored: leaderboard."""

from __future__ import annotations

from typing import Annotated

import typer

from core.evaluate.layout import PROTOCOLS, Protocol
from core.evaluate.leaderboard import load_leaderboard, rank
from core.evaluate.rows import Row
from core.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(leaderboard)


def leaderboard(
    figure: Annotated[str, typer.Option(help="Figure to rank by.")] = "accuracy",
) -> None:
    """Print both protocols as a Markdown table, from the stored figures alone."""
    boards = {protocol: load_leaderboard(Settings().models_dir, protocol) for protocol in PROTOCOLS}
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
    typer.echo("| | kind | unseen patients | official |")
    typer.echo("| --- | --- | --- | --- |")
    for name, row in rows.items():
        both = cells.get(name, {})
        unseen, official = (both.get(p, "-") for p in ("unseen-patients", "official"))
        typer.echo(f"| {row.title} | {row.kind} | {unseen} | {official} |")
