"""The command that makes a plan of training runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from core.cli.common import emit, fail_with_sentence
from core.cli.train import RUNS, Data


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("train-all")(train_all)


@fail_with_sentence
def train_all(
    plan: Annotated[Path, typer.Option(help="A TOML file with one [[run]] a run.")],
    data: Data,
    init_dir: Annotated[Path | None, typer.Option(help="Where files of weights lie.")] = None,
    runs: Annotated[Path, typer.Option(help="Where checkpoints and curves go.")] = RUNS,
) -> None:
    """Make the runs of a plan in turn, each in a process of its own.

    What is finished is skipped, what was begun is taken up after its last whole epoch.
    """
    from core.training.plan import command_of, is_finished, read_plan

    done: list[dict[str, str]] = []
    for planned in read_plan(plan):
        state = {"model": planned.model, "protocol": planned.protocol}
        if is_finished(planned, runs):
            done.append(state | {"state": "was finished"})
            continue
        command = command_of(planned, data=data, runs=runs, init_dir=init_dir)
        ended = subprocess.run([sys.executable, "-m", "core", *command], stdout=subprocess.DEVNULL)
        done.append(state | {"state": "failed" if ended.returncode else "finished"})
    emit(done)
    if any(row["state"] == "failed" for row in done):
        raise typer.Exit(1)
