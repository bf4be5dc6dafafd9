"""A board of what may be compared, and a sentence on whatever may not."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from shutil import copytree
from types import SimpleNamespace

import numpy as np
import pytest

from core.errors import ModelError
from core.evaluate.board.leaderboard import comparison, load_leaderboard, rank
from core.evaluate.figures import metrics as metrics_module
from core.evaluate.figures.metrics import write_metrics
from core.evaluate.make.ensemble import combine
from core.evaluate.stored.layout import CONTROLS, METRICS_NAME, PREDICTIONS_NAME, evaluation_folder
from core.evaluate.stored.predictions import Predictions, read_predictions, write_predictions
from core.settings import PROJECT
from tests.core.evaluate.toys import SHA, Make

Y = np.array([0, 1, 2, 3] * 15)
Store = Callable[..., Predictions]
RIGHT = {"xception": 56, "vgg16": 55, "resnet50": 30}


@pytest.fixture(autouse=True)
def served(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Models that the app serves, name -> sha256 of the weights; tests change it."""
    weights = dict.fromkeys(RIGHT, SHA["a"])

    def discover(_: Path) -> tuple[dict[str, object], tuple[object, ...]]:
        specs = {
            name: SimpleNamespace(manifest=SimpleNamespace(title=name.upper(), weights_sha256=sha))
            for name, sha in sorted(weights.items())
            if sha != "broken"
        }
        broken = [
            SimpleNamespace(name=name, reason=ModelError("no"))
            for name, sha in weights.items()
            if sha == "broken"
        ]
        return specs, tuple(broken)

    monkeypatch.setattr("core.evaluate.board.rows.discover", discover)
    monkeypatch.setattr(metrics_module.build_metrics, "__defaults__", (50,))
    return weights


def saved(home: Path, make: Make, name: str, right: int, **more: object) -> Predictions:
    """Store a model that gets the first `right` of sixty images right."""
    answer = np.where(np.arange(60) < right, Y, (Y + 1) % 4)
    control = {"kind": "control", "weights_sha256": None} if name in CONTROLS else {}
    fields = {"name": name, "protocol": "unseen-patients", **control, **more}
    made = make(Y, np.full((60, 4), 0.1) + 0.6 * np.eye(4)[answer], **fields)
    folder = evaluation_folder(home, name, made.provenance.protocol)
    write_predictions(folder / PREDICTIONS_NAME, made)
    write_metrics(folder)
    return made


@pytest.fixture
def store(make: Make, tmp_path: Path) -> Store:
    return partial(saved, tmp_path, make)


@pytest.fixture(scope="module")
def template() -> dict[str, Path]:
    """Filled once, by the first test that needs it."""
    return {}


@pytest.fixture
def full(
    make: Make, template: dict[str, Path], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Predictions]:
    """All three models and all controls, under unseen-patients."""
    names = {**RIGHT, **dict.fromkeys(CONTROLS, 20)}
    if not template:
        template["home"] = tmp_path_factory.mktemp("models")
        for name, right in names.items():
            saved(template["home"], make, name, right)
    copytree(template["home"], tmp_path, dirs_exist_ok=True)
    return {
        name: read_predictions(
            evaluation_folder(tmp_path, name, "unseen-patients") / PREDICTIONS_NAME
        )
        for name in names
    }


def sentences(board: object) -> list[str]:
    return [str(problem) for problem in board.problems]


def test_all_there(full: object, tmp_path: Path) -> None:
    board = load_leaderboard(tmp_path, "unseen-patients")
    assert board.problems == ()
    assert [row.kind for row in board.rows] == ["model"] * 3 + ["control"] * 4
    assert board.row("vgg16").title == "VGG16"
    assert board.row("vgg16").figure("accuracy").value == pytest.approx(55 / 60, abs=1e-6)


def test_ranking(full: object, tmp_path: Path) -> None:
    board = load_leaderboard(tmp_path, "unseen-patients")
    ranked = rank(board, "accuracy")
    assert [r.row.name for r in ranked[:3]] == ["xception", "vgg16", "resnet50"]
    assert [r.position for r in ranked] == [1, 2, 3, 4, 4, 4, 4]  # equals share a place
    losses = rank(board, "log_loss", images="distinct")
    assert [r.row.name for r in losses[:3]] == ["xception", "vgg16", "resnet50"]
    assert [r.position for r in losses[3:]] == [None] * 4  # controls have no log loss


def test_reported_rows_are_shown_and_never_placed(store: Store, tmp_path: Path) -> None:
    store("xception", 58, protocol="official")
    board = load_leaderboard(tmp_path, "official")
    ranked = rank(board, "accuracy")
    assert ranked[0].row.name == "xception" and ranked[0].position == 1
    reported = [r for r in ranked if r.row.kind == "reported"]
    assert len(reported) == 6 and all(r.position is None for r in reported)
    assert reported[0].row.name == "paper:xception" and reported[0].row.title == "Xception"
    assert reported[0].figure.value == 0.9527 and reported[0].figure.ci_low is None
    assert reported[0].row.figure("mcc").value is None
    assert not [r for r in load_leaderboard(tmp_path, "unseen-patients").rows if r.reported]


def test_empty_folder(served: dict[str, str], tmp_path: Path) -> None:
    served.clear()
    board = load_leaderboard(tmp_path / "nothing", "unseen-patients")
    assert board.rows == ()
    assert sentences(board)[0] == "majority has not been evaluated under unseen-patients."
    assert comparison(board).pairs == ()


