"""A run's folder: its recipe, its curves, and what is needed to go on exactly."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import TrainingError
from core.logits import to_numpy
from core.training.recipe import Recipe

if TYPE_CHECKING:
    import keras

Row = dict[str, Any]


def open_run(folder: Path, recipe: Recipe, split_sha256: str, *, resume: bool) -> Row:
    """Begin a run in a folder, or take one up there; returns where it stands.

    Raises
    ------
    TrainingError
        If the run that is to be resumed has another recipe or split.
    """
    recipe_file, state_file = folder / "recipe.json", folder / "state.json"
    identity = {"recipe": asdict(recipe), "split_sha256": split_sha256}
    text = json.dumps(identity, indent=1) + "\n"
    if resume and state_file.is_file():
        started = json.loads(recipe_file.read_text())
        # A field that the file lacks is younger than the run, which had its default.
        started["recipe"] = asdict(Recipe(**started["recipe"]))
        if json.dumps(started, indent=1) + "\n" != text:
            raise TrainingError(
                "The run in {folder} was started with another recipe or split; repeat its "
                "options, or start afresh without --resume.",
                folder=folder,
            )
        state: Row = json.loads(state_file.read_text())
        return state
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("state.json", "state.npz", "best.npz", "curves.csv"):
        (folder / name).unlink(missing_ok=True)
    recipe_file.write_text(text)
    return {"epoch": 0, "best": math.inf, "best_epoch": None, "stale": 0}


def save_run(folder: Path, model: keras.Model, state: Row, row: Row) -> None:
    """Write all that is needed to go on after this epoch; the state last, which vouches for it."""
    write_npz(folder / "state.npz", model=model.variables, optimizer=model.optimizer.variables)
    curves = folder / "curves.csv"
    rounded = {k: f"{v:.6g}" if isinstance(v, float) else v for k, v in row.items()}
    with curves.open("a", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        if file.tell() == 0:
            writer.writeheader()
        writer.writerow(rounded)
    temporary = folder / "state.tmp.json"
    temporary.write_text(json.dumps(state) + "\n")
    temporary.replace(folder / "state.json")


def write_npz(path: Path, **kinds: list[Any]) -> None:
    """Write variables atomically: an interruption leaves the previous file whole."""
    temporary = path.with_suffix(".tmp.npz")
    arrays: dict[str, Any] = {
        f"{kind}{i}": to_numpy(v) for kind, vs in kinds.items() for i, v in enumerate(vs)
    }
    np.savez(temporary, **arrays)
    temporary.replace(path)


def read_npz(path: Path, kind: str, variables: list[Any]) -> None:
    """Assign what `write_npz` wrote under one kind, in the same order."""
    with np.load(path) as arrays:
        for i, variable in enumerate(variables):
            variable.assign(arrays[f"{kind}{i}"])
