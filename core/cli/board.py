"""Commands that print what is stored, as Markdown tables: leaderboard and recipes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.architectures import ARCHITECTURES
from core.cards import read_card
from core.evaluate.board.leaderboard import load_leaderboard, rank
from core.evaluate.board.rows import Row
from core.evaluate.stored.layout import VALIDATION_NAME
from core.evaluate.stored.predictions import read_predictions
from core.files import write_text
from core.protocols import OFFICIAL, PROTOCOLS, UNSEEN, Protocol
from core.registry import discover
from core.settings import Settings

BEGIN, END = "<!-- table -->", "<!-- /table -->"
Into = Annotated[
    Path | None, typer.Option(help=f"A text whose table, between {BEGIN} and {END}, to renew.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(leaderboard)
    app.command()(recipes)


def leaderboard(
    figure: Annotated[str, typer.Option(help="Figure to rank by.")] = "accuracy",
    into: Into = None,
) -> None:
    """Print both protocols as a Markdown table, from the stored figures alone."""
    _give(markdown(Settings().models_dir, figure), into)


def recipes(into: Into = None) -> None:
    """Print how each run was made and what came of it, from the stored records alone."""
    _give(recipe_table(Settings().models_dir), into)


def _give(table: str, into: Path | None) -> None:
    if into is None:
        typer.echo(table, nl=False)
        return
    before, _, rest = into.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    write_text(into, f"{before}{BEGIN}\n{table}{END}{after}")


def markdown(models_dir: Path, figure: str = "accuracy") -> str:
    """Write both protocols as one table: per cent, with the 95 % interval."""
    boards = {protocol: load_leaderboard(models_dir, protocol) for protocol in PROTOCOLS}
    cells: dict[str, dict[Protocol, str]] = {}
    rows: dict[str, Row] = {}
    for protocol in (UNSEEN, OFFICIAL):
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
        unseen, official = (both.get(p, "-") for p in (UNSEEN, OFFICIAL))
        lines.append(f"| {row.title} | {row.kind} | {unseen} | {official} |")
    return "".join(f"{line}\n" for line in lines)


def recipe_table(models_dir: Path) -> str:
    """Write one line a run: recipe, time, validation and test accuracy in per cent."""
    head = ("run", "begun from", "sizes:epochs", "epochs, best", "peak rate", "precision",
            "minutes", "memory", "hardware", "validation", "test")  # fmt: skip
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    for name in dict.fromkeys([*ARCHITECTURES, *discover(models_dir)[0]]):
        for evaluation in read_card(models_dir, name).evaluations:
            run, metrics = evaluation.run, evaluation.metrics
            if run is None or metrics is None or evaluation.folder is None:
                continue
            t, how = run.training, run.training.schedule
            validation = read_predictions(evaluation.folder / VALIDATION_NAME)
            right = (validation.probabilities.argmax(1) == validation.y).mean()
            accuracy = metrics.images["all"].figures["accuracy"].value
            cells = (
                f"{run.title}, {t.protocol}",
                run.init.kind,
                ", ".join(f"{size}:{epochs}" for size, epochs in how.sizes)
                if how.sizes
                else str(run.input_size),
                f"{t.epochs}, {t.best_epoch}" if t.epochs else f"{how.steps} steps",
                f"{how.peak_rate:g}",
                how.precision or "float32",
                f"{t.minutes:.0f}",
                f"{t.peak_memory_gb:.1f} GB" if t.peak_memory_gb else "-",
                t.hardware,
                f"{100 * right:.1f}",
                f"{100 * (accuracy or 0):.1f}",
            )
            lines.append(f"| {' | '.join(cells)} |")
    return "".join(f"{line}\n" for line in lines)
