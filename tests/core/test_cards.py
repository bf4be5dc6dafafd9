"""A card says what is stored, ties a run to its weights, and finds the worst part."""

import csv
import json
from shutil import copytree

import pytest

from core.cards import read_card, weak_spots
from core.evaluate.figures.intervals import MIN_GROUPS
from core.evaluate.figures.metrics import write_metrics
from core.evaluate.stored.layout import (
    CURVES_NAME,
    METRICS_NAME,
    PREDICTIONS_NAME,
    RUN_NAME,
    evaluation_folder,
)
from core.evaluate.stored.predictions import write_predictions
from core.evaluate.stored.schema import read_metrics
from core.registry import read_spec
from tests.core.evaluate.toys import random_case
from tests.core.toys import toy_manifest, write_toy

CURVES = [
    {"epoch": 1, "size": 64, "loss": 1.3, "accuracy": 0.4, "validation_loss": 1.2,
     "validation_accuracy": 0.5, "seconds": 9.5},
    {"epoch": 2, "size": 96, "loss": 1.1, "accuracy": 0.5, "validation_loss": 1.0,
     "validation_accuracy": 0.6, "seconds": 9.1},
]  # fmt: skip


def store(models_dir, name, predictions, run):
    """Store an evaluation as the command does."""
    folder = evaluation_folder(models_dir, name, predictions.provenance.protocol)
    folder.mkdir(parents=True)
    write_predictions(folder / PREDICTIONS_NAME, predictions)
    write_metrics(folder)
    (folder / RUN_NAME).write_text(json.dumps(run))
    with (folder / CURVES_NAME).open("w", newline="") as file:
        writer = csv.DictWriter(file, list(CURVES[0]))
        writer.writeheader()
        writer.writerows(CURVES)
    return folder


@pytest.fixture(scope="module")
def case():
    return random_case(n=80, groups=20)


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory, make, case):
    """A served toy that was evaluated under both protocols."""
    root = tmp_path_factory.mktemp("evaluated")
    write_toy(root, "toy", b"weights")
    spec = read_spec(root / "toy")
    served = spec.manifest.weights_sha256
    store(
        root,
        "toy",
        make(*case, weights_sha256=served),
        spec.manifest.model_dump(mode="json"),
    )
    other = toy_manifest("toy", b"official")
    other["training"] = other["training"] | {"protocol": "official"}
    store(
        root,
        "toy",
        make(*case, protocol="official", weights_sha256=other["weights_sha256"]),
        other,
    )
    return root


@pytest.fixture
def models_dir(evaluated, tmp_path):
    """A copy of one's own, to be spoiled."""
    return copytree(evaluated, tmp_path, dirs_exist_ok=True)


def test_what_is_stored_is_on_the_card(models_dir):
    card = read_card(models_dir, "toy")
    assert card.spec and card.reason is None
    for evaluation in card.evaluations:
        stored = read_metrics(evaluation.folder / METRICS_NAME)
        assert evaluation.metrics == stored and evaluation.problem is None
        assert evaluation.run.weights_sha256 == stored.provenance.weights_sha256
        assert [epoch.model_dump() for epoch in evaluation.curves] == CURVES
    assert card.under("official").run.training.protocol == "official"


def test_a_network_of_which_nothing_is_there(tmp_path):
    card = read_card(tmp_path, "vgg16")
    assert card.spec is None and card.reason is None
    assert [e.metrics for e in card.evaluations] == [None, None]


def test_an_unreadable_manifest_is_a_reason(models_dir):
    (models_dir / "toy" / "manifest.json").write_text("{")
    card = read_card(models_dir, "toy")
    assert card.spec is None and "manifest.json" in str(card.reason)
    assert card.under("official").metrics, "the official run does not need the served weights"
    assert card.under("unseen-patients").problem.params["name"] == "toy"


def test_figures_of_other_weights_are_left_out_with_the_reason(models_dir):
    folder = models_dir / "toy"
    manifest = json.loads((folder / "manifest.json").read_text()) | {"weights_sha256": "f" * 64}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    evaluation = read_card(models_dir, "toy").under("unseen-patients")
    assert evaluation.metrics is None and "other weights" in str(evaluation.problem)


def test_a_record_of_other_weights_is_not_believed(models_dir):
    folder = evaluation_folder(models_dir, "toy", "official")
    run = json.loads((folder / RUN_NAME).read_text()) | {"weights_sha256": "f" * 64}
    (folder / RUN_NAME).write_text(json.dumps(run))
    evaluation = read_card(models_dir, "toy").under("official")
    assert evaluation.metrics and evaluation.run is None and evaluation.curves == ()


@pytest.mark.parametrize("text", ["", "epoch,size\n1,64\n", "no numbers"])
def test_curves_that_cannot_be_read_are_not_there(models_dir, text):
    (evaluation_folder(models_dir, "toy", "official") / CURVES_NAME).write_text(text)
    evaluation = read_card(models_dir, "toy").under("official")
    assert evaluation.run and evaluation.curves == ()


def test_what_is_no_worse_than_the_whole_is_no_weak_spot(models_dir):
    metrics = read_card(models_dir, "toy").under("official").metrics
    by = {spot.by: spot.slice.accuracy.value for spot in weak_spots(metrics)}
    figures = metrics.images["all"].figures
    for value in (by["class"] - 0.001, by["class"]):
        figures["accuracy"] = figures["accuracy"].model_copy(update={"value": value})
        assert "class" not in {spot.by for spot in weak_spots(metrics)}
    figures["accuracy"] = figures["accuracy"].model_copy(update={"value": by["class"] + 0.001})
    assert "class" in {spot.by for spot in weak_spots(metrics)}


def test_the_worst_part_of_each_kind(models_dir):
    metrics = read_card(models_dir, "toy").under("official").metrics
    slices = metrics.images["all"].parts
    spots = {spot.by: spot for spot in weak_spots(metrics)}
    assert set(spots) == {"class", "plane"}, "one source only, and flags of one image each"
    for by, spot in spots.items():
        assert spot.slice.groups >= MIN_GROUPS
        assert spot.slice == slices[by][spot.value]
        assert spot.slice.accuracy.value == min(s.accuracy.value for s in slices[by].values())
