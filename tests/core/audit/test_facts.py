"""The audit's figures, pinned to those that it was published with."""

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from core.audit import facts
from core.cli import app
from core.labels import CLASS_NAMES

FOLDS = {  # four classes, all, pictures, groups, patients
    0: (323, 329, 399, 349, 1400, 716, 124, 42),
    1: (325, 326, 398, 352, 1401, 714, 125, 41),
    2: (324, 329, 398, 352, 1403, 714, 127, 43),
    3: (325, 331, 394, 351, 1401, 709, 126, 41),
    4: (324, 330, 407, 353, 1414, 710, 127, 42),
}
SOURCES = {  # figshare, br35h, sartaj or unknown
    "glioma": (1621, 0, 0),
    "meningioma": (1387, 0, 258),
    "notumor": (0, 1745, 251),
    "pituitary": (1742, 0, 15),
}
PLANES = {  # axial, coronal, sagittal, unknown
    "glioma": (588, 581, 452, 0),
    "meningioma": (408, 455, 524, 258),
    "notumor": (0, 0, 0, 1996),
    "pituitary": (548, 593, 601, 15),
}


@pytest.fixture(scope="module")
def images():
    return facts.table()


def test_half_of_it_is_copies(images):
    totals = facts.totals(images)
    assert (totals.images, totals.pictures) == (7019, 3563)
    assert totals.patients == 209
    assert totals.groups == 209 + 291 + 129
    assert totals.largest_family == 93
    assert totals.largest_picture == 81


def test_the_official_test_shares_patients_and_pictures_with_training(images):
    leaks = facts.leaks(images)
    assert leaks.to_numpy().sum() == 1311
    assert leaks.sum().tolist() == [216, 997 - 216, 1304 - 997, 7]
    assert leaks.loc["meningioma"].tolist() == [106, 292 - 106, 299 - 292, 7]
    assert list(leaks.index) == list(CLASS_NAMES)


def test_leaks_agree_with_a_look_at_the_groups_themselves(images):
    train, test = (images[images["split"] == part] for part in ("train", "test"))
    same_person = test["group"].isin(set(train["group"]))
    same_picture = test["duplicate_group"].isin(set(train["duplicate_group"]))
    leaks = facts.leaks(images).sum()
    assert leaks["free"] == (~same_person).sum()
    assert leaks["exact"] + leaks["near"] == same_picture.sum()


@pytest.mark.parametrize(("by", "expected"), [("source", SOURCES), ("plane", PLANES)])
def test_composition(images, by, expected):
    counted = facts.composition(images, by)
    for label, row in expected.items():
        assert tuple(counted.loc[counted["label"] == label, "images"]) == row
    assert counted["images"].sum() == len(images)


def test_composition_counts_pictures_as_well(images):
    counted = facts.composition(images, "split").set_index(["label", "value"])["pictures"]
    assert counted["notumor"].to_dict() == {"train": 368, "test": 125}
    assert counted["glioma"].to_dict() == {"train": 1225, "test": 282}


def test_folds(images):
    assert {k: tuple(row) for k, row in facts.folds(images).iterrows()} == FOLDS


@pytest.mark.parametrize("column", ["group", "duplicate_group"])
def test_nothing_is_in_two_folds(images, column):
    assert (images.groupby(column)["fold"].nunique() == 1).all()


def test_mirrored_shares(images):
    shares = facts.mirrored(images).set_index(["label", "split"])["share"].round(2)
    assert shares.to_dict() == {
        ("glioma", "train"): 0.91,
        ("glioma", "test"): 0.75,
        ("meningioma", "train"): 0.46,
        ("meningioma", "test"): 0.85,
        ("pituitary", "train"): 0.48,
        ("pituitary", "test"): 0.78,
    }


def test_flags(images):
    flagged = facts.flagged(images)
    assert flagged.loc["looks_like_ct", ["meningioma", "notumor"]].tolist() == [10, 71]
    assert flagged.loc["visible_focal_lesion", ["images", "pictures"]].tolist() == [72, 9]
    assert flagged.loc["colour_overlay", "images"] == 32
    assert flagged.loc["bright_frame", ["meningioma", "notumor"]].tolist() == [4, 39]


def test_four_meningiomas_are_labelled_pituitary(images):
    wrong = facts.mislabelled(images)
    assert set(wrong["label"]) == {"pituitary"}
    assert set(wrong["figshare_label"]) == {"meningioma"}
    assert {p.split("/")[-1] for p in wrong["path"]} == {
        "Te-piTr_0002.jpg",
        "Tr-pi_0043.jpg",
        "Tr-pi_0515.jpg",
        "Tr-pi_0520.jpg",
    }


def test_controls_that_are_not_stored_are_there_without_a_score(tmp_path):
    scores = facts.control_scores(tmp_path)
    assert len(scores) == 8
    assert all(score.accuracy is None for score in scores)


def test_the_command_prints_the_same_figures(images):
    result = CliRunner().invoke(app, ["audit"])
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert said["totals"]["pictures"] == 3563
    assert said["leaks"]["meningioma"]["free"] == 7
    assert len(said["mislabelled"]) == 4
    assert tuple(said["folds"]["0"].values()) == FOLDS[0]


def test_the_own_table_is_counted_once_and_another_anew():
    own = facts.table()
    assert facts.flagged(own) is facts.flagged(own)
    assert facts.composition(own, "plane") is not facts.composition(own, "source")
    fewer = own.iloc[::2]
    assert facts.totals(fewer).images == len(fewer) < facts.totals(own).images
    pd.testing.assert_frame_equal(facts.leaks(own.copy()), facts.leaks(own))
