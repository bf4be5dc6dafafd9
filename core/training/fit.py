"""The training run: epochs, weight averaging, checkpoints, exact resumption."""

from __future__ import annotations

import csv
import json
import logging
import math
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from core.errors import TrainingError
from core.training.architectures import build, input_scaling
from core.training.batches import Batches
from core.training.data import Dataset, Split, load_squares
from core.training.fused import for_training
from core.training.network import (
    compile_model,
    computing_in,
    logits_of,
    mean_nll,
    recalibrate_batch_norm,
    to_numpy,
)
from core.training.recipe import Recipe

log = logging.getLogger(__name__)

Row = dict[str, Any]

_NORM_IMAGES = 512  # for batch-norm statistics before each validation
_FINAL_NORM_IMAGES = 3200  # and of the weights that ship


class Run:
    """A training run with its folder: state, curves and the best weights so far.

    Attributes
    ----------
    folder : Path
        Holds ``recipe.json``, ``state.json`` and ``state.npz`` (all that is needed to go
        on after the last whole epoch), ``best.npz`` (averaged weights of the epoch with
        the least validation loss at the serving size) and ``curves.csv``.
    train, validation : DataFrame
        Training rows, and validation rows with one picture a duplicate group.
    """

    def __init__(self, recipe: Recipe, split: Split, dataset: Dataset, folder: Path) -> None:
        self.recipe, self.split, self.dataset, self.folder = recipe, split, dataset, folder
        self.scaling = input_scaling(recipe.model, recipe.init)
        self.train = split.train
        self.validation = split.validation.drop_duplicates("duplicate_group")
        self._loaded: tuple[int, NDArray[np.float32], NDArray[np.float32]] | None = None

    def squares(self, size: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Training and validation inputs at one size; only the latest size is kept."""
        if self._loaded is None or self._loaded[0] != size:
            train, validation = (
                load_squares(self.dataset, rows, size, crop=self.recipe.crop)
                for rows in (self.train, self.validation)
            )
            self._loaded = size, train, validation
        return self._loaded[1:]

    def fit(
        self, *, resume: bool = False, progress: Callable[[Row], None] | None = None
    ) -> keras.Model:
        """Train, or go on training, and return the best model at the serving size.

        Parameters
        ----------
        resume : bool
            Go on after the last whole epoch of the run in `folder`, if there is one.
        progress : callable, optional
            Called with each new row of the curves.

        Raises
        ------
        TrainingError
            If the folder holds a run of another recipe or split, the training part does
            not fill one batch, or the validation loss was never finite.
        """
        recipe = self.recipe
        pictures = Batches(np.empty(0, np.float32), self.train, recipe, 0)
        steps = len(pictures)
        if steps == 0:
            raise TrainingError(
                "A batch of {batch} is more than the {pictures} training pictures.",
                batch=recipe.batch,
                pictures=len(pictures.indices),
            )
        state = self._open(resume)
        begun = state["epoch"] > 0
        with computing_in(recipe.precision):
            model = for_training(
                build(
                    recipe.model,
                    init="random" if begun else recipe.init,
                    dropout=recipe.dropout,
                    seed=recipe.seed,
                )
            )
        if begun:
            self._restore(model.variables, "model")
        head = min(recipe.head_epochs, recipe.epochs)
        for first, last, head_only in ((0, head, True), (head, recipe.epochs, False)):
            if not first <= state["epoch"] < last:
                continue
            compile_model(model, recipe, steps * (last - first), head_only=head_only)
            if state["epoch"] > first:
                self._restore(model.optimizer.variables, "optimizer")
            while state["epoch"] < last and state["stale"] < recipe.patience:
                row = self._epoch(model, state)
                self._save(model, state, row)
                if progress:
                    progress(row)
        return self._best()

    def _epoch(self, model: keras.Model, state: Row) -> Row:
        """Train one epoch; validate its averaged weights; keep them if they are the best."""
        start = time.monotonic()
        epoch, recipe = state["epoch"], self.recipe
        size = recipe.size_of(epoch)
        train, validation = self.squares(size)
        batches = Batches(train, self.train, recipe, epoch)
        results = []
        for i in range(len(batches)):  # `fit` on a PyDataset is three times slower on a CPU
            loss, accuracy = model.train_on_batch(*batches[i])
            results.append((float(loss), float(accuracy)))
        mean_loss, mean_accuracy = np.mean(results, axis=0)
        if not np.isfinite(mean_loss):
            self._undo(model, epoch)
        state["epoch"] += 1

        raw = [to_numpy(v) for v in model.variables]
        model.optimizer.finalize_variable_values(model.trainable_variables)
        sample = np.random.default_rng((recipe.seed, epoch)).permutation(len(train))
        recalibrate_batch_norm(model, train[sample[:_NORM_IMAGES]], self.scaling, epoch)
        logits, y = logits_of(model, validation, self.scaling), self.validation["y"].to_numpy()
        nll = mean_nll(logits, y)
        if size == recipe.input_size:  # smaller inputs are never served
            state["stale"] += 1
            if nll < state["best"]:
                state.update(best=nll, best_epoch=epoch + 1, stale=0)
                _write_npz(self.folder / "best.npz", weights=model.weights)
        for variable, value in zip(model.variables, raw, strict=True):
            variable.assign(value)
        return {
            "epoch": epoch + 1,
            "size": size,
            "loss": float(mean_loss),
            "accuracy": float(mean_accuracy),
            "validation_loss": nll,
            "validation_accuracy": float((logits.argmax(1) == y).mean()),
            "seconds": time.monotonic() - start,
        }

    def _undo(self, model: keras.Model, epoch: int) -> None:
        """Go back to where an epoch began that ended without a finite loss (rare, bfloat16)."""
        if epoch in (0, self.recipe.head_epochs):
            raise TrainingError(
                "The loss was not finite in epoch {epoch}; start afresh with a smaller "
                "--peak-rate.",
                epoch=epoch + 1,
            )
        log.warning("epoch %d ended without a finite loss and is undone", epoch + 1)
        self._restore(model.variables, "model")
        self._restore(model.optimizer.variables, "optimizer")

    def _best(self) -> keras.Model:
        """Build the serving model, of fixed size, with the best averaged weights."""
        size = self.recipe.input_size
        if not (self.folder / "best.npz").is_file():
            raise TrainingError(
                "The run in {folder} never came to a finite validation loss at {size} px; "
                "start afresh with a smaller --peak-rate.",
                folder=self.folder,
                size=size,
            )
        model = build(self.recipe.model, init="random", size=size, dropout=self.recipe.dropout)
        _read_npz(self.folder / "best.npz", "weights", model.weights)
        train, _ = self.squares(size)
        order = np.random.default_rng(self.recipe.seed).permutation(len(train))
        chosen = train[order[:_FINAL_NORM_IMAGES]]
        recalibrate_batch_norm(model, chosen, self.scaling, self.recipe.seed)
        return model

    def _open(self, resume: bool) -> Row:
        recipe_file, state_file = self.folder / "recipe.json", self.folder / "state.json"
        identity = {"recipe": asdict(self.recipe), "split_sha256": self.split.sha256}
        text = json.dumps(identity, indent=1) + "\n"
        if resume and state_file.is_file():
            started = json.loads(recipe_file.read_text())
            # A field that the file lacks is younger than the run, which had its default.
            started["recipe"] = asdict(Recipe(**started["recipe"]))
            if json.dumps(started, indent=1) + "\n" != text:
                raise TrainingError(
                    "The run in {folder} was started with another recipe or split; repeat its "
                    "options, or start afresh without --resume.",
                    folder=self.folder,
                )
            state: Row = json.loads(state_file.read_text())
            return state
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("state.json", "state.npz", "best.npz", "curves.csv"):
            (self.folder / name).unlink(missing_ok=True)
        recipe_file.write_text(text)
        return {"epoch": 0, "best": math.inf, "best_epoch": None, "stale": 0}

    def _restore(self, variables: list[Any], kind: str) -> None:
        _read_npz(self.folder / "state.npz", kind, variables)

    def _save(self, model: keras.Model, state: Row, row: Row) -> None:
        _write_npz(
            self.folder / "state.npz", model=model.variables, optimizer=model.optimizer.variables
        )
        curves = self.folder / "curves.csv"
        rounded = {k: f"{v:.6g}" if isinstance(v, float) else v for k, v in row.items()}
        with curves.open("a", newline="") as file:
            writer = csv.DictWriter(file, list(row))
            if file.tell() == 0:
                writer.writeheader()
            writer.writerow(rounded)
        temporary = self.folder / "state.tmp.json"
        temporary.write_text(json.dumps(state) + "\n")
        temporary.replace(self.folder / "state.json")


def _write_npz(path: Path, **kinds: list[Any]) -> None:
    """Write variables atomically: an interruption leaves the previous file whole."""
    temporary = path.with_suffix(".tmp.npz")
    arrays: dict[str, Any] = {
        f"{kind}{i}": to_numpy(v) for kind, vs in kinds.items() for i, v in enumerate(vs)
    }
    np.savez(temporary, **arrays)
    temporary.replace(path)


def _read_npz(path: Path, kind: str, variables: list[Any]) -> None:
    with np.load(path) as arrays:
        for i, variable in enumerate(variables):
            variable.assign(arrays[f"{kind}{i}"])
