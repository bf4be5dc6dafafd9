import numpy as np
import pytest

from core.evaluate.saliency.faithfulness import curves
from core.evaluate.saliency.sanity import STAGES
from core.evaluate.saliency.trials import against_controls, randomised
from core.explain import METHODS, Cancelled
from core.labels import class_index


@pytest.fixture(scope="module")
def drawn(explainer, scan):
    return explainer.explain(scan, "gradcam", "glioma")


def test_a_map_stands_before_every_control(explainer, scan, drawn):
    told = []
    found = against_controls(explainer, scan, drawn, lambda *p: told.append(p))
    controls = [name for name, method in METHODS.items() if method.family == "control"]
    assert list(found) == ["gradcam", *controls]
    assert told == [(n, len(found)) for n in range(1, len(found) + 1)]
    x, _ = explainer.classifier.prepare(scan.pixels)
    own = curves(explainer.network, x[0], drawn.values, class_index("glioma"))
    np.testing.assert_array_equal(found["gradcam"].deletion, own.deletion)
    for control in found.values():  # all start from the scan and end with it
        assert control.deletion[0] == pytest.approx(own.deletion[0], abs=1e-5)
        assert control.insertion[-1] == pytest.approx(own.deletion[0], abs=1e-5)


def test_a_destroyed_network_draws_another_map_and_leaves_the_served_one_alone(
    explainer, scan, drawn
):
    stages = randomised(explainer, scan, drawn)
    assert [stage.name for stage in stages] == list(STAGES)
    for stage in stages:
        assert stage.heat.shape == scan.shape
        assert stage.empty or not np.array_equal(stage.heat, drawn.heat)
        assert stage.similarity.spearman < 0.999
    again = explainer.explain(scan, "gradcam", "glioma")
    np.testing.assert_array_equal(again.values, drawn.values)


def test_a_trial_can_be_left(explainer, scan, drawn):
    def leave(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        against_controls(explainer, scan, drawn, leave)
