"""What ships of the audit's pictures is what it says, on terms that allow it."""

from itertools import pairwise

import cv2
import pytest

from core.audit import facts
from core.audit.pixels import STATISTICS
from core.audit.stored import IMAGES, stored
from core.evaluate.make.controls import FRAME
from core.labels import CLASS_NAMES
from core.settings import Settings


@pytest.fixture(scope="module")
def rows():
    images = facts.table()
    return images.set_index(images["path"].str.removeprefix("images/"))


def pairs(topic):
    pictures = stored().about(topic)
    return list(pairwise(pictures))[::2]


def test_every_picture_is_there_and_every_file_is_named():
    named = sorted(picture.file for picture in stored().pictures)
    assert named == sorted(path.name for path in IMAGES.iterdir())
    assert sum(path.stat().st_size for path in IMAGES.iterdir()) < 500_000


def test_pictures_are_what_the_table_says(rows):
    for picture in stored().pictures:
        of = rows.loc[list(picture.shows)]
        assert set(of["label"]) <= {picture.label}
        if picture.topic != "mean":
            assert (picture.licence == "CC BY 4.0") == (of["source"] == "figshare").all()
            assert picture.licence


def test_twins_are_one_picture_in_test_and_in_training(rows):
    assert [one.label for one, _ in pairs("twins")] == list(CLASS_NAMES)
    for one, other in pairs("twins"):
        a, b = rows.loc[one.shows[0]], rows.loc[other.shows[0]]
        assert a["duplicate_group"] == b["duplicate_group"]
        assert (a["split"], b["split"]) == ("test", "train")
        assert other.turn and other.correlation > 0.99


def test_conflicts_are_one_picture_under_two_labels(rows):
    wrong = set(facts.mislabelled(facts.table())["path"].str.removeprefix("images/"))
    assert {one.shows[0] for one, _ in pairs("conflict")} == wrong
    for one, other in pairs("conflict"):
        assert (
            rows.loc[one.shows[0], "duplicate_group"] == rows.loc[other.shows[0], "duplicate_group"]
        )
        assert (one.label, other.label) == ("pituitary", "meningioma")


@pytest.mark.parametrize(
    ("topic", "flags"),
    [
        ("ct", {"looks_like_ct"}),
        ("lesion", {"visible_focal_lesion"}),
        ("overlay", {"colour_overlay", "bright_frame"}),
    ],
)
def test_problem_pictures_carry_their_flag(rows, topic, flags):
    for picture in stored().about(topic):
        assert flags & set(rows.loc[picture.shows[0], "flags"].split(";"))


def test_the_largest_shows_all_files_of_one_picture(rows):
    (sheet,) = stored().about("largest")
    (of,) = set(rows.loc[list(sheet.shows), "duplicate_group"])
    assert len(sheet.shows) == (rows["duplicate_group"] == of).sum() == 81


def test_statistics_cover_all_distinct_pictures():
    assert tuple(s.name for s in stored().statistics) == STATISTICS
    kept = facts.table().query("keep_one == 1")["label"].value_counts()
    for statistic in stored().statistics:
        assert {k: q.n for k, q in statistic.classes.items()} == kept.to_dict()
        auc = statistic.auc
        assert auc.ci_low < auc.value < auc.ci_high
        for q in statistic.classes.values():
            assert q.p10 <= q.p25 <= q.p50 <= q.p75 <= q.p90


def test_pictures_and_controls_are_of_the_same_dataset():
    metrics = [s.metrics for s in facts.control_scores(Settings().models_dir) if s.metrics]
    assert {m.provenance.dataset_sha256 for m in metrics} <= {stored().dataset_sha256}


def test_pictures_can_be_read():
    for picture in stored().pictures:
        height, width = cv2.imread(str(picture.path)).shape[:2]
        assert picture.topic == "largest" or (height, width) == (FRAME, FRAME)
