"""The two protocols: nothing crosses that must not, and the cut is always the same."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from core.dataset.collection import Dataset, Split, split
from core.protocols import PROTOCOLS, Protocol
from core.settings import PROJECT

TEST_SIZE = {"official": 1311, "unseen-patients": 1400}


@pytest.fixture(scope="module")
def splits(real: Dataset) -> dict[Protocol, Split]:
    return {protocol: split(real, protocol) for protocol in PROTOCOLS}


@pytest.mark.parametrize("protocol", PROTOCOLS)
class TestEachProtocol:
    def test_parts_are_the_whole(
        self, protocol: Protocol, splits: dict[Protocol, Split], real: Dataset
    ) -> None:
        parts = splits[protocol]
        paths = pd.concat([parts.train, parts.validation, parts.test])["path"]
        assert len(parts.test) == TEST_SIZE[protocol]
        assert sorted(paths) == real.table["path"].tolist()

    @pytest.mark.parametrize("unit", ["group", "duplicate_group"])
    def test_nothing_straddles_training_and_validation(
        self, protocol: Protocol, unit: str, splits: dict[Protocol, Split]
    ) -> None:
        parts = splits[protocol]
        assert not set(parts.train[unit]) & set(parts.validation[unit])

    def test_validation_is_a_stratified_tenth(
        self, protocol: Protocol, splits: dict[Protocol, Split]
    ) -> None:
        parts = splits[protocol]
        development = pd.concat([parts.train, parts.validation])
        assert len(parts.validation) / len(development) == pytest.approx(0.1, abs=0.01)
        shares = parts.validation["label"].value_counts(normalize=True)
        expected = development["label"].value_counts(normalize=True)
        assert (shares - expected).abs().max() < 0.02

    def test_seed_chooses_validation_only(
        self, protocol: Protocol, splits: dict[Protocol, Split], real: Dataset
    ) -> None:
        parts, other = splits[protocol], split(real, protocol, seed=1)
        assert other.sha256 != parts.sha256
        assert set(other.validation["path"]) != set(parts.validation["path"])
        assert other.test["path"].tolist() == parts.test["path"].tolist()

    def test_digest_is_that_of_everything_stored(
        self, protocol: Protocol, splits: dict[Protocol, Split]
    ) -> None:
        """Models, controls and these tests cut the dataset at the same places."""
        models = PROJECT / "models"
        stored = {
            file.relative_to(models): json.loads(file.read_text())["provenance"]["split_sha256"]
            for file in models.glob(f"**/evaluation/{protocol}/metrics.json")
        }
        for file in models.glob("[!_]*/manifest.json"):
            training = json.loads(file.read_text())["training"]
            if training["protocol"] == protocol:
                stored[file.relative_to(models)] = training["split_sha256"]
        assert len(stored) >= 4
        assert stored == dict.fromkeys(stored, splits[protocol].sha256)


@pytest.mark.parametrize("unit", ["group", "duplicate_group"])
def test_unseen_patients_are_unseen(unit: str, splits: dict[Protocol, Split]) -> None:
    parts = splits["unseen-patients"]
    known = pd.concat([parts.train, parts.validation])
    assert not set(known[unit]) & set(parts.test[unit])


def test_the_official_test_part_is_not(splits: dict[Protocol, Split]) -> None:
    """What is wrong with the dataset's own split, and why there is another."""
    parts = splits["official"]
    known = pd.concat([parts.train, parts.validation])
    assert parts.test["group"].isin(set(known["group"])).mean() > 0.5


def test_test_parts_are_what_they_say(splits: dict[Protocol, Split]) -> None:
    assert set(splits["official"].test["split"]) == {"test"}
    assert set(splits["unseen-patients"].test["fold"]) == {0}


def test_the_order_of_rows_does_not_matter(real: Dataset, splits: dict[Protocol, Split]) -> None:
    shuffled = Dataset(real.root, real.table.sample(frac=1, random_state=1))
    assert split(shuffled, "official").sha256 == splits["official"].sha256
