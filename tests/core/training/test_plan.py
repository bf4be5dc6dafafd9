"""A plan of runs: what it may say, what is skipped, and the command that it comes to."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.cli import app
from core.errors import TrainingError
from core.settings import PROJECT, Settings
from core.training.architectures import STEP
from core.training.plan import command_of, is_finished, read_plan

from .conftest import Trained


def write(folder: Path, text: str) -> Path:
    (folder / "plan.toml").write_text(text)
    return folder / "plan.toml"


def test_the_shipped_plan_can_be_made() -> None:
    runs = read_plan(PROJECT / "models" / "plan.toml")
    assert {run.protocol for run in runs} == {"official", "unseen-patients"}
    assert len({(run.model, run.protocol) for run in runs}) == len(runs)
    sides = [int(part.split(":")[0]) for run in runs
             for part in str(run.options.get("sizes", "")).split(",") if part]  # fmt: skip
    assert sides and all(side % STEP == 0 for side in sides)


def test_options_become_words(tmp_path: Path) -> None:
    (tmp_path / "start.h5").touch()
    text = (
        '[[run]]\nmodel = "vgg16"\nprotocol = "official"\ninit = "start.h5"\n'
        'peak_rate = 0.001\ncrop = false\nsizes = "64:1"\n'
    )
    (run,) = read_plan(write(tmp_path, text))
    words = command_of(run, data=Path("D"), runs=Path("R"), init_dir=tmp_path)
    assert words == [
        "train", "--model", "vgg16", "--protocol", "official", "--init", str(tmp_path / "start.h5"),
        "--peak-rate", "0.001", "--no-crop", "--sizes", "64:1", "--data", "D", "--runs", "R",
        "--resume",
    ]  # fmt: skip
    with pytest.raises(TrainingError, match=r"begins vgg16 from start\.h5, which is not in"):
        command_of(run, data=Path("D"), runs=Path("R"))


def test_teachers_are_runs_of_the_plan_or_what_ships(tmp_path: Path) -> None:
    text = '[[run]]\nmodel = "resnet50"\nprotocol = "{}"\nteachers = ["vgg16"]\n'
    for protocol, expected in (
        ("unseen-patients", Settings().models_dir / "vgg16"),
        ("official", tmp_path / "vgg16/official"),
    ):
        (run,) = read_plan(write(tmp_path, text.format(protocol)))
        words = command_of(run, data=Path("D"), runs=tmp_path)
        assert words[words.index("--teachers") + 1] == str(expected)
    own = tmp_path / "vgg16/unseen-patients"
    own.mkdir(parents=True)
    (own / "manifest.json").touch()
    (run,) = read_plan(write(tmp_path, text.format("unseen-patients")))
    assert str(own) in command_of(run, data=Path("D"), runs=tmp_path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is not a plan"),
        ("[[run]", "is not a plan"),
        ('[[run]]\nmodel = "vgg16"\n', "is not a plan"),
        ('[[run]]\nmodel = "alexnet"\nprotocol = "official"\n', "plans alexnet; known are xcep"),
    ],
)
def test_what_is_no_plan(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(TrainingError, match=sentence):
        read_plan(write(tmp_path, text))
    with pytest.raises(TrainingError, match="is not a plan"):
        read_plan(tmp_path / "none.toml")


def test_what_is_finished_is_skipped(trained: Trained, pack: Path, tmp_path: Path) -> None:
    shutil.copytree(trained.folder, tmp_path / "mobilenetv2" / "unseen-patients")
    plan = write(tmp_path, '[[run]]\nmodel = "mobilenetv2"\nprotocol = "unseen-patients"\n')
    assert is_finished(read_plan(plan)[0], tmp_path)
    result = CliRunner().invoke(
        app, ["train-all", "--plan", str(plan), "--data", str(pack), "--runs", str(tmp_path)]
    )
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == [
        {"model": "mobilenetv2", "protocol": "unseen-patients", "state": "was finished"}
    ]