def test_comparison(full: object, tmp_path: Path) -> None:
    board = load_leaderboard(tmp_path, "unseen-patients")
    compared = comparison(board, "accuracy")
    assert compared.order[:3] == ("xception", "vgg16", "resnet50")
    assert len(compared.pairs) == 21
    assert compared.tied_with_best == {"xception", "vgg16"}
    assert compared.letters["xception"] == compared.letters["vgg16"] == "a"
    assert "a" not in compared.letters["resnet50"]
    assert len(comparison(board, "brier", "distinct").pairs) == 3


def test_other_weights_than_served(full: object, served: dict[str, str], tmp_path: Path) -> None:
    served["vgg16"] = SHA["b"]
    board = load_leaderboard(tmp_path, "unseen-patients")
    assert [r.name for r in board.rows if r.kind == "model"] == ["resnet50", "xception"]
    assert sentences(board) == [
        "The results of vgg16 under unseen-patients are of other weights than the app serves; "
        "run its evaluation again."
    ]


def test_official_results_are_of_their_own_weights(
    store: Store, served: dict[str, str], tmp_path: Path
) -> None:
    store("vgg16", 40, protocol="official", weights_sha256=SHA["c"])
    served["vgg16"] = "broken"  # unusable in the app, but what was measured was measured
    board = load_leaderboard(tmp_path, "official")
    assert board.row("vgg16").title == "VGG16"


def test_model_that_cannot_be_served(full: object, served: dict[str, str], tmp_path: Path) -> None:
    served["vgg16"] = "broken"
    board = load_leaderboard(tmp_path, "unseen-patients")
    assert sentences(board) == [
        "vgg16 cannot be served, so its results under unseen-patients are left out."
    ]


def test_model_whose_weights_do_not_ship(
    store: Store, served: dict[str, str], tmp_path: Path
) -> None:
    """Official results stand by themselves before there is anything to serve."""
    served.clear()
    store("densenet121", 40, protocol="official")
    assert load_leaderboard(tmp_path, "official").row("densenet121").title == "DenseNet121"
    board = load_leaderboard(tmp_path, "unseen-patients")
    assert "densenet121 has not been evaluated under unseen-patients." in sentences(board)


@pytest.mark.parametrize("field", ["split_sha256", "dataset_sha256"])
def test_another_split_or_dataset(full: object, store: Store, tmp_path: Path, field: str) -> None:
    store("xception", 60, **{field: SHA["f"]})
    board = load_leaderboard(tmp_path, "unseen-patients")
    assert rank(board, "accuracy")[0].row.name == "vgg16"
    assert sentences(board) == [
        "The results of xception under unseen-patients are of another dataset or split than "
        "the others; run its evaluation again."
    ]


def test_figures_of_other_predictions(full: dict[str, Predictions], tmp_path: Path) -> None:
    folder = evaluation_folder(tmp_path, "vgg16", "unseen-patients")
    write_predictions(folder / PREDICTIONS_NAME, full["xception"])
    board = load_leaderboard(tmp_path, "unseen-patients")
    assert sentences(board) == [
        "The figures of vgg16 under unseen-patients were not made from the predictions stored "
        "beside them; run its evaluation again."
    ]


def test_results_in_the_wrong_folder(full: dict[str, Predictions], tmp_path: Path) -> None:
    folder = evaluation_folder(tmp_path, "vgg16", "unseen-patients")
    write_predictions(folder / PREDICTIONS_NAME, full["xception"])
    write_metrics(folder)
    board = load_leaderboard(tmp_path, "unseen-patients")
    assert sentences(board) == [
        "What is stored for vgg16 under unseen-patients are the test results of xception under "
        "unseen-patients."
    ]


@pytest.mark.parametrize("damage", ["cut short", "another shape", "gone", "predictions gone"])
def test_damaged_files(full: object, tmp_path: Path, damage: str) -> None:
    folder = evaluation_folder(tmp_path, "vgg16", "unseen-patients")
    file = folder / METRICS_NAME
    if damage == "cut short":
        file.write_bytes(file.read_bytes()[:1000])
    elif damage == "another shape":
        content = json.loads(file.read_text())
        del content["images"]["all"]["figures"]
        file.write_text(json.dumps(content))
    else:
        (file if damage == "gone" else folder / PREDICTIONS_NAME).unlink()
    board = load_leaderboard(tmp_path, "unseen-patients")
    assert len(board.rows) == 6 and len(board.problems) == 1
    assert str(folder) in sentences(board)[0]


def test_model_not_evaluated(full: object, served: dict[str, str], tmp_path: Path) -> None:
    served["mobilenetv2"] = SHA["b"]
    board = load_leaderboard(tmp_path, "unseen-patients")
    assert sentences(board) == ["mobilenetv2 has not been evaluated under unseen-patients."]


def test_ensemble_and_its_members(
    full: dict[str, Predictions], store: Store, served: dict[str, str], tmp_path: Path
) -> None:
    folder = evaluation_folder(tmp_path, "ensemble", "unseen-patients")
    write_predictions(folder / PREDICTIONS_NAME, combine(full, ["xception", "vgg16"]))
    write_metrics(folder)
    assert load_leaderboard(tmp_path, "unseen-patients").row("ensemble").kind == "ensemble"

    served["vgg16"] = SHA["b"]  # retrained and evaluated; the ensemble was not
    store("vgg16", 40, weights_sha256=SHA["b"])
    board = load_leaderboard(tmp_path, "unseen-patients")
    assert "ensemble" not in [row.name for row in board.rows]
    assert sentences(board) == [
        "The ensemble under unseen-patients is of other weights of vgg16 than those on the "
        "board; run its evaluation again."
    ]


def test_importing_it_is_cheap() -> None:
    """Pages paint before anything heavy is loaded, and serving never imports training."""
    code = (
        "import sys, core.evaluate.board.leaderboard, core.ensemble\n"
        "heavy = {'tensorflow', 'keras', 'sklearn', 'statsmodels', 'scipy', 'core.training'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "[]"
