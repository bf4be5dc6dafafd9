"""What the commands share: JSON out, one sentence on failure."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from core.errors import GlassbrainError, ModelError
from core.front import no_models
from core.registry import ModelSpec, discover
from core.settings import Place, Settings

Compute = Annotated[Place, typer.Option(help="Where the networks run: here, or on a Ray cluster.")]
CaseFiles = Annotated[
    Path | None,
    typer.Option(
        help="The dataset's folder. Not needed: the scans that are measured ship with the app "
        "(core/cases); with it, the dataset's own files are read and checked."
    ),
]
Limit = Annotated[int | None, typer.Option(min=1, help="At most this many scans of each class.")]
Json = Annotated[bool, typer.Option("--json", help="JSON, which is also the default.")]
F = TypeVar("F", bound=Callable[..., Any])


def emit(result: Any) -> None:
    """Print a result on standard output, as JSON in ASCII: any terminal can take it."""
    typer.echo(json.dumps(result, indent=1))


def fail_with_sentence(command: F) -> F:
    """Turn an error meant for people into its sentence and exit status 1."""

    @functools.wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except GlassbrainError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from error

    return wrapper  # type: ignore[return-value]


def shipped(model: str) -> list[ModelSpec]:
    """Find the shipped models that are meant: one by its name, or all.

    Raises
    ------
    ModelError
        If there is none of that name.
    """
    specs, _ = discover(Settings().models_dir)
    if model == "all":
        return list(specs.values())
    if model not in specs:
        raise ModelError(
            "There is no model {model}; there are {known}.",
            model=model,
            known=", ".join(specs) or "none",
        )
    return [specs[model]]


def chosen(name: str) -> list[ModelSpec]:
    """Find the models that are asked: one by its name, or all.

    Raises
    ------
    ModelError
        If there is none, or why it cannot be used.
    """
    specs, unavailable = discover(Settings().models_dir)
    if name == "all":
        if not specs:
            raise no_models(Settings().models_dir)
        return list(specs.values())
    for broken in unavailable:
        if broken.name == name:
            raise broken.reason
    if name not in specs:
        raise ModelError(
            "There is no trained model {name}; there are {known}.",
            name=name,
            known=", ".join(specs) or "none",
        )
    return [specs[name]]
