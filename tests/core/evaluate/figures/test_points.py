"""Every figure by hand on ten images, and beside scikit-learn on many."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as sk

from core.evaluate.figures.points import CLASS_FIGURES, HEADLINES, point_figures
from tests.core.evaluate.toys import HAND_PROBABILITIES, HAND_Y, random_case

# True classes down, answers across: [2 1 0 0], [0 2 0 0], [1 0 2 0], [0 0 1 1].
BY_HAND = {
    "accuracy": 7 / 10,
    "balanced_accuracy": (2 / 3 + 1 + 2 / 3 + 1 / 2) / 4,
    "macro_precision": (2 / 3 + 2 / 3 + 2 / 3 + 1) / 4,
    "macro_recall": 17 / 24,
    "macro_f1": (2 / 3 + 4 / 5 + 2 / 3 + 2 / 3) / 4,
    "weighted_precision": 11 / 15,
    "weighted_recall": 7 / 10,
    "weighted_f1": 52 / 75,
    "mcc": 44 / np.sqrt(74 * 72),
    "cohen_kappa": 22 / 37,
    "log_loss": -(7 * np.log(0.7) + 3 * np.log(0.1)) / 10,
    "brier": (7 * 0.12 + 3 * 1.32) / 10,
    "ece": 0.0,  # all say 70 %, and 70 % are right
    "aurc": 0.3,  # all equally confident: no order to profit from
    "precision": [2 / 3, 2 / 3, 2 / 3, 1],
    "recall": [2 / 3, 1, 2 / 3, 1 / 2],
    "specificity": [6 / 7, 7 / 8, 6 / 7, 1],
    "f1": [2 / 3, 4 / 5, 2 / 3, 2 / 3],
}


@pytest.mark.parametrize("name", BY_HAND)
def test_by_hand(name: str) -> None:
    figures = point_figures(HAND_Y, HAND_PROBABILITIES)
    np.testing.assert_allclose(figures[name], BY_HAND[name], atol=1e-12)


def test_areas_by_hand() -> None:
    figures = point_figures(HAND_Y, HAND_PROBABILITIES)
    # pituitary: one positive above all eight negatives, one level with them
    assert figures["roc_auc"][3] == pytest.approx((8 + 8 / 2) / 16)
    # half of the positives at precision 1, the other half at 2 in 10
    assert figures["pr_auc"][3] == pytest.approx(0.5 * 1 + 0.5 * 0.2)
    assert figures["macro_roc_auc"] == pytest.approx(figures["roc_auc"].mean())
    assert figures["macro_pr_auc"] == pytest.approx(figures["pr_auc"].mean())


def test_agrees_with_scikit_learn() -> None:
    y, p, _ = random_case(400)
    figures, answer = point_figures(y, p), p.argmax(axis=1)
    expected = {
        "balanced_accuracy": sk.balanced_accuracy_score(y, answer),
        "log_loss": sk.log_loss(y, p),
        "mcc": sk.matthews_corrcoef(y, answer),
        "cohen_kappa": sk.cohen_kappa_score(y, answer),
        "macro_roc_auc": sk.roc_auc_score(y, p, multi_class="ovr"),
        "macro_pr_auc": sk.average_precision_score(np.eye(4)[y], p),
        "brier": sum(sk.brier_score_loss(y == c, p[:, c]) for c in range(4)),
    }
    for average in ("macro", "weighted"):
        names = ("precision", "recall", "f1")
        values = sk.precision_recall_fscore_support(y, answer, average=average)
        expected |= {f"{average}_{n}": v for n, v in zip(names, values, strict=False)}
    for name, value in expected.items():
        assert figures[name] == pytest.approx(value, abs=1e-12), name


def test_names_and_shapes() -> None:
    figures = point_figures(*random_case()[:2])
    assert {k for k, v in figures.items() if v.shape == ()} == set(HEADLINES)
    assert {k for k, v in figures.items() if v.shape == (4,)} == set(CLASS_FIGURES)


def test_undefined_is_nan_and_never_zero() -> None:
    y = np.array([0, 0, 1, 1])
    always_glioma = np.tile([0.7, 0.1, 0.1, 0.1], (4, 1))
    figures = point_figures(y, always_glioma)
    assert figures["recall"][0] == 1 and figures["recall"][1] == 0
    assert figures["f1"][1] == 0  # defined: two images missed
    assert np.isnan(figures["precision"][1:]).all()  # never predicted
    assert np.isnan(figures["recall"][2:]).all()  # never present
    assert np.isnan(figures["roc_auc"][2:]).all()
    for name in ("macro_precision", "macro_recall", "mcc", "macro_roc_auc", "weighted_precision"):
        assert np.isnan(figures[name]), name
    assert figures["cohen_kappa"] == 0  # defined: no better than chance
    assert np.isnan(point_figures(y * 0, always_glioma)["cohen_kappa"])
