"""The six networks: Keras backbones as flat functional graphs with one linear head."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from core.architectures import ARCHITECTURES
from core.errors import TrainingError
from core.labels import NUM_CLASSES
from core.preprocess import Scaling

if TYPE_CHECKING:
    import keras

Init = Literal["imagenet", "random"]

_BATCH_NORM_MOMENTUM = 0.9  # Keras' 0.99 lags behind for hundreds of steps


def input_scaling(name: str, init: Init) -> Scaling:
    """ImageNet weights want the scaling they were trained with; random ones want [-1, 1]."""
    return ARCHITECTURES[name].scaling if init == "imagenet" else "tf"


def build(
    name: str, *, init: Init, size: int | None = None, dropout: float = 0.3, seed: int = 0
) -> keras.Model:
    """Build one network as a flat functional graph: backbone, GAP, dropout, four logits.

    Parameters
    ----------
    name : str
        Key of `ARCHITECTURES`.
    init : {"imagenet", "random"}
        ``imagenet`` downloads Keras' weights (or takes them from ``~/.keras/models``).
        There is no silent fall-back.
    size : int, optional
        Input side in pixels; None leaves it open (for progressive resizing).
    dropout : float
        Rate before the head, in [0, 1).
    seed : int
        Fixes the random weights.

    Returns
    -------
    keras.Model
        Input ``(N, size, size, 3)`` float32, scaled as `input_scaling` says; output
        logits ``(N, 4)`` float32 in the order of `core.labels.CLASS_NAMES`.

    Raises
    ------
    TrainingError
        If the ImageNet weights cannot be had.
    """
    import keras

    architecture = ARCHITECTURES[name]
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((size, size, 3), name="image")
    constructor = getattr(keras.applications, architecture.title)
    try:
        backbone = constructor(
            include_top=False,
            weights="imagenet" if init == "imagenet" else None,
            input_tensor=inputs,
        )
    except Exception as error:
        if init != "imagenet":
            raise
        raise TrainingError(
            "The ImageNet weights of {title} could not be downloaded ({reason}); connect to "
            "the internet, or train from random weights with --init random.",
            title=architecture.title,
            reason=str(error).rstrip("."),
        ) from error
    features = backbone.get_layer(architecture.cam_layer).output
    x = keras.layers.GlobalAveragePooling2D(name="gap", dtype="float32")(features)
    x = keras.layers.Dropout(dropout, name="dropout", seed=seed, dtype="float32")(x)
    logits = keras.layers.Dense(NUM_CLASSES, name="logits", dtype="float32")(x)
    model = keras.Model(inputs, logits, name=name)
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    for layer in norms:
        layer.momentum = _BATCH_NORM_MOMENTUM
    if init == "random" and not norms:
        _he_initialise(model, seed)
    return model


def _he_initialise(model: keras.Model, seed: int) -> None:
    """Without batch normalisation Glorot's smaller weights let the signal die out.

    He et al. 2015, arXiv:1502.01852.
    """
    import keras

    for i, layer in enumerate(model.layers):
        if isinstance(layer, keras.layers.Conv2D):
            he = keras.initializers.HeNormal(seed=seed + i)
            layer.kernel.assign(he(layer.kernel.shape))
