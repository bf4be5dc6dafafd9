"""Scans of other sources: what is counted, over what it is drawn again, what is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
import pytest

from core.errors import DataError
from core.evaluate.figures.metrics import write_metrics
from core.evaluate.other.run import evaluate_other, read_scans
from core.evaluate.other.store import (
    FIGURES_NAME,
    ROWS_NAME,
    SCHEMA,
    OtherProvenance,
    OtherSources,
    build_figures,
    other_folder,
    read_other,
)
from core.evaluate.stored.files import read_rows
from core.evaluate.stored.layout import ENSEMBLE, PREDICTIONS_NAME, evaluation_folder
from core.evaluate.stored.predictions import LOGITS, PROBABILITIES, write_predictions
from core.evaluate.stored.provenance import Provenance
from core.imaging import read_image
from core.inference import Classifier
from core.labels import class_index
from core.registry import ModelSpec, read_spec
from core.settings import PROJECT
from tests.core.evaluate.toys import HAND_PROBABILITIES, HAND_Y, SHA, Make
from tests.core.toys import toy_scan, write_toy

FREE = class_index("notumor")
STORED = sorted((PROJECT / "models").glob(f"**/evaluation/*/{FIGURES_NAME}"))


def provenance(**changes: Any) -> OtherProvenance:
    fields = {
        "name": "toy",
        "weights_sha256": SHA["a"],
        "scans_sha256": SHA["b"],
        "temperature": 1.0,
        "abstain_threshold": None,
        "rule_out_threshold": 0.8,
        "packages": {},
    }
    return OtherProvenance.model_validate(fields | changes)


def rows(free: list[float], tumour: list[bool], family: list[str]) -> pd.DataFrame:
    """Scans with these shares of no tumour; the rest is a glioma's."""
    p = np.zeros((len(free), 4))
    p[:, FREE], p[:, class_index("glioma")] = free, 1 - np.array(free)
    table = pd.DataFrame({"path": [f"{i}.jpg" for i in range(len(free))], "image_sha256": "0"})
    table["tumour"], table["family"] = tumour, family
    table[PROBABILITIES] = p
    table[LOGITS] = np.log(np.maximum(p, 1e-9))
    return table[SCHEMA.names]


def test_by_hand() -> None:
    """Of four tumours one is missed, one more only at the point; of two free scans, one."""
    table = rows(
        [0.1, 0.2, 0.9, 0.7, 0.95, 0.7],
        [True, True, True, True, False, False],
        ["T0", "T0", "T1", "T2", "N0", "N1"],
    )
    found = build_figures(table, provenance(), resamples=50)
    assert found["tumour"] == {"n": 4, "families": 3, "answers": [2, 0, 2, 0]}
    assert found["tumour_free"] == {"n": 2, "families": 2, "answers": [0, 0, 2, 0]}
    assert (found["found"]["value"], found["free"]["value"]) == (0.5, 1.0)
    point = found["at_point"]
    assert (point["sensitivity"]["value"], point["specificity"]["value"]) == (0.75, 0.5)
    assert point["unsettled"]["value"] == pytest.approx(2 / 6, abs=1e-6)
    assert found["found"]["ci_low"] is None  # three families say nothing of the next
    without = build_figures(table, provenance(rule_out_threshold=None), resamples=50)
    assert without["at_point"] is None


def test_intervals_are_over_families() -> None:
    rng = np.random.default_rng(0)
    n = 120
    hit = np.repeat(rng.random(n // 6) < 0.6, 6)  # scans of a family fare alike
    free, tumour = [*np.where(hit, 0.1, 0.9), *[0.9] * 6], [True] * n + [False] * 6
    families = [f"T{i // 6}" for i in range(n)], [f"T{i}" for i in range(n)]

    def width(names: list[str]) -> float:
        others = [f"N{i}" for i in range(6)]
        found = build_figures(rows(free, tumour, names + others), provenance(), 400)["found"]
        return float(found["ci_high"] - found["ci_low"])

    assert width(families[0]) > 1.8 * width(families[1])


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """Five pictures that the test draws, and their table."""
    root = tmp_path / "scans"
    lines = ["path,label,group"]
    for i in range(5):
        label = "tumour" if i < 3 else "tumour-free"
        (root / label).mkdir(parents=True, exist_ok=True)
        pixels = (toy_scan(seed=i).pixels * 255).astype(np.uint8)
        cv2.imwrite(str(root / label / f"{i}.png"), pixels)
        lines.append(f"{label}/{i}.png,{label},{'T00' if i < 2 else ''}")
    (root / "labels.csv").write_text("\n".join(lines) + "\n")
    return root


def test_a_scan_without_a_group_is_its_own_family(scans: Path) -> None:
    table = read_scans(scans)
    expected = ["T00", "T00", "tumour-free/3.png", "tumour-free/4.png", "tumour/2.png"]
    assert sorted(table["family"]) == expected
    assert table["tumour"].sum() == 3
    for path, sha in zip(table["path"], table["image_sha256"], strict=True):
        assert hashlib.sha256((scans / path).read_bytes()).hexdigest() == sha


def edit(old: str, new: str) -> Callable[[Path], object]:
    def work(root: Path) -> None:
        file = root / "labels.csv"
        file.write_text(file.read_text().replace(old, new))

    return work


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda root: (root / "labels.csv").unlink(), "cannot be read as a table"),
        (edit("path,label", "file,label"), "does not say path, label and group"),
        (edit("2.png,tumour", "2.png,glioma"), "call each scan tumour or tumour-free"),
        (edit("tumour/1.png", "tumour/0.png"), "call each scan tumour or tumour-free, once"),
        (lambda root: (root / "tumour" / "1.png").unlink(), "lacks a scan"),
    ],
)
def test_what_is_no_set_of_scans(
    damage: Callable[[Path], object], sentence: str, scans: Path
) -> None:
    damage(scans)
    with pytest.raises(DataError, match=sentence):
        read_scans(scans)


