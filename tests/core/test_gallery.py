"""The samples: there, readable, licensed, and of patients no shipped model was trained on."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

import pandas as pd
import pytest

from core.gallery import FOLDER, Sample, samples
from core.imaging import read_image
from core.labels import CLASS_NAMES
from core.settings import PROJECT

SAMPLES = samples()
PLANES = {"axial", "coronal", "sagittal", ""}
each_sample = pytest.mark.parametrize("sample", SAMPLES.values(), ids=lambda s: s.id)


@pytest.fixture(scope="module")
def audit() -> pd.DataFrame:
    """Which image of the collection is of which patient, in which fold."""
    return pd.read_parquet(PROJECT / "core" / "dataset" / "manifest.parquet")


@each_sample
def test_complete(sample: Sample) -> None:
    assert SAMPLES[sample.id] is sample
    assert sample.label in CLASS_NAMES and sample.plane in PLANES
    assert sample.source and sample.licence
    image = read_image(sample.path.read_bytes(), sample.path.name)
    assert min(image.shape) >= 128


@each_sample
def test_outline(sample: Sample) -> None:
    if sample.label == "notumor":
        assert sample.lesion is None
    else:
        assert sample.lesion is not None and sample.lesion.shape[1] == 2
        assert len(sample.lesion) >= 5
        assert sample.lesion.min() > 0 and sample.lesion.max() < 1
        assert (sample.lesion.max(0) - sample.lesion.min(0) > 0.03).all()


@each_sample
def test_patient_is_in_the_fold_that_no_shipped_model_saw(
    sample: Sample, audit: pd.DataFrame
) -> None:
    number = sample.id.split("-")[1]
    if sample.label == "notumor":  # as the collection has it
        found = audit[audit["sha256"] == hashlib.sha256(sample.path.read_bytes()).hexdigest()]
    else:  # redrawn from the collection's own source
        found = audit[audit["figshare_index"] == str(int(number))]
        assert f"picture {int(number)}" in sample.source
    assert len(found) > 0 and set(found["label"]) == {sample.label}
    assert set(found["flags"]) == {""}
    assert set(found["plane"]) <= {sample.plane, ""}
    family = audit[audit["group"].isin(found["group"])]
    assert set(family["fold"]) == {0}


def test_digests_and_files() -> None:
    entries = json.loads((FOLDER / "gallery.json").read_text())
    files = {entry["file"]: entry["sha256"] for entry in entries}
    there = {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in FOLDER.glob("images/*")}
    assert files == there
    assert len(set(files.values())) == len(entries) == len(SAMPLES)


def test_every_class_is_there_and_none_outweighs_another() -> None:
    counts = Counter(sample.label for sample in SAMPLES.values())
    assert set(counts) == set(CLASS_NAMES)
    assert min(counts.values()) >= 4 and max(counts.values()) <= 2 * min(counts.values())


def test_small_enough_to_ship() -> None:
    assert sum(sample.path.stat().st_size for sample in SAMPLES.values()) < 4_000_000
