"""The scorecard of one map is made of the same measures as the stored ones."""

from __future__ import annotations

import numpy as np
import pytest

from core.cases import cases, read_bytes
from core.evaluate.saliency.faithfulness import curves
from core.evaluate.saliency.mu_fidelity import mu_fidelity, subsets
from core.evaluate.saliency.scorecard import judge
from core.explain import Explainer
from core.imaging import read_image
from core.inference import Classifier
from core.labels import CLASS_NAMES
from core.registry import read_spec
from tests.core.toys import write_toy


@pytest.fixture(scope="module")
def explainer(tmp_path_factory, toy_weights):
    folder = write_toy(tmp_path_factory.mktemp("models"), "toy", toy_weights)
    return Explainer(Classifier(read_spec(folder), "tensorflow"))


@pytest.mark.parametrize("target", ["glioma", "pituitary"])
def test_a_scorecard_is_of_the_explained_class(explainer, target):
    case = next(c for c in cases().values() if c.lesion is not None)
    image = read_image(read_bytes(case), case.path)
    shown = explainer.explain(image, "gradient-input", target)
    x, _ = explainer.classifier.prepare(image.pixels)
    index = CLASS_NAMES.index(target)
    asked = subsets(explainer.network, x[0], index)
    card = judge(explainer.network, x[0], shown.values, index, asked)
    expected = curves(explainer.network, x[0], shown.values, index)
    np.testing.assert_allclose(card.curves.deletion, expected.deletion, atol=1e-6)
    logits = explainer.network.logits(x)[0].astype(float)
    share = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
    assert card.curves.deletion[0] == pytest.approx(share[index], abs=1e-5)
    assert card.mu_fidelity == mu_fidelity(shown.values, asked, explainer.network.size)
