"""What is exported is what was computed, and a spreadsheet runs none of it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answer import Limits
from core.inference import Classifier, Prediction
from core.labels import CLASS_NAMES
from core.registry import ModelSpec
from core.report import brief, record, summary, to_csv

from .toys import toy_scan


@pytest.fixture
def prediction(toy_spec: ModelSpec) -> Prediction:
    return Classifier(toy_spec, "tensorflow").predict(toy_scan())


def read(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table, newline="")))


def test_summary(prediction: Prediction) -> None:
    row = summary(prediction)
    assert row["class"] == prediction.class_name and row["sha256"] == prediction.image_sha256
    assert list(row["probabilities"]) == list(CLASS_NAMES)
    for value, exact in zip(row["probabilities"].values(), prediction.probabilities, strict=True):
        assert value == pytest.approx(float(exact), abs=1e-6)
    assert "file" not in row


def test_record_repeats_the_summary_and_adds_where_it_comes_from(
    prediction: Prediction, toy_spec: ModelSpec
) -> None:
    manifest = toy_spec.manifest
    full = record(prediction, toy_scan(), manifest, method="gradcam", target="glioma")
    brief = summary(prediction)
    assert list(full)[: len(brief)] == list(brief)
    assert {key: full[key] for key in brief} == brief
    assert list(full["logits"].values()) == prediction.logits.tolist()
    assert full["temperature"] == manifest.temperature
    assert full["abstain_threshold"] is None
    assert full["preprocess"] == manifest.preprocess.model_dump()
    assert full["image"] == {
        "height": 60, "width": 80, "source": "test", "frame": 0,
        "plane": None, "slice": 1, "slices": 1,
    }  # fmt: skip
    assert full["explanation"] == {"method": "gradcam", "target": "glioma"}
    assert "not a medical device" in full["notice"]
    assert json.loads(json.dumps(full)) == full


def test_a_brief_row_is_what_the_command_line_prints(
    prediction: Prediction, toy_spec: ModelSpec
) -> None:
    row = {"file": "a.png", "error": "", **record(prediction, toy_scan(), toy_spec.manifest)}
    assert brief(row) == {"file": "a.png", **summary(prediction)}
    failed = {"file": "b.png", "error": "b.png is not a picture."}
    assert brief(failed) == failed
    place = {"plane": "axial", "slice": 3, "slices": 9, "in_training": False}
    assert brief(row | place) == {"file": "a.png", **place, **summary(prediction)}


def test_no_map_no_explanation(prediction: Prediction, toy_spec: ModelSpec) -> None:
    assert record(prediction, toy_scan(), toy_spec.manifest)["explanation"] is None


def test_csv_has_one_row_a_record(prediction: Prediction, toy_spec: ModelSpec) -> None:
    second = replace(prediction, model="other", limits=Limits(abstain=1.0, rule_out=0.9))
    rows = [record(p, toy_scan(), toy_spec.manifest) for p in (prediction, second)]
    table = read(to_csv(rows))
    assert [row["model"] for row in table] == ["toy", "other"]
    assert [row["abstained"] for row in table] == ["False", "True"]
    assert [row["ruled_out"] for row in table] == ["", "False"]
    for row in table:
        for name in CLASS_NAMES:
            assert float(row[f"probabilities_{name}"]) == rows[0]["probabilities"][name]
            assert float(row[f"logits_{name}"]) == rows[0]["logits"][name]
        assert row["preprocess_params_crop"] == "True" and row["image_height"] == "60"


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_formulas_are_text(first: str) -> None:
    (row,) = read(to_csv([{"file": f"{first}SUM(A1)", "inner": {"note": f"{first}1"}}]))
    assert row == {"file": f"'{first}SUM(A1)", "inner_note": f"'{first}1"}


def test_a_carriage_return_begins_no_row() -> None:
    assert read(to_csv([{"file": "scan\r=1+1", "n": 1}])) == [{"file": "scan\r=1+1", "n": "1"}]


def test_numbers_stay_numbers() -> None:
    assert read(to_csv([{"logit": -1.5, "n": -2}])) == [{"logit": "-1.5", "n": "-2"}]


def test_records_of_different_keys() -> None:
    table = read(to_csv([{"a": 1}, {"b": "x", "a": 2}]))
    assert table == [{"a": "1", "b": ""}, {"a": "2", "b": "x"}]
    assert read(to_csv([])) == []


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(st.fixed_dictionaries({"file": texts, "n": st.integers()}), min_size=1))
def test_any_text_comes_back_and_no_cell_is_a_formula(rows: list[dict[str, object]]) -> None:
    table = read(to_csv(rows))
    assert [int(row["n"]) for row in table] == [row["n"] for row in rows]
    for row, given_row in zip(table, rows, strict=True):
        assert row["file"].removeprefix("'") == str(given_row["file"]).removeprefix("'")
        assert not row["file"].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
