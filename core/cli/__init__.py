"""The command line: JSON on standard output, the log on standard error.

Exit status 0: all well; 1: something was refused (said in the output); 2: wrong usage.
"""

from __future__ import annotations

import logging
import sys

import typer
from pydantic import ValidationError

from core.cli import audit, board, cases, classroom, ood, robustness, saliency, serve, train
from core.settings import Settings

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
        level = Settings().log_level
    except ValidationError as error:
        first = error.errors()[0]
        variable = f"GLASSBRAIN_{first['loc'][0]}".upper()
        raise typer.BadParameter(f"{variable} is {first['input']}: {first['msg']}.") from error
    logging.basicConfig(
        level=level, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )


serve.register(app)
train.register(app)
audit.register(app)
board.register(app)
cases.register(app)
saliency.register(app)
ood.register(app)
classroom.register(app)
robustness.register(app)
