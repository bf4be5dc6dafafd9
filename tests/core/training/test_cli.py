"""``python -m core train`` and ``evaluate`` from end to end, on the toy dataset."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from core.cli import app
from core.dataset.collection import Dataset, split
from core.evaluate.stored.layout import METRICS_NAME, PREDICTIONS_NAME, VALIDATION_NAME
from core.evaluate.stored.predictions import read_predictions
from core.registry import read_spec

from .conftest import Trained

pytestmark = pytest.mark.usefixtures("its_models")
_PARTS = (PREDICTIONS_NAME, VALIDATION_NAME)


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


class TestTrain:
    def test_prints_the_manifest(self, trained: Trained) -> None:
        assert trained.result.exit_code == 0, trained.result.output
        stored = json.loads((trained.folder / "manifest.json").read_text())
        assert json.loads(trained.result.stdout) == stored

    def test_the_command_on_record_names_no_place(self, trained: Trained) -> None:
        command = read_spec(trained.folder).manifest.training.command
        assert command == (
            "python -m core train --model mobilenetv2 --protocol unseen-patients --data DIR "
            "--init random --sizes 32:2 --batch 16 --peak-rate 0.003 --guide 0 --counterfactual 0 "
            "--no-crop --precision float32 --runs DIR"
        )

    def test_resuming_a_finished_run_changes_nothing(
        self, trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nor does an option that is younger than the run make it another one."""
        shutil.copytree(trained.runs, tmp_path, dirs_exist_ok=True)
        folder = tmp_path / trained.folder.relative_to(trained.runs)
        identity = json.loads((folder / "recipe.json").read_text())
        assert identity["recipe"].pop("teachers") == []
        (folder / "recipe.json").write_text(json.dumps(identity))
        before = {file.name: file.read_bytes() for file in folder.iterdir()}
        arguments = [*trained.arguments[:-1], f"--runs={tmp_path}", "--resume"]
        monkeypatch.setattr(sys, "argv", ["core", *arguments])
        again = call(*arguments)
        assert (again.exit_code, again.stdout) == (0, trained.result.stdout)
        after = {file.name: file.read_bytes() for file in folder.iterdir()}
        assert after == before

    def test_resuming_with_another_option_is_refused(self, trained: Trained) -> None:
        result = call(*trained.arguments, "--resume", "--dropout", "0.5")
        assert result.exit_code == 1 and result.stdout == ""
        assert "was started with another recipe or split" in result.stderr

    @pytest.mark.parametrize(
        ("option", "value", "sentence"),
        [
            ("--model", "alexnet", "expected one of xception, mobilenetv2"),
            ("--protocol", "secret", "expected one of official, unseen-patients"),
            ("--init", "luck", "expected imagenet, random or a file"),
            ("--precision", "float8", "expected auto, float32 or mixed_bfloat16"),
            ("--scaling", "none", "expected tf, caffe or torch"),
            ("--kinds", "mirror-ill,other", "expected some of mirror-healthy, mirror-ill"),
            ("--sizes", "96", "expected SIZE:EPOCHS"),
            ("--sizes", "big:8", "expected SIZE:EPOCHS"),
            ("--sizes", "64:2,96:0", "expected sizes of 1 to 1024 px, each for 1 epoch or more"),
            ("--sizes", "2048:1", "expected sizes of 1 to 1024 px"),
            ("--batch", "0", "greater than or equal to 1"),
        ],
    )
    def test_wrong_usage(
        self, pack: Path, tmp_path: Path, option: str, value: str, sentence: str
    ) -> None:
        options = {"--model": "vgg16", "--protocol": "official", "--data": str(pack)}
        options |= {"--runs": str(tmp_path / "runs"), option: value}
        result = call("train", *(word for pair in options.items() for word in pair))
        assert result.exit_code == 2 and result.stdout == ""
        assert sentence in " ".join(result.stderr.replace("│", " ").split())
        assert not (tmp_path / "runs").exists()

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            (["--model", "xception", "--sizes", "64:1"], "xception needs inputs of at least 71 px"),
            (["--model", "vgg16", "--data", "nowhere"], "nowhere is not the brain tumour dataset"),
            (["--model", "vgg16", "--batch", "500"], "A batch of 500 is more than the"),
        ],
    )
    def test_refusals_are_one_sentence(
        self, pack: Path, tmp_path: Path, options: list[str], sentence: str
    ) -> None:
        result = call(
            "train", "--data", pack, "--protocol", "official", "--runs", tmp_path, *options
        )
        assert result.exit_code == 1 and result.stdout == ""
        (line,) = [x for x in result.stderr.splitlines() if x and "epoch/s" not in x]
        assert line.startswith(sentence) and line.endswith(".")
        assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def arguments(trained: Trained, pack: Path) -> list[str]:
    return (
        f"evaluate --model mobilenetv2 --protocol unseen-patients --data {pack} "
        f"--runs {trained.runs}"
    ).split()


