"""Who is measured: strata, patients, nested sizes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from core.evaluate.saliency.sample import SLOW, Sizes, draw_sample
from core.explain import METHODS
from core.labels import CLASS_NAMES

CHEAP, COSTLY = METHODS["gradcam"], METHODS["rise"]


def test_the_sizes_are_those_that_were_promised():
    sample = draw_sample(Sizes())
    assert len(sample.localisation(CHEAP)) >= 200
    assert len(sample.localisation(COSTLY)) >= 40
    assert len(sample.faithfulness(CHEAP)) == 60
    assert {METHODS[name].cost for name in ("scorecam", "lime", "occlusion")} <= set(SLOW)


def test_every_class_has_its_share_and_every_tumour_its_outline():
    sample = draw_sample(Sizes())
    judged = Counter(sample.cases[i].label for i in sample.faithfulness(CHEAP))
    assert judged == dict.fromkeys(CLASS_NAMES, 15)
    pointed = [sample.cases[i] for i in sample.localisation(CHEAP)]
    assert Counter(c.label for c in pointed) == {
        "glioma": 70, "meningioma": 70, "pituitary": 70
    }  # fmt: skip
    assert all(c.lesion is not None for c in pointed)


def test_smaller_samples_are_the_beginning_of_larger_ones():
    sample = draw_sample(Sizes())
    assert set(sample.disturbed(COSTLY)) <= set(sample.faithfulness(COSTLY))
    assert set(sample.disturbed(CHEAP)) <= set(sample.faithfulness(CHEAP))
    assert set(sample.faithfulness(COSTLY)) <= set(sample.localisation(CHEAP))


def test_every_patient_comes_once_before_any_comes_twice():
    sample = draw_sample(Sizes())
    for label in ("glioma", "meningioma", "pituitary"):
        groups = [c.group for c in sample.cases if c.label == label]
        patients = len(set(groups))
        assert len(set(groups[:patients])) == patients


def test_the_draw_depends_on_the_seed_alone():
    first, again, other = (draw_sample(Sizes(), seed) for seed in (0, 0, 1))
    assert first == again
    assert [c.id for c in first.cases] != [c.id for c in other.cases]
    assert len({c.id for c in first.cases}) == len(first.cases)


def test_a_limit_lowers_every_size():
    sample = draw_sample(Sizes().limited(3))
    assert Counter(c.label for c in sample.cases) == dict.fromkeys(CLASS_NAMES, 3)
    assert len(sample.disturbed(COSTLY)) == 6  # two of each tumour, as without a limit


def test_fewer_scans_for_faithfulness_alone() -> None:
    """What is disturbed stays among them; where methods point is still asked of all."""
    sizes = Sizes().limited(None, 3)
    assert sizes == replace(Sizes(), faithfulness=3, disturbed=3)
    sample = draw_sample(sizes)
    assert set(sample.disturbed(CHEAP)) <= set(sample.faithfulness(CHEAP))
    assert len(sample.localisation(CHEAP)) == 3 * Sizes().localisation
