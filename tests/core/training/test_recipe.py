"""A recipe's defaults stand in one place."""

from __future__ import annotations

from dataclasses import MISSING, fields

from typer.main import get_command

from core.cli import app
from core.cli.train import _sizes
from core.training.recipe import Recipe

# What the command works out: from a file, from trained folders, from `init`, from the processor;
# the share of the warm-up cannot be asked for.
WORKED_OUT = ("init_sha256", "teachers", "head_epochs", "precision", "warmup")


def test_what_is_not_asked_for_is_as_the_recipe_says() -> None:
    command = get_command(app).commands["train"]  # type: ignore[attr-defined]
    told = {option.name: option.default for option in command.params}
    told |= {"sizes": _sizes(told["sizes"]), "kinds": tuple(told["kinds"].split(","))}
    has_default = {f.name: f.default for f in fields(Recipe) if f.default is not MISSING}
    expected = {name: v for name, v in has_default.items() if name not in WORKED_OUT}
    assert {name: told[name] for name in expected} == expected
