"""What figures lead to: pictures by their stated probability, and where networks differ."""

import numpy as np
import pytest

from core.evaluate.board.answers import Choice, choose, gather
from core.evaluate.board.differences import differences
from core.evaluate.board.leaderboard import load_leaderboard
from core.settings import Settings


@pytest.fixture(scope="module")
def networks():
    """Shipped networks that were measured on unseen patients."""
    board = load_leaderboard(Settings().models_dir, "unseen-patients")
    return tuple(row for row in board.rows if row.kind == "model" and row.metrics)


def test_a_mark_of_the_reliability_diagram_holds_its_pictures(networks):
    answers = gather(networks)
    for row in networks:
        bins = row.metrics.images["all"].calibration.after.bins
        found = [int(choose(answers, Choice(row.name, stated=i)).sum()) for i in range(len(bins))]
        assert found == [b.n for b in bins]


def test_differences_are_counted_for_each_two(networks):
    counts, of = differences(networks, "all")
    answers = [row.predictions().probabilities.argmax(axis=1) for row in networks]
    assert of == len(answers[0]) and (counts == counts.T).all() and not counts.diagonal().any()
    for i, one in enumerate(answers):
        for j, other in enumerate(answers):
            assert counts[i, j] == (one != other).sum()


def test_one_image_of_each_picture_counts_where_pictures_are_asked_for(networks):
    counts, of = differences(networks, "distinct")
    everything, images = differences(networks, "all")
    assert of < images and (counts <= everything).all()
    assert of == int(np.sum(networks[0].predictions().table["keep_one"]))
