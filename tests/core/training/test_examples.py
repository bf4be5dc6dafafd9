"""The examples that ship are training pictures that may be shown, and can be made again."""

from __future__ import annotations

import cv2
import pandas as pd
import pytest

from core.counterfactuals import FOLDER, IMAGES, stored
from core.dataset import MANIFEST, TEST_FOLD
from core.errors import DataError
from core.training.kinds import KINDS


def test_each_is_made_from_training_pictures_whose_terms_are_named() -> None:
    known = pd.read_parquet(MANIFEST)
    known.index = known["path"].str.removeprefix("images/")
    for one in stored().sets:
        for origin in (one.donor, one.host):
            row = known.loc[origin.path]
            assert row["fold"] != TEST_FOLD and row["label"] == origin.label
            assert origin.licence and origin.source
        assert known.loc[one.donor.path, "source"] == "figshare"
        assert one.donor.licence.startswith("CC BY 4.0")
        assert one.donor.label in ("glioma", "meningioma") and one.host.label == "notumor"


def test_one_of_each_kind_with_the_label_that_training_gives_it() -> None:
    for one in stored().sets:
        assert tuple(example.kind for example in one.made) == KINDS
        for example in one.made:
            free = example.kind.endswith("healthy")
            assert example.label == ("notumor" if free else one.donor.label)


def test_the_pictures_are_there_and_no_others() -> None:
    named = {
        file
        for one in stored().sets
        for file in (one.donor.file, one.host.file, *(e.file for e in one.made))
    }
    assert {file.name for file in IMAGES.iterdir()} == named
    for file in IMAGES.iterdir():
        assert cv2.imread(str(file)).shape == (224, 224, 3)
        assert file.stat().st_size < 50_000


def test_the_mirrored_halves_are_symmetric() -> None:
    for one in stored().sets:
        for example in one.made:
            picture = cv2.imread(str(IMAGES / example.file), cv2.IMREAD_GRAYSCALE).astype(float)
            apart = abs(picture - picture[:, ::-1]).mean()
            assert (apart < 2) == example.kind.startswith("mirror")


def test_without_them_a_sentence_says_what_to_type(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DataError, match="counterfactual-examples --data DIR"):
        stored(tmp_path)
    assert stored(FOLDER).sets
