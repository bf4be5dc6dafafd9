"""The training run: epochs, weight averaging, checkpoints, exact resumption."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from core.dataset.collection import Dataset, Split, load_squares
from core.errors import TrainingError
from core.logits import logits_of, to_numpy
from core.training import counterfactual
from core.training.architectures import STEP, build
from core.training.batches import Batches, Teach, trained_on
from core.training.checkpoint import Row, open_run, read_npz, save_run, write_npz
from core.training.fused import for_training
from core.training.memory import peak_gigabytes
from core.training.network import (
    cells_at,
    compile_model,
    computing_in,
    mean_nll,
    training_graph,
)
from core.training.pictures import Pictures, load_pictures, read_outlines
from core.training.recipe import Recipe
from core.training.statistics import BatchStatistics

log = logging.getLogger(__name__)

_NORM_IMAGES = 512  # for batch-norm statistics before each validation
_FINAL_NORM_IMAGES = 1600  # and of the weights that ship


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

    def __init__(
        self,
        recipe: Recipe,
        split: Split,
        dataset: Dataset,
        folder: Path,
        *,
        weights: Path | None = None,
        teach: Teach | None = None,
    ) -> None:
        self.recipe, self.split, self.dataset, self.folder = recipe, split, dataset, folder
        self.scaling = recipe.input_scaling
        self.train = split.train
        self.validation = split.validation.drop_duplicates("duplicate_group")
        self.weights, self.teach = weights, teach
        self._validation: tuple[int, NDArray[np.float32]] | None = None
        self._resized: tuple[int, tuple[Pictures, Pictures]] | None = None

    @cached_property
    def pictures(self) -> tuple[Pictures, Pictures]:
        """Training pictures at the serving size, and the counterfactual ones made of them."""
        recipe = self.recipe
        outlined = recipe.guide > 0 or recipe.counterfactual > 0
        outlines = read_outlines(self.dataset.root, self.train["path"]) if outlined else {}
        size = recipe.input_size
        real = load_pictures(self.dataset, self.train, size, crop=recipe.crop, outlines=outlines)
        kinds = recipe.kinds if recipe.counterfactual > 0 else ()
        return real, counterfactual.make(real, kinds, recipe.seed)

    def pictures_at(self, size: int) -> tuple[Pictures, Pictures]:
        """`pictures` at a side; only the latest size is kept."""
        if self._resized is None or self._resized[0] != size:
            self._resized = None  # two sizes at once may be more than the memory holds
            real, made = self.pictures
            self._resized = size, (real.at(size), made.at(size))
        return self._resized[1]

    def validation_squares(self, size: int) -> NDArray[np.float32]:
        """Prepare validation inputs (N, size, size); only the latest size is kept."""
        if self._validation is None or self._validation[0] != size:
            squares = load_squares(self.dataset, self.validation, size, crop=self.recipe.crop)
            self._validation = size, squares
        return self._validation[1]

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
            If a side is no multiple of 16, the folder holds a run of another recipe or
            split, the training part does not fill one batch, or the validation loss was
            never finite.
        """
        recipe = self.recipe
        odd = [size for size, _ in recipe.sizes if size % STEP]
        if odd:
            raise TrainingError(
                "Sides must be multiples of {step} px, so that training and serving pad alike; "
                "received {size}.",
                step=STEP,
                size=odd[0],
            )
        pictures = self.train["duplicate_group"].nunique()
        steps = pictures // (recipe.batch - recipe.made_a_batch)
        if steps == 0:
            raise TrainingError(
                "A batch of {batch} is more than the {pictures} training pictures.",
                batch=recipe.batch,
                pictures=pictures,
            )
        state = open_run(self.folder, recipe, self.split.sha256, resume=resume)
        begun = state["epoch"] > 0
        with computing_in(recipe.precision):
            model = for_training(
                build(
                    recipe.model,
                    init="random" if begun else recipe.init,
                    weights=None if begun else self.weights,
                    dropout=recipe.dropout,
                    seed=recipe.seed,
                )
            )
        taught = bool(recipe.teachers)
        graph = training_graph(model, recipe.dropout, recipe.seed, taught=taught)
        if begun:
            self._restore(graph.variables, "model")
        statistics = BatchStatistics(model, self.scaling)
        head = min(recipe.head_epochs, recipe.epochs)
        for first, last, head_only in ((0, head, True), (head, recipe.epochs, False)):
            if not first <= state["epoch"] < last:
                continue
            compile_model(graph, recipe, steps * (last - first), head_only=head_only)
            if state["epoch"] > first:
                self._restore(graph.optimizer.variables, "optimizer")
            while state["epoch"] < last and state["stale"] < recipe.patience:
                row = self._epoch(model, graph, statistics, state)
                save_run(self.folder, graph, state, row)
                if progress:
                    progress(row)
        return self._best()

    def _epoch(
        self, model: keras.Model, graph: keras.Model, statistics: BatchStatistics, state: Row
    ) -> Row:
        """Train one epoch; validate its averaged weights; keep them if they are the best."""
        start = time.monotonic()
        epoch, recipe = state["epoch"], self.recipe
        size = recipe.size_of(epoch)
        real, made = self.pictures_at(size)
        batches = Batches(
            real, made, recipe, epoch, cells_at(model, size), self.scaling, self.teach
        )
        results = list(trained_on(graph, batches))
        mean = {key: float(np.mean([result[key] for result in results])) for key in results[0]}
        if not np.isfinite(mean["loss"]):
            self._undo(graph, epoch)
        state["epoch"] += 1

        raw = [to_numpy(v) for v in graph.variables]
        graph.optimizer.finalize_variable_values(graph.trainable_variables)
        for variable in graph.trainable_variables:  # JAX would share the averages' memory
            variable.assign(to_numpy(variable))
        sample = np.random.default_rng((recipe.seed, epoch)).permutation(len(real))
        if epoch >= recipe.head_epochs:  # the head alone learned from the stored statistics
            statistics.estimate(real.squares[sample[:_NORM_IMAGES]], epoch)
        y = self.validation["y"].to_numpy()
        logits = logits_of(model, self.validation_squares(size), self.scaling)
        nll = mean_nll(logits, y)
        if size == recipe.input_size:  # smaller inputs are never served
            state["stale"] += 1
            if nll < state["best"]:
                state.update(best=nll, best_epoch=epoch + 1, stale=0)
                write_npz(self.folder / "best.npz", weights=model.weights)
        for variable, value in zip(graph.variables, raw, strict=True):
            variable.assign(value)
        return {
            "epoch": epoch + 1,
            "size": size,
            "loss": mean["loss"],
            "accuracy": mean["answer_accuracy"],
            "lesion_loss": mean["cells_loss"],
            "validation_loss": nll,
            "validation_accuracy": float((logits.argmax(1) == y).mean()),
            "seconds": time.monotonic() - start,
            "peak_gigabytes": peak_gigabytes(),
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
        read_npz(self.folder / "best.npz", "weights", model.weights)
        squares = self.pictures[0].squares
        order = np.random.default_rng(self.recipe.seed).permutation(len(squares))
        chosen = squares[order[:_FINAL_NORM_IMAGES]]
        BatchStatistics(model, self.scaling).estimate(chosen, self.recipe.seed)
        return model

    def _restore(self, variables: list[Any], kind: str) -> None:
        read_npz(self.folder / "state.npz", kind, variables)
