"""A whole run on toy pictures: what it leaves, that it learns, that it can be taken up."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from core.dataset.collection import Dataset, split
from core.errors import TrainingError
from core.logits import logits_of
from core.softmax import calibrated
from core.training.architectures import build
from core.training.batches import Batches
from core.training.recipe import Recipe
from tests.lazy import Lazy, later

from .toys import recipe

keras = Lazy("keras")
(Run,) = later("core.training.fit", "Run")
(mean_nll,) = later("core.training.network", "mean_nll")

pytestmark = pytest.mark.usefixtures("eager", "shallow")
WITHOUT_CLOCK = ["epoch", "size", "loss", "accuracy", "validation_loss", "validation_accuracy"]
# Epoch 1 trains the head, 2 and 3 everything; 3 is at the size that is served.
STAGED = recipe(sizes=((32, 2), (64, 1)), head_epochs=1, batch=24)


def start(toy: Dataset, folder: Path, chosen: Recipe) -> Run:
    return Run(chosen, split(toy, chosen.protocol, seed=chosen.seed), toy, folder)


def arrays(file: Path) -> dict[str, NDArray[Any]]:
    with np.load(file) as stored:
        return dict(stored)


@dataclass(frozen=True)
class Finished:
    """A run that nothing interrupted, with a copy of its folder after every epoch."""

    run: Run
    model: keras.Model
    rows: list[dict[str, Any]]
    snapshots: list[Path]


@pytest.fixture(scope="module")
def finished(
    eager: None, shallow: None, toy: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> Finished:
    root = tmp_path_factory.mktemp("staged")
    rows: list[dict[str, Any]] = []
    snapshots: list[Path] = []

    def progress(row: dict[str, Any]) -> None:
        rows.append(row)
        snapshots.append(shutil.copytree(root / "run", root / f"after-{row['epoch']}"))

    run = start(toy, root / "run", STAGED)
    return Finished(run, run.fit(progress=progress), rows, snapshots)


def test_a_run_leaves_what_it_says(finished: Finished) -> None:
    folder = finished.run.folder
    assert {file.name for file in folder.iterdir()} == {
        "recipe.json",
        "state.json",
        "state.npz",
        "best.npz",
        "curves.csv",
    }
    identity = json.loads((folder / "recipe.json").read_text())
    assert identity["split_sha256"] == finished.run.split.sha256
    assert identity["recipe"]["sizes"] == [[32, 2], [64, 1]]
    state = json.loads((folder / "state.json").read_text())
    loss = finished.rows[-1]["validation_loss"]  # smaller sizes do not count, however good
    assert state == {"epoch": 3, "best": loss, "best_epoch": 3, "stale": 0}


def test_curves_are_the_rows_told(finished: Finished) -> None:
    curves = pd.read_csv(finished.run.folder / "curves.csv")
    assert curves["epoch"].tolist() == [1, 2, 3]
    assert curves["size"].tolist() == [32, 32, 64]
    pd.testing.assert_frame_equal(curves, pd.DataFrame(finished.rows), rtol=1e-5, check_dtype=False)
    assert curves["accuracy"].between(0, 1).all() and (curves["seconds"] > 0).all()


def test_training_reduces_the_loss(finished: Finished) -> None:
    assert finished.rows[-1]["loss"] < finished.rows[1]["loss"] < np.log(4) + 0.5


def test_head_epochs_leave_the_rest_alone(finished: Finished) -> None:
    """Also the moving statistics: a frozen batch norm does not even look."""
    model = build(STAGED.model, init="random", dropout=STAGED.dropout, seed=STAGED.seed)
    after = [arrays(folder / "state.npz") for folder in finished.snapshots[:2]]
    changed: list[set[str]] = [set(), set()]
    for i, variable in enumerate(model.variables):
        for which, stored in zip(changed, after, strict=True):
            if not np.array_equal(stored[f"model{i}"], variable):
                which.add(variable.path)
    states = {path for path in changed[0] if "seed_generator" in path}  # of dropout
    assert changed[0] - states == {"logits/kernel", "logits/bias"}
    assert {variable.path for variable in model.variables} - states <= changed[1]


def test_the_returned_model_is_the_best_one_at_the_served_size(finished: Finished) -> None:
    run, model = finished.run, finished.model
    assert model.input_shape == (None, 64, 64, 3)
    best = arrays(run.folder / "best.npz")
    moving = {"moving_mean", "moving_variance"}  # estimated anew from more images
    for i, weight in enumerate(model.weights):
        if weight.name not in moving:
            np.testing.assert_array_equal(weight, best[f"weights{i}"], err_msg=weight.path)
    validation = run.validation_squares(64)
    assert len(validation) == run.validation["duplicate_group"].nunique() == len(run.validation)
    nll = mean_nll(logits_of(model, validation, run.scaling), run.validation["y"].to_numpy())
    state = json.loads((run.folder / "state.json").read_text())
    assert nll == pytest.approx(state["best"], rel=0.02)  # rounding grows through 52 norms


@pytest.mark.parametrize("epoch", [1, 2])
def test_resumption_is_exact(finished: Finished, toy: Dataset, tmp_path: Path, epoch: int) -> None:
    """After 1 comes the rest of the network, after 2 a larger size."""
    shutil.copytree(finished.snapshots[epoch - 1], tmp_path, dirs_exist_ok=True)
    told: list[dict[str, Any]] = []
    model = start(toy, tmp_path, STAGED).fit(resume=True, progress=told.append)

    assert [row["epoch"] for row in told] == list(range(epoch + 1, 4))
    curves, expected = (
        pd.read_csv(folder / "curves.csv")[WITHOUT_CLOCK]
        for folder in (tmp_path, finished.run.folder)
    )
    pd.testing.assert_frame_equal(curves, expected, rtol=0, atol=1e-6)
    for name in ("state.npz", "best.npz"):
        ours, theirs = arrays(tmp_path / name), arrays(finished.run.folder / name)
        assert set(ours) == set(theirs)
        for key, value in theirs.items():
            np.testing.assert_allclose(ours[key], value, rtol=0, atol=1e-6, err_msg=key)
    for ours, theirs in zip(model.get_weights(), finished.model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


@pytest.mark.parametrize("change", [{"peak_rate": 2e-3}, {"sizes": ((32, 3), (64, 2))}])
def test_another_recipe_cannot_go_on(
    finished: Finished, toy: Dataset, tmp_path: Path, change: dict[str, Any]
) -> None:
    shutil.copytree(finished.snapshots[0], tmp_path, dirs_exist_ok=True)
    before = (tmp_path / "state.json").read_bytes()
    with pytest.raises(TrainingError, match=r"^The run in \S+ was started with another recipe or"):
        start(toy, tmp_path, recipe(**{**vars(STAGED), **change})).fit(resume=True)
    assert (tmp_path / "state.json").read_bytes() == before


def test_another_split_cannot_go_on(finished: Finished, toy: Dataset, tmp_path: Path) -> None:
    shutil.copytree(finished.snapshots[0], tmp_path, dirs_exist_ok=True)
    fewer = Dataset(toy.root, toy.table[toy.table["group"] != "P0-1"])
    with pytest.raises(TrainingError, match="was started with another recipe or split"):
        start(fewer, tmp_path, STAGED).fit(resume=True)


def still(**changes: Any) -> Recipe:
    """A recipe under which nothing moves, so that no epoch is better than the first."""
    return recipe(head_rate=0.0, average=0.0, head_epochs=9, batch=48, **changes)


def test_patience_ends_a_run_that_gets_no_better(
    finished: Finished, toy: Dataset, tmp_path: Path
) -> None:
    """Counted at the size that is served; what lay in the folder before does not matter."""
    shutil.copytree(finished.snapshots[1], tmp_path, dirs_exist_ok=True)
    chosen = still(sizes=((32, 2), (64, 5)), patience=1)
    rows: list[dict[str, Any]] = []
    start(toy, tmp_path, chosen).fit(progress=rows.append)
    assert [row["size"] for row in rows] == [32, 32, 64, 64]
    state = json.loads((tmp_path / "state.json").read_text())
    assert (state["epoch"], state["best_epoch"], state["stale"]) == (4, 3, 1)
    assert pd.read_csv(tmp_path / "curves.csv")["epoch"].tolist() == [1, 2, 3, 4]

    start(toy, tmp_path, chosen).fit(resume=True, progress=rows.append)
    assert len(rows) == 4  # resuming does not give it new patience


def test_a_run_that_blows_up_says_so(toy: Dataset, tmp_path: Path) -> None:
    chosen = recipe(head_rate=float("nan"), head_epochs=1)
    with pytest.raises(TrainingError, match="The loss was not finite in epoch 1; start afresh"):
        start(toy, tmp_path, chosen).fit()


def test_an_epoch_without_a_finite_loss_is_undone(
    toy: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Batches.__getitem__

    def spoiled(self: Batches, i: int) -> tuple[Any, Any, Any]:
        x, y, w = honest(self, i)
        return (x * np.nan if self.epoch == 1 else x), y, w

    monkeypatch.setattr(Batches, "__getitem__", spoiled)
    rows: list[dict[str, Any]] = []
    kept: list[dict[str, NDArray[Any]]] = []

    def progress(row: dict[str, Any]) -> None:
        rows.append(row)
        kept.append(arrays(tmp_path / "state.npz"))

    start(toy, tmp_path, recipe(sizes=((32, 2),))).fit(progress=progress)
    assert np.isfinite(rows[0]["loss"]) and np.isnan(rows[1]["loss"])
    assert np.isfinite(rows[1]["validation_loss"])
    assert all(np.array_equal(kept[0][name], kept[1][name]) for name in kept[0])


def test_a_batch_of_more_than_everything(toy: Dataset, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"^A batch of 99 is more than the \d+ training pict"):
        start(toy, tmp_path / "run", recipe(batch=99)).fit()
    assert not (tmp_path / "run").exists()


@dataclass(frozen=True)
class Outlined:
    """The toy dataset with outlines of all tumours, where each class is bright."""

    dataset: Dataset
    outlines: Path

    def rewrite(self, paths: pd.Series, polygon: str) -> None:
        """Give other outlines to the images of these paths."""
        table = pd.read_csv(self.outlines)
        table.loc[table["path"].str.removeprefix("images/").isin(set(paths)), "polygon"] = polygon
        table.to_csv(self.outlines, index=False)


@pytest.fixture
def outlined(toy: Dataset, tmp_path: Path) -> Outlined:
    root = tmp_path / "pack"
    shutil.copytree(toy.root, root)
    tumours = toy.table[toy.table["label"] != "notumor"]
    corner = "[[0.0,0.0],[0.5,0.0],[0.5,0.5],[0.0,0.5]]"
    table = pd.DataFrame({"path": "images/" + tumours["path"], "polygon": corner})
    table.to_csv(root / "lesions.csv", index=False)
    return Outlined(Dataset(root, toy.table), root / "lesions.csv")


def test_outlines_guide_and_only_those_of_training_are_read(
    outlined: Outlined, tmp_path: Path
) -> None:
    """What is drawn on validation and test pictures cannot even be parsed."""
    chosen = recipe(guide=0.3, sizes=((32, 4),), peak_rate=1e-2)
    parts = split(outlined.dataset, chosen.protocol, seed=chosen.seed)
    for rows in (parts.validation, parts.test):
        outlined.rewrite(rows["path"], "no outline")
    rows: list[dict[str, Any]] = []
    run = start(outlined.dataset, tmp_path / "run", chosen)
    run.fit(progress=rows.append)
    real, made = run.pictures
    assert real.outlined.sum() == (parts.train["label"] != "notumor").sum() > 0
    assert len(made) == 0
    assert rows[0]["lesion_loss"] > rows[-1]["lesion_loss"] > 0

    outlined.rewrite(parts.train["path"][:40], "no outline")
    with pytest.raises(ValueError, match="Expecting value"):
        _ = start(outlined.dataset, tmp_path / "other", chosen).pictures


@pytest.mark.parametrize("change", [{"guide": 0.3}, {"counterfactual": 0.2}])
def test_without_outlines_there_is_one_sentence(
    toy: Dataset, tmp_path: Path, change: dict[str, Any]
) -> None:
    with pytest.raises(TrainingError, match=r"has no lesions\.csv, .* by --guide 0 --counterfac"):
        start(toy, tmp_path, recipe(**change)).fit()


def test_sides_that_training_and_serving_would_pad_differently(
    toy: Dataset, tmp_path: Path
) -> None:
    with pytest.raises(TrainingError, match=r"multiples of 16 px, .*; received 40"):
        start(toy, tmp_path / "run", recipe(sizes=((32, 1), (40, 1)))).fit()
    assert not (tmp_path / "run").exists()


def test_a_pupil_listens(toy: Dataset, tmp_path: Path) -> None:
    """With teachers that always say glioma, and labels that say otherwise, it says so more."""

    def teach(squares: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.tile(np.array([9, 0, 0, 0], np.float32), (len(squares), 1))

    chosen = recipe(sizes=((32, 5),), peak_rate=2e-2, average=0.0)
    said = []
    for name, teachers in (("alone", ()), ("taught", (("toy", "0" * 64),))):
        run = Run(
            recipe(**{**vars(chosen), "teachers": teachers}),
            split(toy, chosen.protocol, seed=0),
            toy,
            tmp_path / name,
            teach=teach if teachers else None,
        )
        model = run.fit()
        logits = logits_of(model, run.validation_squares(32), run.scaling)
        said.append(calibrated(logits, 1.0)[:, 0].mean())
    assert said[1] > said[0] + 0.1


def test_sizes_of_epochs() -> None:
    assert [STAGED.size_of(epoch) for epoch in range(STAGED.epochs)] == [32, 32, 64]
    assert STAGED.input_size == 64
    with pytest.raises(ValueError, match="Expected less than 3"):
        STAGED.size_of(3)
