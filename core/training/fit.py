"""The training run: schedule, epochs, averaging, checkpoints, exact resumption."""

from __future__ import annotations

import csv
import json
import logging
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import TrainingError
from core.labels import NUM_CLASSES
from core.preprocess import scale
from core.training.architectures import Init, build, input_scaling
from core.training.augmentation import augmenter, reseed
from core.training.data import Dataset, Protocol, Split, load_squares
from core.training.fused import for_training

log = logging.getLogger(__name__)

_EVALUATION_BATCH = 64
_CALIBRATION_IMAGES = 512  # batch-norm statistics before each validation
FINAL_CALIBRATION_IMAGES = 3200  # and once more, of the weights that ship


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a run; two runs of one recipe and split are the same run.

    Attributes
    ----------
    model : str
        Key of `core.training.architectures.ARCHITECTURES`.
    protocol : str
        ``official`` or ``unseen-patients``.
    init : str
        ``imagenet`` or ``random``.
    sizes : tuple of (int, int)
        Progressive resizing: (input side, epochs) in order; the last side is served.
    crop : bool
        Brain-contour crop in preprocessing.
    head_epochs : int
        Epochs in which only the head learns, before the rest (for ``imagenet``).
    batch : int
        Images a step.
    peak_rate, weight_decay : float
        AdamW (arXiv:1711.05101) with linear warm-up and cosine decay (arXiv:1608.03983).
    warmup : float
        Share of all steps in which the rate climbs.
    label_smoothing, dropout, augmentation : float
        Regularisation; `augmentation` is the strength given to `augmenter`.
    class_weight : float
        Exponent p of the class weights (n / (k n_c)) ** p; 0 weighs all images alike.
    average : float
        Decay per step of the exponential moving average of the weights, which is what is
        validated and shipped (arXiv:1803.05407 averages over epochs instead).
    patience : int
        Epochs at the last size without a better validation loss before the run ends.
    seed : int
        Seeds weights, order, pictures and augmentation.
    """

    model: str
    protocol: Protocol
    init: Init = "imagenet"
    sizes: tuple[tuple[int, int], ...] = ((96, 8), (128, 8), (160, 4))
    crop: bool = False
    head_epochs: int = 0
    batch: int = 32
    peak_rate: float = 1e-3
    weight_decay: float = 0.05
    warmup: float = 0.1
    label_smoothing: float = 0.05
    dropout: float = 0.3
    augmentation: float = 1.0
    class_weight: float = 0.5
    average: float = 0.99
    patience: int = 6
    seed: int = 0

    @property
    def epochs(self) -> int:
        """Epochs over all sizes."""
        return sum(epochs for _, epochs in self.sizes)

    @property
    def input_size(self) -> int:
        """Side that the finished model is served at."""
        return self.sizes[-1][0]

    def size_of(self, epoch: int) -> int:
        """Input side in the given epoch."""
        for size, epochs in self.sizes:
            if epoch < epochs:
                return size
            epoch -= epochs
        raise ValueError(f"Invalid epoch. Expected less than {self.epochs}.")


class Batches:
    """One epoch: one picture of each duplicate group, shuffled, augmented, weighted.

    Which copy of a picture is drawn changes from epoch to epoch; the choice, the order
    and the augmentation depend on (seed, epoch) alone.
    """

    def __init__(
        self, squares: NDArray[np.float32], rows: pd.DataFrame, recipe: Recipe, epoch: int
    ) -> None:
        rng = np.random.default_rng((recipe.seed, epoch))
        order = rng.permutation(len(rows))
        first = ~rows["duplicate_group"].iloc[order].duplicated().to_numpy()
        self.indices = order[first]
        self.squares, self.y = squares, rows["y"].to_numpy()
        self.weights = class_weights(self.y[self.indices], recipe.class_weight)
        self.recipe = recipe
        self.scaling = input_scaling(recipe.model, recipe.init)
        self.pipeline = augmenter(recipe.augmentation, recipe.seed)
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.indices) // self.recipe.batch

    def __getitem__(self, i: int) -> tuple[Any, Any, Any]:
        """Batch i: inputs (B, S, S, 3), one-hot labels (B, 4), weights (B,)."""
        batch = self.indices[i * self.recipe.batch : (i + 1) * self.recipe.batch]
        reseed(self.pipeline, self.recipe.seed, self.epoch, i)
        images = self.pipeline(self.squares[batch][..., None], training=True)
        x = scale(keras.ops.convert_to_numpy(images)[..., 0].clip(0, 1), self.scaling)
        y = self.y[batch]
        return x, np.eye(NUM_CLASSES, dtype=np.float32)[y], self.weights[y]


def class_weights(y: NDArray[np.int64], power: float) -> NDArray[np.float32]:
    """Weight of each class, (n / (k n_c)) ** power, scaled so that the mean image weighs 1."""
    counts = np.bincount(y, minlength=NUM_CLASSES).clip(1)
    weights = (len(y) / (NUM_CLASSES * counts)) ** power
    weights *= len(y) / (weights * counts).sum()
    return np.asarray(weights, np.float32)


def compile_model(model: keras.Model, recipe: Recipe, steps: int, *, head_only: bool) -> None:
    """Attach a fresh optimiser for `steps` steps and say which layers learn."""
    for layer in model.layers:
        layer.trainable = not head_only or layer.name == "logits"
    warm = max(1, round(recipe.warmup * steps))
    rate = keras.optimizers.schedules.CosineDecay(
        recipe.peak_rate / 100,
        decay_steps=max(1, steps - warm),
        alpha=0.01,
        warmup_target=recipe.peak_rate,
        warmup_steps=warm,
    )
    optimizer = keras.optimizers.AdamW(
        rate,
        weight_decay=recipe.weight_decay,
        global_clipnorm=1.0,
        use_ema=True,
        ema_momentum=recipe.average,
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    loss = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=recipe.label_smoothing
    )
    # XLA makes these convolutions three to five times slower on a CPU, faster on a GPU.
    jit = keras.backend.backend() != "tensorflow"
    model.compile(optimizer, loss, metrics=["accuracy"], jit_compile=jit)
    optimizer.build(model.trainable_variables)


def logits_of(model: keras.Model, inputs: NDArray[np.float32], scaling: Any) -> NDArray[np.float32]:
    """Logits (N, 4) of prepared squares (N, S, S), in batches."""
    parts = [
        keras.ops.convert_to_numpy(model.predict_on_batch(scale(chunk, scaling)))
        for chunk in np.array_split(inputs, max(1, -(-len(inputs) // _EVALUATION_BATCH)))
    ]
    return np.concatenate(parts)


def recalibrate_batch_norm(
    model: keras.Model, squares: NDArray[np.float32], scaling: Any, seed: int
) -> None:
    """Replace moving statistics by the mean of batch statistics over training images.

    Moving averages belong to weights that have since changed, and to averaged weights not
    at all; re-estimating them is worth up to ten points of accuracy (Izmailov et al. 2018,
    arXiv:1803.05407, section 3.2). The images are shuffled, not augmented.
    """
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    if not norms:
        return
    momenta = [layer.momentum for layer in norms]
    order = np.random.default_rng(seed).permutation(len(squares))
    batches = np.array_split(order, max(1, len(order) // _EVALUATION_BATCH))
    for i, batch in enumerate(batches):
        for layer in norms:
            layer.momentum = i / (i + 1)  # a running mean over batches
        model(scale(squares[batch], scaling), training=True)
    for layer, momentum in zip(norms, momenta, strict=True):
        layer.momentum = momentum


class Run:
    """A training run with its folder: state, curves and the best weights so far.

    Attributes
    ----------
    folder : Path
        Holds ``recipe.json``, ``state.npz`` (everything needed to go on after the last
        whole epoch), ``best.npz`` (averaged weights, batch-norm statistics re-estimated)
        and ``curves.csv``.
    """

    def __init__(self, recipe: Recipe, split: Split, dataset: Dataset, folder: Path) -> None:
        self.recipe, self.split, self.dataset, self.folder = recipe, split, dataset, folder
        self.scaling = input_scaling(recipe.model, recipe.init)
        self.train = split.train
        self.validation = split.validation[split.validation["keep_one"] == 1]
        self._squares: dict[str, Any] = {"size": None}

    def squares(self, size: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Training and validation inputs at one size; only the current size is kept."""
        if self._squares["size"] != size:
            crop = self.recipe.crop
            train = load_squares(self.dataset, self.train, size, crop=crop)
            validation = load_squares(self.dataset, self.validation, size, crop=crop)
            self._squares = {"size": size, "parts": (train, validation)}
        parts: tuple[NDArray[np.float32], NDArray[np.float32]] = self._squares["parts"]
        return parts

    def fit(self, *, resume: bool = False, progress: Any = None) -> keras.Model:
        """Train, or go on training, and return the best model at the serving size.

        Parameters
        ----------
        resume : bool
            Go on after the last whole epoch of the run in `folder`.
        progress : callable, optional
            Called with each row of the curves.

        Raises
        ------
        TrainingError
            If the folder holds a run of another recipe or split, or nothing to resume.
        """
        state = self._open(resume)
        model = for_training(
            build(
                self.recipe.model,
                init="random" if resume else self.recipe.init,
                dropout=self.recipe.dropout,
                seed=self.recipe.seed,
            )
        )
        steps = len(Batches(np.empty(0, np.float32), self.train, self.recipe, 0))
        epoch = state["epoch"]
        head = self.recipe.head_epochs
        for stage, last in ((True, head), (False, self.recipe.epochs)):
            if epoch >= last:
                continue
            first = 0 if stage else head
            compile_model(model, self.recipe, steps * (last - first), head_only=stage)
            if state["epoch"] > first:
                self._restore(model)
            while epoch < last and state["stale"] < self.recipe.patience:
                row = self._epoch(model, epoch, state)
                epoch += 1
                state["epoch"] = epoch
                self._save(model, state, row)
                if progress:
                    progress(row)
        return self.best()

    def _epoch(self, model: keras.Model, epoch: int, state: dict[str, Any]) -> dict[str, Any]:
        start = time.monotonic()
        size = self.recipe.size_of(epoch)
        train, validation = self.squares(size)
        batches = Batches(train, self.train, self.recipe, epoch)
        losses, hits = [], []
        for i in range(len(batches)):  # `fit` on a PyDataset is three times slower on a CPU
            loss, accuracy = model.train_on_batch(*batches[i])
            losses.append(float(loss))
            hits.append(float(accuracy))
        raw = [keras.ops.convert_to_numpy(v) for v in model.variables]
        model.optimizer.finalize_variable_values(model.trainable_variables)
        sample = np.random.default_rng((self.recipe.seed, epoch)).permutation(len(train))
        recalibrate_batch_norm(model, train[sample[:_CALIBRATION_IMAGES]], self.scaling, epoch)
        logits = logits_of(model, validation, self.scaling)
        y = self.validation["y"].to_numpy()
        shifted = logits - logits.max(1, keepdims=True)
        nll = float((np.log(np.exp(shifted).sum(1)) - shifted[np.arange(len(y)), y]).mean())
        if size == self.recipe.input_size:  # smaller inputs are never served
            state["stale"] += 1
            if nll < state["best"]:
                state["best"], state["best_epoch"], state["stale"] = nll, epoch + 1, 0
                _write_npz(self.folder / "best.npz", [_numpy(v) for v in model.weights])
        for variable, value in zip(model.variables, raw, strict=True):
            variable.assign(value)
        return {
            "epoch": epoch + 1,
            "size": size,
            "loss": float(np.mean(losses)),
            "accuracy": float(np.mean(hits)),
            "validation_loss": nll,
            "validation_accuracy": float((logits.argmax(1) == y).mean()),
            "seconds": time.monotonic() - start,
        }

    def best(self) -> keras.Model:
        """Build the serving model, fixed size, with the best averaged weights."""
        model = build(self.recipe.model, init="random", size=self.recipe.input_size)
        with np.load(self.folder / "best.npz") as arrays:
            model.set_weights([arrays[f"a{i}"] for i in range(len(arrays.files))])
        train, _ = self.squares(self.recipe.input_size)
        order = np.random.default_rng(self.recipe.seed).permutation(len(train))
        chosen = train[order[:FINAL_CALIBRATION_IMAGES]]
        recalibrate_batch_norm(model, chosen, self.scaling, self.recipe.seed)
        return model

    def _open(self, resume: bool) -> dict[str, Any]:
        identity = json.dumps(
            {"recipe": asdict(self.recipe), "split_sha256": self.split.sha256}, indent=2
        )
        recipe_file = self.folder / "recipe.json"
        fresh = {"epoch": 0, "best": float("inf"), "best_epoch": None, "stale": 0}
        if not resume or not (self.folder / "state.json").is_file():
            self.folder.mkdir(parents=True, exist_ok=True)
            for name in ("state.json", "state.npz", "best.npz", "curves.csv"):
                (self.folder / name).unlink(missing_ok=True)
            recipe_file.write_text(identity + "\n")
            return fresh
        if recipe_file.read_text().strip() != identity:
            raise TrainingError(
                "The run in {folder} was started with another recipe or split; repeat its "
                "options, or start afresh without --resume.",
                folder=self.folder,
            )
        state: dict[str, Any] = json.loads((self.folder / "state.json").read_text())
        return state

    def _restore(self, model: keras.Model) -> None:
        with np.load(self.folder / "state.npz") as arrays:
            for i, variable in enumerate([*model.variables, *model.optimizer.variables]):
                variable.assign(arrays[f"a{i}"])

    def _save(self, model: keras.Model, state: dict[str, Any], row: dict[str, Any]) -> None:
        arrays = [_numpy(v) for v in [*model.variables, *model.optimizer.variables]]
        _write_npz(self.folder / "state.npz", arrays)
        curves = self.folder / "curves.csv"
        new = not curves.exists()
        with curves.open("a", newline="") as file:
            writer = csv.DictWriter(file, list(row))
            if new:
                writer.writeheader()
            writer.writerow({k: f"{v:.6g}" if isinstance(v, float) else v for k, v in row.items()})
        (self.folder / "state.json").write_text(json.dumps(state) + "\n")


def _numpy(variable: Any) -> NDArray[Any]:
    return np.asarray(keras.ops.convert_to_numpy(variable))


def _write_npz(path: Path, arrays: list[NDArray[Any]]) -> None:
    """Write atomically: an interrupted run leaves the previous file whole."""
    temporary = path.with_suffix(".tmp.npz")
    np.savez(temporary, **{f"a{i}": array for i, array in enumerate(arrays)})
    os.replace(temporary, path)
