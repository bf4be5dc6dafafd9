"""The command that makes the first start as quick as any other."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from core.cli.common import emit, fail_with_sentence, shipped
from core.errors import ComputeError
from core.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(warm)


@fail_with_sentence
def warm(model: Annotated[str, typer.Option(help="A model, or all.")] = "all") -> None:
    """Convert networks to OpenVINO and keep them (GLASSBRAIN_CACHE_DIR).

    The app does it by itself when a network is first asked for; an image of the app is built
    with it, so that no start has to import TensorFlow for an answer.
    """
    from core import converted
    from core.inference import choose_backend

    rows = []
    for spec in shipped(model):
        begun = time.perf_counter()
        row: dict[str, object] = {"model": spec.name, "engine": "tensorflow"}
        if choose_backend(spec, Settings().engine) == "openvino":
            there = converted.read(spec) is not None
            try:
                graph = converted.ensure(spec).graph
            except OSError as error:
                raise ComputeError(
                    "{folder} cannot be written ({reason}).",
                    folder=converted.folder(spec).parent,
                    reason=error.strerror,
                ) from error
            row |= {"engine": "openvino", "graph": str(graph), "made": not there}
        rows.append(row | {"seconds": round(time.perf_counter() - begun, 2)})
    emit(rows)
