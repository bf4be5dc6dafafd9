"""One toy dataset, one empty download and a few trained runs, shared by all tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from core.training.data import MANIFEST, Dataset, load_dataset

from .toys import write_pack


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy dataset as a pack with its own manifest.csv."""
    return write_pack(tmp_path_factory.mktemp("pack"))


@pytest.fixture(scope="session")
def toy(pack: Path) -> Dataset:
    return load_dataset(pack)


@pytest.fixture(scope="session")
def download(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every file of the Kaggle download, by name; the files are empty."""
    root = tmp_path_factory.mktemp("download")
    for path in pd.read_parquet(MANIFEST, columns=["path"])["path"]:
        split, label, name = path.split("/")[-3:]
        file = root / {"train": "Training", "test": "Testing"}[split] / label / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    return root


@pytest.fixture(scope="session")
def real(download: Path) -> Dataset:
    """The real dataset's table, as audited; no pictures."""
    return load_dataset(download)


@pytest.fixture(scope="module")
def eager() -> Iterator[None]:
    """Run step by step: tracing a training step takes longer than a few toy epochs."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)
