"""From a finished run to a model folder: float16 weights, calibration, manifest."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import pandas as pd

from core.architectures import ARCHITECTURES, Architecture
from core.dataset.collection import Dataset, dataset_sha256, load_squares
from core.errors import N_
from core.evaluate.figures.calibration import abstain_threshold, fit_temperature
from core.evaluate.figures.ruling_out import operating_point
from core.labels import CLASS_NAMES
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
    write_manifest,
)
from core.preprocess import PREPROCESS_ID, PREPROCESS_VERSION
from core.registry import MANIFEST_NAME, WEIGHTS_NAME
from core.softmax import calibrated
from core.training.fit import Run
from core.training.half import save_float16
from core.training.starts import begun_from

DATA = "Brain Tumor MRI Dataset (Nickparvar), version 1"
_PACKAGES = ("keras", "tensorflow-cpu", "tensorflow", "jax", "numpy", "opencv-python-headless")

LICENCE = N_("MIT (weights); trained on Nickparvar's collection, which includes CC BY 4.0 pictures")
LIMITATIONS = (
    N_("Research and teaching only; not a medical device."),
    N_(
        "Single slices of one public collection; other scanners and sequences are out of its world."
    ),
    N_(
        "Tumour classes are contrast-enhanced T1, the no-tumour class is mostly T2 or FLAIR: "
        "the sequence alone gives much of the answer away."
    ),
    N_(
        "Knows three tumour types and no others; metastases, lymphoma, bleeding and stroke are "
        "forced into one of its four classes."
    ),
)


def export(run: Run, model: keras.Model, folder: Path, command: str) -> Manifest:
    """Write ``model.keras`` (float16) and ``manifest.json`` of a finished run.

    Parameters
    ----------
    run : Run
        A finished run.
    model : keras.Model
        What `Run.fit` returned.
    folder : Path
        Created if need be.
    command : str
        What was typed, for the record.
    """
    recipe = run.recipe
    with (run.folder / "curves.csv").open() as file:
        curves = list(csv.DictReader(file))
    state = json.loads((run.folder / "state.json").read_text())
    preprocess = Preprocess(
        id=PREPROCESS_ID,
        version=PREPROCESS_VERSION,
        params=PreprocessParams(crop=recipe.crop, scaling=run.scaling),
    )
    training = Training(
        protocol=recipe.protocol,
        data=DATA,
        dataset_sha256=dataset_sha256(run.dataset),
        split_sha256=run.split.sha256,
        seed=recipe.seed,
        epochs=len(curves),
        best_epoch=state["best_epoch"],
        schedule=Schedule.model_validate(recipe, from_attributes=True),
        augmentations=Augmentations(strength=recipe.augmentation, pictures=ONE_A_GROUP),
        hardware=_hardware(),
        minutes=round(sum(float(row["seconds"]) for row in curves) / 60, 1),
        command=command,
        packages=_versions(),
        guide=recipe.guide,
        counterfactual=Counterfactual(
            share=recipe.counterfactual, kinds=recipe.kinds if recipe.counterfactual else ()
        ),
        teachers=dict(recipe.teachers),
        peak_memory_gb=max(float(row["peak_gigabytes"]) for row in curves) or None,
    )
    return write_folder(
        model,
        folder,
        architecture=ARCHITECTURES[recipe.model],
        preprocess=preprocess,
        init=begun_from(run.weights.name if run.weights else recipe.init, recipe.init_sha256),
        training=training,
        dataset=run.dataset,
        validation=run.split.validation,
    )


def write_folder(
    model: keras.Model,
    folder: Path,
    *,
    architecture: Architecture,
    preprocess: Preprocess,
    init: Init,
    training: Training,
    dataset: Dataset,
    validation: pd.DataFrame,
) -> Manifest:
    """Write a model folder: weights in half precision, and a manifest with its calibration.

    Temperature, abstention threshold and the point from which a tumour is ruled out are
    fitted on all pictures of the validation part, with the rounded weights that ship.

    Parameters
    ----------
    model : keras.Model
        Of fixed input size, with logits.
    folder : Path
        Created if need be.
    architecture : Architecture
    preprocess : Preprocess
        What the model was trained behind.
    init : Init
        What the weights began as.
    training : Training
    dataset : Dataset
    validation : DataFrame
        Rows of a `core.dataset.collection.Split`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / WEIGHTS_NAME
    save_float16(model, weights)
    rounded = keras.models.load_model(weights, compile=False, safe_mode=True)
    size = int(model.input_shape[1])
    squares = load_squares(
        dataset, validation, size, crop=preprocess.params.crop, version=preprocess.version
    )
    logits = logits_of(rounded, squares, preprocess.params.scaling)
    y = validation["y"].to_numpy()
    temperature = round(fit_temperature(logits, y), 4)
    probabilities = calibrated(logits, temperature)
    manifest = Manifest(
        name=architecture.name,
        title=architecture.title,
        architecture=architecture.title,
        parameters=model.count_params(),
        weights_sha256=hashlib.sha256(weights.read_bytes()).hexdigest(),
        input_size=size,
        class_names=CLASS_NAMES,
        preprocess=preprocess,
        cam_layer=architecture.cam_layer,
        temperature=temperature,
        abstain_threshold=abstain_threshold(probabilities, y),
        ruling_out=operating_point(probabilities, y, validation["group"].to_numpy(str)),
        init=init,
        training=training,
        licence=LICENCE,
        citation=architecture.citation,
        limitations=LIMITATIONS,
    )
    write_manifest(folder / MANIFEST_NAME, manifest)
    return manifest


def _hardware() -> str:
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                cpu = line.split(":", 1)[1].strip()
                break
    return f"{os.cpu_count()} cores of {cpu}, {keras.backend.backend()} backend"


def _versions() -> dict[str, str]:
    found: dict[str, Any] = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except ModuleNotFoundError:
            continue
    return found
