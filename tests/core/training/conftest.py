"""One toy dataset, one empty download and a few trained runs, shared by all tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from click.testing import Result
from typer.testing import CliRunner

from core.cli import app
from core.dataset import MANIFEST
from core.dataset.collection import Dataset, load_dataset

from .toys import backbone, write_pack


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


@pytest.fixture(scope="module")
def shallow() -> Iterator[None]:
    """Fit a dozen layers: what is asked here is the same of any network (`test_cli` fits one)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.training.architectures._backbone", backbone)
        yield


@dataclass(frozen=True)
class Trained:
    """What ``python -m core train`` left and said, on the toy dataset."""

    arguments: list[str]
    result: Result
    runs: Path
    models: Path

    @property
    def folder(self) -> Path:
        """The run's folder."""
        return self.runs / "mobilenetv2" / "unseen-patients"


@pytest.fixture(scope="session")
def trained(pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """One whole training by command."""
    root = tmp_path_factory.mktemp("trained")
    arguments = (
        f"train --model mobilenetv2 --protocol unseen-patients --data {pack} --init random "
        f"--sizes 32:2 --batch 16 --peak-rate 0.003 --guide 0 --counterfactual 0 --no-crop "
        f"--precision float32 --runs={root / 'runs'}"
    ).split()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSBRAIN_MODELS_DIR", str(root / "models"))
        patch.setattr(sys, "argv", ["core", *arguments])
        result = CliRunner().invoke(app, arguments)
    return Trained(arguments, result, root / "runs", root / "models")


@pytest.fixture(scope="module")
def its_models(trained: Trained) -> Iterator[None]:
    """The models folder of that training is the app's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSBRAIN_MODELS_DIR", str(trained.models))
        yield
