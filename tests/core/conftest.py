"""Toy weights, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.registry import ModelSpec, read_spec

from .toys import toy_model, write_toy


@pytest.fixture(scope="session")
def toy_weights(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a tiny ``model.keras``."""
    file = tmp_path_factory.mktemp("toy") / "model.keras"
    toy_model().save(file)
    return file.read_bytes()


@pytest.fixture
def toy_spec(toy_weights: bytes, tmp_path: Path) -> ModelSpec:
    """A tiny model that can be loaded."""
    return read_spec(write_toy(tmp_path, "toy", toy_weights))
