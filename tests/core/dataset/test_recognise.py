"""A picture of the collection is recognised by what it shows, and nothing else is."""

from __future__ import annotations

import cv2
import numpy as np
import pandas as pd
import pytest
import skimage.data

from core import cases
from core.dataset import MANIFEST
from core.dataset import recognise as module
from core.dataset.recognise import Known, fingerprint, recognise
from core.gallery import samples
from core.imaging import read_image
from core.preprocess import FloatImage
from core.protocols import OFFICIAL, UNSEEN

IMAGES = pd.read_parquet(MANIFEST)
CASES = list(cases.cases().values())[::24]


def pixels(case: cases.Case) -> FloatImage:
    return read_image(cases.read_bytes(case), case.path).pixels


def saved(shades: FloatImage, quality: int = 85) -> FloatImage:
    """What is read of a picture that was saved anew."""
    levels = np.ascontiguousarray((shades * 255).round().astype(np.uint8))
    data = cv2.imencode(".jpg", levels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return read_image(data.tobytes(), "a.jpg").pixels


CHANGES = {
    "as it is": lambda x: x,
    "saved anew": lambda x: saved(x, 50),
    "mirrored": lambda x: saved(x[:, ::-1]),
    "smaller": lambda x: saved(cv2.resize(x, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)),
    "larger": lambda x: saved(cv2.resize(x, None, fx=1.5, fy=1.5)),
    "darker": lambda x: saved(x * 0.7),
    "padded": lambda x: saved(np.pad(x, ((40, 40), (60, 60)))),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_picture_is_recognised(change: str) -> None:
    found = [recognise(CHANGES[change](pixels(case))) for case in CASES]
    there = [f for f in found if f]
    assert not any(f.in_training(UNSEEN) for f in there)  # fold 0 is like no training picture
    if change in ("as it is", "saved anew", "mirrored"):
        assert [f.picture for f in there] == [case.picture for case in CASES]
    assert len(there) >= 0.75 * len(CASES), f"{change}: {len(there)} of {len(CASES)}"
    turned = sum(f.mirrored for f in there)
    assert turned >= 0.9 * len(there) if change == "mirrored" else turned <= 0.1 * len(there)


def test_a_file_of_the_collection_is_named_itself() -> None:
    """And not a copy of it that shows the same; some files are there twice, byte for byte."""
    named = [recognise(pixels(case), case.sha256) for case in CASES]
    assert [found and found.path for found in named] == [case.path for case in CASES]
    files = dict(zip(IMAGES["path"].str.removeprefix("images/"), IMAGES["sha256"], strict=True))
    copied = [case for case in CASES if case.copies > 1]
    assert len(copied) >= 3
    for case in copied:
        first = recognise(pixels(case))
        assert first and first.path == case.path
        others = IMAGES["duplicate_group"].eq(case.picture) & IMAGES["sha256"].ne(case.sha256)
        for sha256 in IMAGES.loc[others, "sha256"]:
            copy = recognise(pixels(case), sha256)
            assert copy and copy.picture == case.picture and files[copy.path] == sha256


def test_the_samples_of_the_app_are_recognised_and_were_not_in_training() -> None:
    for sample in samples().values():
        found = recognise(read_image(sample.path.read_bytes(), sample.id).pixels)
        assert found and sample.label in found.labels, sample.id
        assert not found.in_training(UNSEEN), sample.id


def test_other_pictures_are_not() -> None:
    grey = cv2.cvtColor(skimage.data.chelsea(), cv2.COLOR_RGB2GRAY)
    others = (grey, skimage.data.camera(), skimage.data.coins(), np.zeros((64, 64), np.uint8))
    for other in others:
        assert recognise(np.asarray(other / 255, np.float32)) is None


def test_the_stored_fingerprints_are_those_of_the_pictures() -> None:
    with np.load(module.FINGERPRINTS) as stored:
        prints = dict(zip(stored["path"], stored["cells"].astype(int), strict=True))
    assert {module._pictures()[path] for path in prints} == set(IMAGES["duplicate_group"])
    compared = [case for case in CASES if case.path in prints]
    assert len(compared) >= 0.8 * len(CASES)
    for case in compared:  # a level apart where a cell lies between two
        assert np.abs(fingerprint(pixels(case)) - prints[case.path]).max() <= 1


def test_who_learned_from_a_picture_is_the_splits_word() -> None:
    for key, rows in list(IMAGES.groupby("duplicate_group"))[::40]:
        found = Known(str(key), "", (), False)
        assert found.in_training(UNSEEN) == (rows["fold"] != 0).any()
        assert found.in_training(OFFICIAL) == (rows["split"] == "train").any()