def ensemble_of(models: Path, specs: dict[str, ModelSpec], make: Make) -> Provenance:
    """Store an ensemble of these models, as its evaluation would."""
    folder = evaluation_folder(models, ENSEMBLE, "unseen-patients")
    stored = make(
        HAND_Y,
        HAND_PROBABILITIES,
        name=ENSEMBLE,
        kind="ensemble",
        weights_sha256=None,
        members={name: spec.manifest.weights_sha256 for name, spec in specs.items()},
        rule_out_threshold=0.6,
    )
    write_predictions(folder / PREDICTIONS_NAME, stored)
    write_metrics(folder)
    return stored.provenance


def test_models_and_ensemble_answer_as_in_the_app(
    scans: Path, toy_weights: bytes, make: Make, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    names = ("one", "two")
    specs = {n: read_spec(write_toy(models, n, toy_weights, temperature=t))
             for n, t in zip(names, (1.0, 3.0), strict=True)}  # fmt: skip
    together = ensemble_of(models, specs, make)
    results = evaluate_other(specs, scans, models)
    assert list(results) == ["one", "two", ENSEMBLE]

    tables = {}
    for name in results:
        tables[name], found = read_rows(other_folder(models, name) / ROWS_NAME, OtherProvenance)
        assert len(tables[name]) == 5 and len(found.scans_sha256) == 64
    classifier = Classifier(specs["two"])
    for row in tables["two"].itertuples():
        image = read_image((scans / row.path).read_bytes(), row.path)
        np.testing.assert_allclose(
            [getattr(row, c) for c in PROBABILITIES],
            classifier.predict(image).probabilities,
            atol=1e-5,
        )
    mean = (tables["one"][PROBABILITIES] + tables["two"][PROBABILITIES]) / 2
    np.testing.assert_allclose(tables[ENSEMBLE][PROBABILITIES], mean, atol=1e-6)
    assert read_other(models, together).at_point is not None

    first = (other_folder(models, "one") / ROWS_NAME).read_bytes()
    again = evaluate_other({"one": specs["one"]}, scans, models)
    assert again["one"] == results["one"]
    assert (other_folder(models, "one") / ROWS_NAME).read_bytes() == first
    assert not list(models.rglob("*.png"))


def test_answers_of_other_weights_are_not_shown(
    scans: Path, toy_weights: bytes, make: Make, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    spec = read_spec(write_toy(models, "toy", toy_weights))
    of = make(HAND_Y, HAND_PROBABILITIES, weights_sha256=spec.manifest.weights_sha256).provenance
    with pytest.raises(DataError, match="toy has not been measured on scans of other sources"):
        read_other(models, of)
    evaluate_other({"toy": spec}, scans, models)
    assert isinstance(read_other(models, of), OtherSources)
    for changed in ({"weights_sha256": SHA["b"]}, {"rule_out_threshold": 0.9}):
        with pytest.raises(DataError, match="of other weights or other thresholds"):
            read_other(models, of.model_copy(update=changed))
    file = other_folder(models, "toy") / ROWS_NAME
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(DataError, match="of other weights or other thresholds"):
        read_other(models, of)


@pytest.mark.parametrize("file", STORED, ids=lambda f: f.parts[-4])
def test_stored_figures_follow_from_stored_answers(file: Path) -> None:
    table, of = read_rows(file.with_name(ROWS_NAME), OtherProvenance)
    stored = OtherSources.model_validate_json(file.read_bytes())
    made = build_figures(table, of) | {"rows_sha256": stored.rows_sha256}
    assert OtherSources.model_validate(made) == stored
    digest = hashlib.sha256(file.with_name(ROWS_NAME).read_bytes()).hexdigest()
    assert digest == stored.rows_sha256