@pytest.fixture(scope="module")
def folder(its_models: None, trained: Trained, arguments: list[str]) -> Path:
    result = call(*arguments)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)["mobilenetv2"]
    assert told["from"] == "predicted"
    folder = trained.models / "mobilenetv2/evaluation/unseen-patients"
    stored = json.loads((folder / METRICS_NAME).read_text())
    figure = stored["images"]["all"]["figures"]["accuracy"]
    assert {key: told[key] for key in figure} == figure
    return folder


class TestEvaluate:
    def test_predictions_are_of_this_model_and_split(
        self, folder: Path, trained: Trained, toy: Dataset
    ) -> None:
        parts = split(toy, "unseen-patients")
        spec = read_spec(trained.models / "mobilenetv2")
        for name, rows in ((PREDICTIONS_NAME, parts.test), (VALIDATION_NAME, parts.validation)):
            stored = read_predictions(folder / name)
            assert stored.table["path"].tolist() == sorted(rows["path"])
            assert stored.provenance.split_sha256 == parts.sha256
            assert stored.provenance.weights_sha256 == spec.manifest.weights_sha256

    def test_accuracy_is_that_of_the_predictions(self, folder: Path) -> None:
        stored = read_predictions(folder / PREDICTIONS_NAME)
        share = (stored.logits.argmax(axis=1) == stored.y).mean()
        metrics = json.loads((folder / METRICS_NAME).read_text())
        assert metrics["images"]["all"]["figures"]["accuracy"]["value"] == pytest.approx(share)

    def test_the_run_is_on_record(self, folder: Path, trained: Trained) -> None:
        for name, original in (("run.json", "manifest.json"), ("curves.csv", "curves.csv")):
            assert (folder / name).read_bytes() == (trained.folder / original).read_bytes()

    def test_curves_of_a_later_run_are_not_taken(
        self, folder: Path, trained: Trained, arguments: list[str], tmp_path: Path
    ) -> None:
        """A run that was begun anew in the same folder is not the run behind the figures."""
        shutil.copytree(trained.folder, tmp_path / "mobilenetv2/unseen-patients")
        curves = tmp_path / "mobilenetv2/unseen-patients/curves.csv"
        curves.write_text(curves.read_text() + "99,32,1,1,1,1,1,1,1\n")
        before = (folder / "curves.csv").read_bytes()
        assert call(*arguments[:-1], tmp_path).exit_code == 0
        assert (folder / "curves.csv").read_bytes() == before

    def test_a_second_time_nothing_is_predicted(self, folder: Path, arguments: list[str]) -> None:
        """The figures are derived anew, byte for byte, also where they were lost."""
        metrics = (folder / METRICS_NAME).read_bytes()
        times = {name: (folder / name).stat().st_mtime_ns for name in _PARTS}
        (folder / METRICS_NAME).unlink()
        result = call(*arguments)
        assert result.exit_code == 0, result.output
        assert json.loads(result.stdout)["mobilenetv2"]["from"] == "stored predictions"
        assert (folder / METRICS_NAME).read_bytes() == metrics
        assert {name: (folder / name).stat().st_mtime_ns for name in _PARTS} == times

    def test_half_an_evaluation_is_done_again(self, folder: Path, arguments: list[str]) -> None:
        whole = {name: (folder / name).read_bytes() for name in (*_PARTS, METRICS_NAME)}
        (folder / PREDICTIONS_NAME).unlink()
        result = call(*arguments)
        assert json.loads(result.stdout)["mobilenetv2"]["from"] == "predicted"
        assert {name: (folder / name).read_bytes() for name in whole} == whole

    def test_nothing_to_evaluate(self, trained: Trained, pack: Path) -> None:
        result = call(
            "evaluate", "--model", "vgg16", "--protocol", "official", "--data", pack,
            "--runs", trained.runs,
        )  # fmt: skip
        assert result.exit_code == 1
        assert result.stderr.strip().endswith(
            "vgg16 has no official run to evaluate; train it with `python -m core train --model "
            "vgg16 --protocol official`."
        )

    def test_a_model_of_another_split_is_not_judged(
        self, trained: Trained, pack: Path, tmp_path: Path
    ) -> None:
        """Weights that saw this protocol's test images would shine on them."""
        shutil.copytree(trained.folder, tmp_path / "mobilenetv2/official")
        result = call(
            "evaluate", "--model", "mobilenetv2", "--protocol", "official", "--data", pack,
            "--runs", tmp_path,
        )  # fmt: skip
        assert result.exit_code == 1
        assert "mobilenetv2 was trained on another split than official" in result.stderr

    def test_no_dataset(self, tmp_path: Path) -> None:
        result = call("evaluate", "--protocol", "official", "--data", tmp_path)
        assert result.exit_code == 1 and result.stdout == ""
        assert "is not the brain tumour dataset" in result.stderr
