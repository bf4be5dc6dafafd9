"""The six networks: Keras backbones as flat functional graphs with one linear head."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.architectures import ARCHITECTURES
from core.errors import TrainingError
from core.labels import NUM_CLASSES
from core.training.recipe import Init, Recipe

if TYPE_CHECKING:
    import keras

BUILT_FOR = 224  # side at which the last halving is found; other sides are multiples of `STEP`
STEP = 16  # in pixels: a network with fine cells halves four times, and pads alike at multiples

_BATCH_NORM_MOMENTUM = 0.9  # Keras' 0.99 lags behind for hundreds of steps


def build(
    name: str,
    *,
    init: Init,
    weights: Path | None = None,
    size: int | None = None,
    dropout: float = Recipe.dropout,
    seed: int = 0,
) -> keras.Model:
    """Build one network as a flat functional graph: backbone, GAP, dropout, four logits.

    The backbone's last halving is undone (`with_fine_cells`), but for VGG16, which is read
    before it.

    Parameters
    ----------
    name : str
        Key of `ARCHITECTURES`.
    init : {"imagenet", "file", "random"}
        ``imagenet`` downloads Keras' weights (or takes them from ``~/.keras/models``);
        ``file`` reads `weights`. There is no silent fall-back.
    weights : Path, optional
        Keras weights (``.weights.h5``) of the backbone without its top, or of a whole
        network that this function built.
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
        If the weights cannot be had, or are another network's.
    """
    import keras

    keras.utils.set_random_seed(seed)
    backbone = _backbone(name, init)
    whole = init == "file" and weights is not None and _is_whole(weights)
    if init == "file" and not whole:
        _read(backbone, weights, name)
    backbone = with_fine_cells(backbone, ARCHITECTURES[name].cam_layer, size)
    features = backbone.get_layer(ARCHITECTURES[name].cam_layer).output
    x = keras.layers.GlobalAveragePooling2D(name="gap", dtype="float32")(features)
    x = keras.layers.Dropout(dropout, name="dropout", seed=seed, dtype="float32")(x)
    logits = keras.layers.Dense(NUM_CLASSES, name="logits", dtype="float32")(x)
    model = keras.Model(backbone.inputs[0], logits, name=name)
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    for layer in norms:
        layer.momentum = _BATCH_NORM_MOMENTUM
    if init == "random" and not norms:
        _he_initialise(model, seed)
    if whole:
        _read(model, weights, name)
    return model


def with_fine_cells(backbone: keras.Model, cam_layer: str, size: int | None) -> keras.Model:
    """Undo a backbone's last halving: 14 x 14 cells for 224 px instead of 7 x 7.

    The layers of stride 2 whose output has the size of the last layer get stride 1; all
    weights stay. InceptionV3, which does not pad there, comes to 10 x 10. "Last stride 1"
    in person re-identification (arXiv:1903.07071); dilated residual networks
    (arXiv:1705.09914) go on to dilate what follows, which is not done here.

    Parameters
    ----------
    backbone : keras.Model
        Built for 224 px.
    cam_layer : str
        Where the class maps are read. A backbone read before its last halving (VGG16) keeps
        its layers.
    size : int, optional
        Input side of the result; None leaves it open.
    """
    import keras

    config = backbone.get_config()
    layers = config["layers"]
    sides = {
        layer.name: layer.output.shape[1] for layer in backbone.layers if layer.output.ndim == 4
    }
    last = sides[cam_layer]
    coarse = last <= BUILT_FOR // (2 * STEP) + 1
    for before, layer in zip([None, *layers], layers, strict=False):
        if layer["class_name"] == "InputLayer":
            layer["config"]["batch_shape"] = (None, size, size, 3)
        if coarse and _halves(layer) and sides[layer["name"]] == last:
            _undo_halving(layer, before)
    fine = keras.Model.from_config(config)
    fine.set_weights(backbone.get_weights())
    return fine


def _halves(layer: dict[str, Any]) -> bool:
    return tuple(layer["config"].get("strides") or ()) == (2, 2)


def _undo_halving(layer: dict[str, Any], before: dict[str, Any] | None) -> None:
    layer["config"]["strides"] = (1, 1)
    if layer["class_name"] == "AveragePooling2D":
        layer["config"]["padding"] = "same"
    if before is not None and before["class_name"] == "ZeroPadding2D":
        before["config"]["padding"] = ((1, 1), (1, 1))


def _backbone(name: str, init: Init) -> keras.Model:
    import keras

    architecture = ARCHITECTURES[name]
    constructor = getattr(keras.applications, architecture.title)
    try:
        return constructor(
            include_top=False,
            weights="imagenet" if init == "imagenet" else None,
            input_tensor=keras.Input((BUILT_FOR, BUILT_FOR, 3), name="image"),
        )
    except Exception as error:
        if init != "imagenet":
            raise
        raise TrainingError(
            "The ImageNet weights of {title} could not be downloaded ({reason}); connect to "
            "the internet, give a file of them by --init FILE, or train from random weights "
            "with --init random.",
            title=architecture.title,
            reason=str(error).rstrip("."),
        ) from error


def _is_whole(weights: Path) -> bool:
    """Whether a file of weights holds a head; also False for what is no such file."""
    import h5py

    try:
        with h5py.File(weights) as file:
            return "dense" in file.get("layers", {})
    except OSError:
        return False


def _read(model: keras.Model, weights: Path | None, name: str) -> None:
    try:
        model.load_weights(weights)
    except Exception as error:
        raise TrainingError(
            "{file} does not hold weights of {title}; a Keras .weights.h5 file of the network "
            "without its top is expected.",
            file=weights,
            title=ARCHITECTURES[name].title,
        ) from error


def _he_initialise(model: keras.Model, seed: int) -> None:
    """Without batch normalisation Glorot's smaller weights let the signal die out.

    He et al. 2015, arXiv:1502.01852.
    """
    import keras

    for i, layer in enumerate(model.layers):
        if isinstance(layer, keras.layers.Conv2D):
            he = keras.initializers.HeNormal(seed=seed + i)
            layer.kernel.assign(he(layer.kernel.shape))
