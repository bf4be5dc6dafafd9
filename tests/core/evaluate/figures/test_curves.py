"""The curves enclose the areas that the stored figures say."""

import numpy as np
import pytest

from core.evaluate.figures.curves import precision_recall, roc
from core.evaluate.figures.points import point_figures
from core.labels import CLASS_NAMES
from tests.core.evaluate.toys import random_case


@pytest.fixture
def case(make):
    y, probabilities, groups = random_case()
    predictions = make(y, probabilities, groups)
    return predictions, point_figures(predictions.y, predictions.probabilities)


def test_the_area_under_roc_is_the_figure(case):
    predictions, figures = case
    curves = roc(predictions)
    assert [c.class_name for c in curves] == list(CLASS_NAMES)
    for curve, area in zip(curves, figures["roc_auc"], strict=True):
        assert (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1]) == (0, 0, 1, 1)
        assert np.trapezoid(curve.y, curve.x) == pytest.approx(area)


def test_the_area_under_the_steps_is_average_precision(case):
    predictions, figures = case
    for curve, area in zip(precision_recall(predictions), figures["pr_auc"], strict=True):
        assert curve.x[0] == 0 and curve.x[-1] == 1 and (np.diff(curve.x) >= 0).all()
        assert (np.diff(curve.x) * curve.y[1:]).sum() == pytest.approx(area)


def test_a_class_that_is_not_there_has_no_curve(make):
    y = np.array([0, 0, 1, 1])
    predictions = make(y, np.full((4, 4), 0.1) + 0.6 * np.eye(4)[[0, 1, 1, 0]])
    assert [c.class_name for c in roc(predictions)] == ["glioma", "meningioma"]
    assert [c.class_name for c in precision_recall(predictions)] == ["glioma", "meningioma"]
