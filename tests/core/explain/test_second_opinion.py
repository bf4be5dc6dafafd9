"""A second opinion: another library's map of the same question, and how far it agrees."""

import numpy as np
import pytest

from core.errors import ExplainError
from core.explain.methods import METHODS
from core.explain.progress import Cancelled
from core.explain.second_opinion import DIFFERENCES, SAME, agreement, ask, both, reference
from core.explain.second_opinion_calls import SAMPLES
from tests.core.explain import toys


@pytest.fixture(scope="module")
def x():
    return toys.scans(32, 1)


@pytest.mark.parametrize("method", DIFFERENCES)
def test_both_libraries_rank_the_places_alike(small, x, method):
    theirs, ours, seconds = both(small, x, method, 2)
    assert theirs.shape == ours.shape and seconds > 0
    rho = agreement(ours, theirs)
    exact = DIFFERENCES[method] == SAME or method == "gradcam-plus-plus"
    assert rho > (0.999 if exact else 0.5)


def test_nothing_is_printed_where_results_go(small, x, capsys):
    reference(small, x, "scorecam", 1)
    assert capsys.readouterr().out == ""


def test_an_opinion_is_of_the_layer_and_class_that_were_asked_for(small, x):
    maps = [reference(small, x, "gradcam", target, layer) for target in (0, 1)
            for layer in ("early", "late")]  # fmt: skip
    assert maps[0].shape == (16, 16) and maps[1].shape == (8, 8)
    assert np.abs(maps[0] - maps[2]).max() > 0 and np.abs(maps[1] - maps[3]).max() > 0


def test_noise_is_of_the_seed_and_the_world_s_draws_go_on_as_before(small, x):
    np.random.seed(5)
    first = reference(small, x, "smoothgrad", 1, seed=1)
    after = np.random.random()
    np.random.seed(5)
    assert after == np.random.random()
    np.testing.assert_array_equal(first, reference(small, x, "smoothgrad", 1, seed=1))
    assert np.abs(first - reference(small, x, "smoothgrad", 1, seed=2)).max() > 0


def test_a_wait_is_told_and_can_be_left(small, x):
    told = []
    reference(small, x, "smoothgrad", 1, progress=lambda *at: told.append(at))
    assert told[0] == (0, 10) and told[-1] == (10, 10) and len(told) >= SAMPLES["smoothgrad"]

    def leave(done, total):
        if done > 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        reference(small, x, "smoothgrad", 1, progress=leave)


@pytest.mark.parametrize("method", [m for m in METHODS if m not in DIFFERENCES])
def test_a_method_that_it_lacks_is_refused(small, x, method):
    with pytest.raises(ExplainError, match="tf-keras-vis has no"):
        reference(small, x, method, 1)


def test_a_map_of_nothing_agrees_with_nothing():
    some = np.arange(9, dtype=np.float32).reshape(3, 3)
    assert np.isnan(agreement(some, np.zeros((3, 3), np.float32)))
    assert agreement(some, some) == pytest.approx(1)
    assert agreement(some - 4, np.maximum(some - 4, 0)) == pytest.approx(1)


def test_on_a_scan_it_is_drawn_beside_ours(explainer, scan):
    drawn = explainer.explain(scan, "gradcam", "glioma")
    opinion = ask(explainer, scan, drawn)
    assert opinion.heat.shape == opinion.ours.shape == scan.shape
    assert opinion.spearman > 0.99 and opinion.library.startswith("tf-keras-vis 0")
    np.testing.assert_allclose(opinion.ours, drawn.heat, atol=2e-2)


def test_one_class_rather_than_another_is_not_asked(explainer, scan):
    drawn = explainer.explain(scan, "gradcam", "glioma", versus="notumor")
    with pytest.raises(ExplainError, match="one class"):
        ask(explainer, scan, drawn)
