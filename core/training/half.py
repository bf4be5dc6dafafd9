"""Weights in half precision: half the file, the same answers."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np

_WEIGHTS_MEMBER = "model.weights.h5"
_EPOCH_ZERO = (1980, 1, 1, 0, 0, 0)  # so that equal weights give equal bytes


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
