"""A copy of a network whose ReLUs stop negative gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.errors import ExplainError

if TYPE_CHECKING:
    import keras


def guided(model: keras.Model) -> keras.Model:
    """Copy a model so that no ReLU lets a negative gradient back.

    Where a plain ReLU passes the gradient of every active unit, this one also asks the
    gradient to be positive. The copy has its own weights; the model is left alone.

    Raises
    ------
    ExplainError
        If a ReLU has a ceiling other than 6.
    """
    import keras
    import tensorflow as tf

    forward = {None: tf.nn.relu, 6.0: tf.nn.relu6}
    backward = {None: tf.raw_ops.ReluGrad, 6.0: tf.raw_ops.Relu6Grad}

    def rectifier(ceiling: float | None) -> Any:
        if ceiling not in forward:
            raise ExplainError("Guided backpropagation knows no ReLU up to {top}.", top=ceiling)

        @tf.custom_gradient  # type: ignore[untyped-decorator]
        def relu(x: Any) -> Any:
            y = forward[ceiling](x)
            return y, lambda dy: backward[ceiling](gradients=tf.nn.relu(dy), features=y)

        return relu

    def copy(layer: keras.layers.Layer) -> keras.layers.Layer:
        if isinstance(layer, keras.layers.ReLU):
            ceiling = None if layer.max_value is None else float(layer.max_value)
            return keras.layers.Activation(rectifier(ceiling), name=layer.name)
        twin = type(layer).from_config(layer.get_config())
        if getattr(layer, "activation", None) is keras.activations.relu:
            twin.activation = rectifier(None)
        return twin

    twin = keras.models.clone_model(model, clone_function=copy)
    twin.set_weights(model.get_weights())
    return twin
