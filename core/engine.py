"""One compiled forward pass that yields logits, class maps and embedding together.

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
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import keras

log = logging.getLogger(__name__)

Backend = Literal["tensorflow", "openvino"]


class Outputs(NamedTuple):
    """What one forward pass of N images gives.

    Attributes
    ----------
    logits : ndarray of float32, shape (N, 4)
    maps : ndarray of float32, shape (N, h, w, 4)
        Unrectified class maps, already divided by h w.
    embedding : ndarray of float32, shape (N, K)
        The pooled feature maps: what the linear head sees of the scan.
    """

    logits: NDArray[np.float32]
    maps: NDArray[np.float32]
    embedding: NDArray[np.float32]


Forward = Callable[[NDArray[np.float32]], Outputs]

_APART = 1e-2  # of the largest logit: rounding of float16 weights and of other engines
HEAD = "logits"  # name of the linear layer behind the global average pooling


def valid_layers(model: keras.Model) -> tuple[str, ...]:
    """Names of the layers that a class activation map can be read from, input side first.

    Their output is 4-D with more than one cell a side.
    """
    return tuple(
        layer.name
        for layer in model.layers
        if type(layer).__name__ != "InputLayer"
        and len(shape := getattr(layer.output, "shape", ())) == 4
        and all(n is None or n > 1 for n in shape[1:3])
    )


def class_map_function(model: keras.Model, cam_layer: str) -> Any:
    """Trace the forward pass and its class maps into one graph whose weights are constants.

    Parameters
    ----------
    model : keras.Model
        Flat functional graph ending in `cam_layer`, average pooling, dropout, ``logits``.
    cam_layer : str

    Returns
    -------
    A TensorFlow function of float32 ``(N, S, S, 3)`` returning what `Outputs` lists.
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
        return logits, tf.tensordot(maps, kernel, 1) / cells, tf.reduce_mean(maps, (1, 2))

    signature = [tf.TensorSpec((None, *model.input_shape[1:]), tf.float32)]
    traced = tf.function(forward, input_signature=signature, autograph=False)
    return convert_variables_to_constants_v2(traced.get_concrete_function())


def unsound(first: Outputs, second: Outputs) -> str | None:
    """Say what is wrong with a forward pass whose maps do not add up to its logits.

    ``logit = bias + sum of the map`` holds for every input, so what is left of the logits
    without the maps is the same, the bias, for any two of them.

    Parameters
    ----------
    first, second : Outputs
        Of two different inputs.

    Returns
    -------
    str or None
        The largest difference between what is left, in words; None where there is none.
    """
    left = [outputs.logits - outputs.maps.sum((1, 2)) for outputs in (first, second)]
    difference = float(np.abs(left[0] - left[1]).max())
    size = max(float(np.abs(outputs.logits).max()) for outputs in (first, second))
    if difference <= _APART * max(1.0, size):  # not so either where it is not a number
        return None
    return f"{difference:.3g}"


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

    def run(x: NDArray[np.float32]) -> Outputs:
        return Outputs(*(tensor.numpy() for tensor in frozen(tf.constant(x))))

    return run


def openvino_forward(model: keras.Model, cam_layer: str) -> Forward:
    """Run the same graph with OpenVINO."""
    return openvino_run(openvino_graph(model, cam_layer))


def openvino_graph(model: keras.Model, cam_layer: str) -> Any:
    """Convert the graph of `class_map_function` to OpenVINO's; needs TensorFlow."""
    import openvino as ov

    frozen = class_map_function(model, cam_layer)
    return ov.convert_model(frozen.graph, output=[tensor.name for tensor in frozen.outputs])


def openvino_run(graph: Any) -> Forward:
    """Compile a converted graph in float32, tuned for one image at a time; TensorFlow is not asked.

    Parameters
    ----------
    graph : openvino.Model or Path
        What `openvino_graph` gives, or the file that it was saved to.
    """
    import openvino as ov

    hints = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    compiled = ov.Core().compile_model(graph, "CPU", hints)
    request = compiled.create_infer_request()

    def run(x: NDArray[np.float32]) -> Outputs:
        request.infer([x])
        return Outputs(*(request.get_output_tensor(i).data.copy() for i in range(3)))

    return run
