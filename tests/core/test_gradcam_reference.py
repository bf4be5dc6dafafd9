"""The class map of a forward pass is Grad-CAM: held against tf-keras-vis, all six networks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from core.architectures import ARCHITECTURES
from core.engine import tensorflow_forward
from core.labels import NUM_CLASSES

from .networks import random_network


@pytest.fixture
def same_arithmetic() -> Iterator[None]:
    """Run compiled graphs with the kernels of eager calls, which tf-keras-vis makes.

    Random deep networks amplify the last bit: merged operations alone move InceptionV3's
    scaled map by 6e-4. `test_engine` covers the optimised graph.
    """
    import tensorflow as tf

    options = tf.config.optimizer
    options.set_experimental_options({"disable_meta_optimizer": True})
    yield
    options.set_experimental_options({"disable_meta_optimizer": False})


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.usefixtures("same_arithmetic")
def test_agrees_with_tf_keras_vis(name: str) -> None:
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.utils.model_modifiers import ReplaceToLinear
    from tf_keras_vis.utils.scores import CategoricalScore

    layer = ARCHITECTURES[name].cam_layer
    model, x = random_network(name, layer)
    _logits, class_maps, _embedding = tensorflow_forward(model, layer)(x)
    maps = np.moveaxis(class_maps[0], -1, 0)
    peaks = maps.max((1, 2), keepdims=True)
    assert maps[0].size > 1  # more than one place to choose from,
    assert (peaks > 0.05).all() and (maps.min((1, 2)) < -0.05).all()  # for and against

    reference: Any = Gradcam(model, model_modifier=ReplaceToLinear(), clone=False)(
        CategoricalScore(list(range(NUM_CLASSES))),
        np.repeat(x, NUM_CLASSES, 0),
        penultimate_layer=layer,
        seek_penultimate_conv_layer=False,  # our layer itself, not the convolution before it
        expand_cam=False,
    )
    ours = np.maximum(maps, 0) / peaks
    assert np.abs(ours - np.asarray(reference)).max() < 1e-4
