"""The command line: JSON on standard output, the log on standard error.

Exit status 0: all well; 1: something was refused (said in the output); 2: wrong usage.
"""

from __future__ import annotations

import typer
from pydantic import ValidationError

from core.cli import (
    adopt,
    audit,
    board,
    cases,
    classroom,
    experiment,
    gate,
    other,
    plan,
    predict,
    records,
    robustness,
    saliency,
    serve,
    train,
    warm,
)
from core.log import configure as configure_log

app = typer.Typer(
    help="Glassbrain: brain-tumour MRI classifiers, explained and honestly evaluated.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def configure() -> None:
    """Send the log to standard error; standard output is for results."""
    try:
        configure_log()
    except ValidationError as error:
        first = error.errors()[0]
        variable = f"GLASSBRAIN_{first['loc'][0]}".upper()
        raise typer.BadParameter(f"{variable} is {first['input']}: {first['msg']}.") from error


predict.register(app)
serve.register(app)
train.register(app)
adopt.register(app)
plan.register(app)
audit.register(app)
board.register(app)
cases.register(app)
saliency.register(app)
gate.register(app)
classroom.register(app)
robustness.register(app)
other.register(app)
experiment.register(app)
records.register(app)
warm.register(app)
