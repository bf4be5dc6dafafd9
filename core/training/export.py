"""From a finished run to a model folder: float16 weights, calibration, manifest."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import platform
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np

from core.architectures import ARCHITECTURES
from core.errors import N_
from core.evaluate.calibration import abstain_threshold, calibrated, fit_temperature
from core.labels import CLASS_NAMES
from core.preprocess import PREPROCESS_ID, PREPROCESS_VERSION
from core.registry import (
    MANIFEST_NAME,
    WEIGHTS_NAME,
    Manifest,
    Preprocess,
    PreprocessParams,
    Training,
)
from core.training.data import dataset_sha256
from core.training.fit import Run
from core.training.network import logits_of

_WEIGHTS_MEMBER = "model.weights.h5"
_EPOCH_ZERO = (1980, 1, 1, 0, 0, 0)  # so that equal weights give equal bytes
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
    """Write ``model.keras`` (float16) and ``manifest.json``.

    Temperature and abstention threshold are fitted on the validation part, with the
    rounded weights that ship.

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
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / WEIGHTS_NAME
    save_float16(model, weights)
    rounded = keras.models.load_model(weights, compile=False, safe_mode=True)
    _, validation = run.squares(recipe.input_size)
    y = run.validation["y"].to_numpy()
    logits = logits_of(rounded, validation, run.scaling)
    temperature = fit_temperature(logits, y)
    with (run.folder / "curves.csv").open() as file:
        curves = list(csv.DictReader(file))
    state = json.loads((run.folder / "state.json").read_text())
    architecture = ARCHITECTURES[recipe.model]
    manifest = Manifest(
        name=recipe.model,
        title=architecture.title,
        architecture=architecture.title,
        parameters=model.count_params(),
        weights_sha256=hashlib.sha256(weights.read_bytes()).hexdigest(),
        input_size=recipe.input_size,
        class_names=CLASS_NAMES,
        preprocess=Preprocess(
            id=PREPROCESS_ID,
            version=PREPROCESS_VERSION,
            params=PreprocessParams(crop=recipe.crop, scaling=run.scaling),
        ),
        cam_layer=architecture.cam_layer,
        temperature=round(temperature, 4),
        abstain_threshold=abstain_threshold(calibrated(logits, round(temperature, 4)), y),
        init=recipe.init,
        training=Training(
            protocol=recipe.protocol,
            data="Brain Tumor MRI Dataset (Nickparvar), version 1",
            dataset_sha256=dataset_sha256(run.dataset),
            split_sha256=run.split.sha256,
            seed=recipe.seed,
            epochs=len(curves),
            best_epoch=state["best_epoch"],
            schedule={
                "sizes": recipe.sizes,
                "optimizer": N_("AdamW, warm-up and cosine"),
                "batch": recipe.batch,
                "peak_rate": recipe.peak_rate,
                "weight_decay": recipe.weight_decay,
                "warmup": recipe.warmup,
                "label_smoothing": recipe.label_smoothing,
                "dropout": recipe.dropout,
                "class_weight": recipe.class_weight,
                "average": recipe.average,
                "head_epochs": recipe.head_epochs,
                "precision": recipe.precision,
            },
            augmentations={"strength": recipe.augmentation, "pictures": "one per duplicate group"},
            hardware=_hardware(),
            minutes=round(sum(float(row["seconds"]) for row in curves) / 60, 1),
            command=command,
            packages=_versions(),
        ),
        licence=LICENCE,
        citation=architecture.citation,
        limitations=LIMITATIONS,
    )
    (folder / MANIFEST_NAME).write_text(manifest.model_dump_json(indent=1) + "\n")
    return manifest


def save_float16(model: keras.Model, path: Path) -> None:
    """Save a standard ``.keras`` archive with its kernels in half precision.

    Arrays of two and more dimensions become float16; biases and batch-norm statistics
    stay float32, because a variance can leave float16's range. `keras.models.load_model`
    restores float32 throughout.
    """
    full = path.with_suffix(".full.keras")
    model.save(full)
    with zipfile.ZipFile(full) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == _WEIGHTS_MEMBER:
                content = _halve(content)
            elif name == "metadata.json":
                content = json.dumps({**json.loads(content), "date_saved": ""}).encode()
            target.writestr(zipfile.ZipInfo(name, _EPOCH_ZERO), content)
    full.unlink()


def _halve(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with h5py.File(io.BytesIO(content)) as source, h5py.File(buffer, "w") as target:

        def copy(name: str, item: h5py.Group | h5py.Dataset) -> None:
            if isinstance(item, h5py.Dataset):
                half = item.ndim > 1 and item.dtype == np.float32
                new = target.create_dataset(
                    name, data=item[()].astype(np.float16 if half else item.dtype)
                )
            else:
                new = target.require_group(name)
            new.attrs.update(item.attrs)

        target.attrs.update(source.attrs)
        source.visititems(copy)
    return buffer.getvalue()


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
