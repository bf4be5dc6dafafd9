"""The command that packs the pictures behind the figures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.cli.common import emit, fail_with_sentence


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("make-cases")(make)


@fail_with_sentence
def make(
    data: Annotated[Path, typer.Option(help="The dataset's folder (a pack with outlines).")],
) -> None:
    """Pack the distinct pictures of fold 0 for the page Cases; the same bytes each time."""
    from core.training.cases import make_cases

    emit({"cases": make_cases(data)})
