"""Weights that another trainer made, put into this project's graph with an honest record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np

from core.architectures import ARCHITECTURES
from core.dataset.collection import Dataset, Split, dataset_sha256, load_squares
from core.errors import TrainingError
from core.logits import logits_of
from core.manifest import (
    ONE_A_GROUP,
    Augmentations,
    Counterfactual,
    Init,
    Manifest,
    Preprocess,
    PreprocessParams,
    Schedule,
    Training,
)
from core.preprocess import PREPROCESS_ID, Scaling
from core.training.architectures import build
from core.training.export import DATA, write_folder
from core.training.kinds import KINDS
from core.training.recipe import Recipe

_TOLERANCE = 0.0101  # in validation accuracy, for another precision on another machine
_SMOOTHING = 0.05  # fixed in that trainer


def adopt(
    name: str,
    weights: Path,
    report: Path,
    dataset: Dataset,
    split: Split,
    folder: Path,
    *,
    trainer: str,
    hardware: str,
    init: Init,
    command: str,
) -> Manifest:
    """Load weights that were trained elsewhere, check them, calibrate them, write the folder.

    Parameters
    ----------
    name : str
        Key of `core.architectures.ARCHITECTURES`.
    weights : Path
        As `keras.Model.save_weights` writes them, of `core.training.architectures.build`.
    report : Path
        JSON of the run: ``args`` (its settings), ``seconds``, ``validation`` (accuracy on
        the distinct validation pictures).
    dataset, split : Dataset, Split
        Of the protocol that the weights were trained under.
    folder : Path
        Created if need be.
    trainer, hardware : str
        By what and on what the weights were trained, in a few words.
    init : Init
        What they began as.
    command : str
        What was typed, for the record.

    Raises
    ------
    TrainingError
        If the report is of another network, the weights do not fit, or they do not reach
        the validation accuracy that the report states: then squares, scaling or split are
        not those of the run, and no figure would mean what it says.
    """
    told = _read(report, name)
    args = told["args"]
    architecture = ARCHITECTURES[name]
    scaling: Scaling = architecture.scaling if args["init"] or name == "densenet121" else "tf"
    model = build(name, init="random", size=args["size"])
    try:
        model.load_weights(weights)
    except (OSError, ValueError) as error:
        raise TrainingError(
            "{file} does not hold weights of {title}.", file=weights.name, title=architecture.title
        ) from error
    preprocess = Preprocess(
        id=PREPROCESS_ID,
        version=args["version"],
        params=PreprocessParams(crop=True, scaling=scaling),
    )
    _check(model, preprocess, dataset, split, told["validation"], weights.name)
    training = Training(
        protocol=split.protocol,
        data=DATA,
        dataset_sha256=dataset_sha256(dataset),
        split_sha256=split.sha256,
        seed=args["seed"],
        epochs=None,
        best_epoch=None,
        schedule=Schedule(
            steps=told["steps_done"],
            optimizer=Recipe.optimizer,
            batch=args["batch"],
            peak_rate=args["rate"],
            label_smoothing=_SMOOTHING,
            average=args["ema"],
            head_steps=args["head_steps"],
            precision=args["policy"],
        ),
        augmentations=Augmentations(curve=args["curve"], pictures=ONE_A_GROUP),
        hardware=hardware,
        minutes=round(told["seconds"] / 60, 1),
        command=command,
        packages={},
        trainer=trainer,
        guide=args["guide"],
        counterfactual=_counterfactual(args),
    )
    return write_folder(
        model,
        folder,
        architecture=architecture,
        preprocess=preprocess,
        init=init,
        training=training,
        dataset=dataset,
        validation=split.validation,
    )


def _read(report: Path, name: str) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(report.read_text())
        of, teachers = told["name"], told["args"]["teacher"]
    except (OSError, ValueError, KeyError) as error:
        raise TrainingError("{file} is not the report of a run.", file=report.name) from error
    if of != name:
        raise TrainingError(
            "{file} is the report of {other}, not of {name}.",
            file=report.name,
            other=of,
            name=name,
        )
    if teachers:
        raise TrainingError(
            "{file} names teachers without the digest of their weights; such a run cannot be "
            "recorded truly.",
            file=report.name,
        )
    return told


def _check(
    model: keras.Model,
    preprocess: Preprocess,
    dataset: Dataset,
    split: Split,
    stated: float,
    file: str,
) -> None:
    rows = split.validation.sort_values("keep_one", ascending=False, kind="stable")
    rows = rows.drop_duplicates("duplicate_group")
    size = int(model.input_shape[1])
    squares = load_squares(dataset, rows, size, crop=True, version=preprocess.version)
    logits = logits_of(model, squares, preprocess.params.scaling)
    reached = float(np.mean(logits.argmax(axis=1) == rows["y"].to_numpy()))
    if abs(reached - stated) > _TOLERANCE:
        raise TrainingError(
            "{file} reads {reached} of the validation pictures rightly here, but its report says "
            "{stated}; squares, scaling or split are not those that it was trained with.",
            file=file,
            reached=f"{reached:.1%}",
            stated=f"{stated:.1%}",
        )


def _counterfactual(args: dict[str, Any]) -> Counterfactual:
    share = args["cf"]
    named = tuple(k for k in str(args.get("kinds", "")).split(",") if k)
    return Counterfactual(share=share, kinds=(named or KINDS) if share else ())
