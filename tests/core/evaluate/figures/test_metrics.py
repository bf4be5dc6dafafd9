"""metrics.json: whole, reproducible, and equal to what the stored predictions give."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.errors import DataError
from core.evaluate.figures.metrics import build_metrics, write_metrics
from core.evaluate.figures.points import BELIEF_FIGURES, CLASS_FIGURES, HEADLINES
from core.evaluate.stored.layout import METRICS_NAME, PREDICTIONS_NAME
from core.evaluate.stored.predictions import write_predictions
from core.evaluate.stored.schema import Metrics, read_metrics
from core.labels import CLASS_NAMES
from core.settings import PROJECT
from tests.core.evaluate.toys import HAND_PROBABILITIES, HAND_Y, Make, random_case

STORED = sorted((PROJECT / "models").glob(f"**/evaluation/*/{PREDICTIONS_NAME}"))


@pytest.mark.parametrize(
    "file", STORED, ids=lambda f: str(f.parent.relative_to(PROJECT / "models"))
)
def test_stored_figures_follow_from_stored_predictions(file: Path, tmp_path: Path) -> None:
    (tmp_path / PREDICTIONS_NAME).write_bytes(file.read_bytes())
    write_metrics(tmp_path)
    assert (tmp_path / METRICS_NAME).read_bytes() == (file.parent / METRICS_NAME).read_bytes()


def test_same_predictions_same_bytes(make: Make, tmp_path: Path) -> None:
    y, p, groups = random_case(80, 20)
    for folder in (tmp_path / "a", tmp_path / "b"):
        write_predictions(folder / PREDICTIONS_NAME, make(y, p, groups))
        write_metrics(folder)
    files = [(tmp_path / f / METRICS_NAME).read_bytes() for f in "ab"]
    assert files[0] == files[1]
    assert files[0].endswith(b"}\n") and b"NaN" not in files[0]
    write_metrics(tmp_path / "a")  # over its own result
    assert (tmp_path / "a" / METRICS_NAME).read_bytes() == files[0]


def test_it_reads_back(make: Make, tmp_path: Path) -> None:
    y, p, groups = random_case(80, 20)
    write_predictions(tmp_path / PREDICTIONS_NAME, make(y, p, groups, abstain_threshold=0.5))
    write_metrics(tmp_path)
    metrics = read_metrics(tmp_path / METRICS_NAME)
    assert metrics.provenance.name == "toy"
    everything = metrics.images["all"]
    assert set(everything.figures) == set(HEADLINES)
    for figure in everything.figures.values():
        assert figure.value is not None and figure.ci_low is not None
        assert figure.ci_high is not None and figure.ci_low <= figure.ci_high
    assert everything.abstention is not None and everything.calibration is not None
    assert everything.abstention.threshold == 0.5
    assert everything.ruling_out is None  # no operating point is known


def test_by_hand(make: Make) -> None:
    got = build_metrics(make(HAND_Y, HAND_PROBABILITIES, abstain_threshold=0.9), resamples=50)
    part = got["images"]["all"]
    assert (part["n"], part["groups"]) == (10, 10)
    assert part["confusion"] == [[2, 1, 0, 0], [0, 2, 0, 0], [1, 0, 2, 0], [0, 0, 1, 1]]
    assert part["figures"]["accuracy"]["value"] == 0.7
    assert part["figures"]["macro_f1"]["value"] == 0.7
    assert part["figures"]["brier"]["value"] == 0.48
    glioma = part["classes"]["glioma"]
    assert glioma["n"] == 3 and glioma["precision"]["value"] == 0.666667
    assert glioma["precision"]["ci_low"] is None  # three patients only
    assert set(glioma) == {"n", *CLASS_FIGURES}
    bins = part["calibration"]["after"]["bins"]
    assert [b["n"] for b in bins] == [0] * 10 + [10] + [0] * 4
    assert bins[10]["accuracy"]["value"] == 0.7 and bins[0]["confidence"] is None
    assert part["risk_coverage"]["coverage"] == [k / 10 for k in range(1, 11)]
    assert part["risk_coverage"]["risk"] == [0.3] * 10
    abstention = part["abstention"]  # nobody is 90 % sure
    assert abstention["coverage"]["value"] == 0 and abstention["accuracy"]["value"] is None


def test_ruling_out_by_hand(make: Make) -> None:
    """Three tumour-free scans, of which one is taken for a glioma; seven others."""
    limits = {"abstain_threshold": 0.6, "rule_out_threshold": 0.65}
    got = build_metrics(make(HAND_Y, HAND_PROBABILITIES, **limits), resamples=50)
    point = got["images"]["all"]["ruling_out"]
    assert point["threshold"] == 0.65
    assert point["specificity"]["value"] == pytest.approx(2 / 3, abs=1e-6)
    missed = ((HAND_PROBABILITIES.argmax(1) == 2) & (HAND_Y != 2)).sum()
    assert point["sensitivity"]["value"] == pytest.approx(1 - missed / 7, abs=1e-6)
    assert point["unsettled"]["value"] == 0
    strict = limits | {"rule_out_threshold": 0.99}
    got = build_metrics(make(HAND_Y, HAND_PROBABILITIES, **strict), resamples=50)
    point = got["images"]["all"]["ruling_out"]
    assert (point["specificity"]["value"], point["sensitivity"]["value"]) == (0, 1)
    assert point["unsettled"]["value"] == (HAND_PROBABILITIES.argmax(1) == 2).mean()


def test_slices(make: Make) -> None:
    by = build_metrics(make(HAND_Y, HAND_PROBABILITIES), resamples=50)["images"]["all"]["slices"]
    assert set(by) == {"class", "source", "plane", "flag"}  # no twins under unseen-patients
    assert {name: s["accuracy"]["value"] for name, s in by["class"].items()} == {
        "glioma": 0.666667,
        "meningioma": 1.0,
        "notumor": 0.666667,
        "pituitary": 0.5,
    }
    assert by["class"]["glioma"]["macro_f1"]["value"] is None  # one class: nothing to average
    assert {name: s["n"] for name, s in by["plane"].items()} == {
        "axial": 4,
        "coronal": 3,
        "unknown": 3,
    }
    assert set(by["flag"]) == {"a", "b", "none"}  # an image with two flags is in both
    assert by["source"]["figshare"]["macro_f1"]["value"] == 0.7


def test_distinct_pictures_count_once(make: Make) -> None:
    keep = np.array([1, 1, 1, 1, 1, 1, 1, 0, 1, 0])
    got = build_metrics(make(HAND_Y, HAND_PROBABILITIES, keep_one=keep), resamples=50)
    assert got["images"]["distinct"]["n"] == 8
    assert got["images"]["distinct"]["figures"]["accuracy"]["value"] == 7 / 8


def test_temperature_changes_calibration_only(make: Make) -> None:
    y, p, groups = random_case(100, 20)
    warm, plain = (
        build_metrics(make(y, p, groups, temperature=t), resamples=50)["images"]["all"]
        for t in (2.0, 1.0)
    )
    assert warm["confusion"] == plain["confusion"]
    for name in ("log_loss", "brier", "ece"):  # single precision apart
        raw, same = warm["calibration"]["before"][name], plain["calibration"]["after"][name]
        assert raw["value"] == pytest.approx(same["value"], abs=1e-5)
    assert warm["calibration"]["after"] != plain["calibration"]["after"]
    assert warm["figures"]["ece"] == warm["calibration"]["after"]["ece"]


def test_controls_claim_no_confidence(make: Make) -> None:
    y, p, _ = random_case(50)
    got = build_metrics(make(y, p, name="majority", kind="control", weights_sha256=None), 50)
    part = got["images"]["all"]
    assert all(part["figures"][name]["value"] is None for name in BELIEF_FIGURES)
    assert part["figures"]["accuracy"]["value"] is not None
    assert part["calibration"] is part["risk_coverage"] is part["abstention"] is None
    assert "Controls" in got["notes"][0]


def test_shape_is_the_schema(make: Make) -> None:
    y, p, _ = random_case(50)
    got = build_metrics(make(y, p), resamples=50) | {"predictions_sha256": "0" * 64}
    Metrics.model_validate_json(json.dumps(got))
    assert got["class_names"] == list(CLASS_NAMES)


def test_broken_metrics(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_metrics(tmp_path / METRICS_NAME)
    (tmp_path / METRICS_NAME).write_text("{}")
    with pytest.raises(DataError, match="is not valid at schema_version"):
        read_metrics(tmp_path / METRICS_NAME)
