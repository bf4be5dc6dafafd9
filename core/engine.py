"""One compiled forward pass that yields the logits and the class maps together.

With global average pooling and a linear head, the logit of class c is

    logit_c = b_c + mean over (i, j) of M_c(i, j),    M_c = sum over k of w_kc A_k,

where A are the last feature maps. The gradient of logit_c with respect to A_k is the
constant w_kc / (h w), so Grad-CAM (Selvaraju et al. 2017, arXiv:1610.02391) is
ReLU(M_c) / (h w) for every class at once, with no gradient and at the price of one small
matrix product. (This is also CAM, Zhou et al. 2016, arXiv:1512.04150.)
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import keras

log = logging.getLogger(__name__)

Backend = Literal["tensorflow", "openvino"]
Forward = Callable[[NDArray[np.float32]], tuple[NDArray[np.float32], NDArray[np.float32]]]

HEAD = "logits"  # name of the linear layer behind the global average pooling


def class_map_function(model: keras.Model, cam_layer: str) -> Any:
    """Trace logits and class maps into one graph whose weights are constants.

    Parameters
    ----------
    model : keras.Model
        Flat functional graph ending in `cam_layer`, average pooling, dropout, ``logits``.
    cam_layer : str

    Returns
    -------
    A TensorFlow function of float32 ``(1, S, S, 3)`` returning logits ``(1, 4)`` and
    unrectified class maps ``(1, h, w, 4)``, already divided by h w.
    """
    import keras
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    features = model.get_layer(cam_layer).output
    both = keras.Model(model.inputs, [model.output, features])
    kernel = tf.constant(model.get_layer(HEAD).kernel.numpy())
    cells = float(features.shape[1] * features.shape[2])

    def forward(x: Any) -> Any:
        logits, maps = both(x, training=False)
        return logits, tf.tensordot(maps, kernel, 1) / cells

    signature = [tf.TensorSpec((1, *model.input_shape[1:]), tf.float32)]
    traced = tf.function(forward, input_signature=signature, autograph=False)
    return convert_variables_to_constants_v2(traced.get_concrete_function())


def plain_forward(model: keras.Model) -> Callable[[NDArray[np.float32]], Any]:
    """Compile `model(x, training=False)` and nothing else: the yardstick of the benchmark."""
    import tensorflow as tf

    compiled = tf.function(
        lambda x: model(x, training=False),
        input_signature=[tf.TensorSpec((1, *model.input_shape[1:]), tf.float32)],
        autograph=False,
    )
    return lambda x: compiled(tf.constant(x)).numpy()


def tensorflow_forward(model: keras.Model, cam_layer: str) -> Forward:
    """Run the frozen graph with TensorFlow."""
    import tensorflow as tf

    frozen = class_map_function(model, cam_layer)

    def run(x: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        logits, maps = frozen(tf.constant(x))
        return logits.numpy(), maps.numpy()

    return run


def openvino_forward(model: keras.Model, cam_layer: str) -> Forward:
    """Run the same graph with OpenVINO in float32, tuned for one image at a time."""
    import openvino as ov

    frozen = class_map_function(model, cam_layer)
    outputs = [tensor.name for tensor in frozen.outputs]
    graph = ov.convert_model(frozen.graph, output=outputs)
    hints = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    compiled = ov.Core().compile_model(graph, "CPU", hints)
    request = compiled.create_infer_request()

    def run(x: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        request.infer([x])
        logits, maps = (request.get_output_tensor(i).data.copy() for i in range(2))
        return logits, maps

    return run
