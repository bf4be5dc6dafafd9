"""Real model folders small enough to make in a test: one convolution behind a linear head."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.imaging import MRIImage
from core.labels import CLASS_NAMES
from core.preprocess import PREPROCESS_ID, PREPROCESS_VERSION
from core.registry import MANIFEST_NAME, WEIGHTS_NAME

if TYPE_CHECKING:
    import keras

SIZE = 32
CAM_LAYER = "features"


def toy_model(size: int = SIZE, seed: int = 0) -> keras.Model:
    """Eight channels on an 8 x 8 grid, global average pooling, dropout, four logits."""
    import keras

    keras.utils.set_random_seed(seed)
    inputs = keras.Input((size, size, 3), name="image")
    x = keras.layers.Conv2D(8, 5, strides=4, padding="same", activation="relu", name=CAM_LAYER)(
        inputs
    )
    x = keras.layers.GlobalAveragePooling2D(name="gap")(x)
    x = keras.layers.Dropout(0.5, name="dropout")(x)
    model = keras.Model(inputs, keras.layers.Dense(4, name="logits")(x))
    rng = np.random.default_rng(seed)
    kernel, bias = rng.normal(0, 3, (8, 4)), rng.normal(0, 0.1, 4)
    model.get_layer("logits").set_weights([kernel, bias])
    return model


def toy_manifest(name: str, weights: bytes) -> dict[str, Any]:
    """A manifest that vouches for `weights`."""
    return {
        "schema_version": 2,
        "name": name,
        "title": name.title(),
        "architecture": "Toy",
        "parameters": 644,
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
        "input_size": SIZE,
        "class_names": list(CLASS_NAMES),
        "preprocess": {
            "id": PREPROCESS_ID,
            "version": PREPROCESS_VERSION,
            "params": {"crop": True, "scaling": "tf"},
        },
        "cam_layer": CAM_LAYER,
        "temperature": 2.0,
        "abstain_threshold": None,
        "ruling_out": None,
        "init": {"kind": "random"},
        "training": {
            "protocol": "unseen-patients",
            "data": "none",
            "dataset_sha256": "0" * 64,
            "split_sha256": "0" * 64,
            "seed": 0,
            "epochs": 0,
            "best_epoch": 0,
            "schedule": {},
            "augmentations": {},
            "hardware": "any",
            "minutes": 0.0,
            "command": "",
            "packages": {},
        },
        "licence": "MIT",
        "citation": "",
        "limitations": [],
    }


def write_toy(models_dir: Path, name: str, weights: bytes, /, **changes: Any) -> Path:
    """Write a model folder; `changes` replace top-level fields of its manifest."""
    folder = models_dir / name
    folder.mkdir(parents=True)
    (folder / WEIGHTS_NAME).write_bytes(weights)
    manifest = toy_manifest(name, weights) | changes
    (folder / MANIFEST_NAME).write_text(json.dumps(manifest))
    return folder


def toy_scan(height: int = 60, width: int = 80, seed: int = 0) -> MRIImage:
    """A grey head with noise and a bright spot on black, off centre."""
    rows, columns = np.mgrid[:height, :width]
    head = ((rows / height - 0.5) ** 2 + (columns / width - 0.45) ** 2) < 0.16
    noise = np.random.default_rng(seed).uniform(0.3, 0.6, (height, width))
    pixels = np.where(head, noise, 0).astype(np.float32)
    pixels[height // 3 : height // 2, width // 4 : width // 3] = 1
    return MRIImage(pixels, hashlib.sha256(pixels.tobytes()).hexdigest(), "test")
