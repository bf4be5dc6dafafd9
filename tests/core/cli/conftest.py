"""The command line over tiny models, in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from core.cli import app
from tests.core.toys import toy_scan, write_toy


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, all of it, as JSON."""
        return json.loads(self.out)


Run = Callable[..., Answer]


@pytest.fixture
def models_dir(toy_weights: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two models, `one` and `two`, which every command takes for the app's own."""
    folder = tmp_path / "models"
    for name in ("one", "two"):
        write_toy(folder, name, toy_weights)
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(folder))
    monkeypatch.setenv("GLASSBRAIN_ENGINE", "tensorflow")
    return folder


@pytest.fixture
def run(models_dir: Path) -> Run:
    """`run("predict", file, "--json")`: a command's answer; a crash fails the test."""

    def invoke(*arguments: object) -> Answer:
        result = CliRunner().invoke(app, [str(a) for a in arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Answer(result.exit_code, result.stdout, result.stderr)

    return invoke


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A PNG of 60 x 80 pixels."""
    file = tmp_path / "scan.png"
    Image.fromarray((toy_scan().pixels * 255).round().astype("uint8")).save(file)
    return file
