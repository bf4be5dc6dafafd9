"""The architectures that the project sets out to train, as data."""

from __future__ import annotations

from dataclasses import dataclass

from core.preprocess import Scaling


@dataclass(frozen=True)
class Architecture:
    """A backbone of `keras.applications` and where its class map is read.

    Attributes
    ----------
    name : str
        Folder under ``models/`` and value of ``--model``.
    title : str
        The network's usual name, also its constructor in `keras.applications`.
    cam_layer : str
        Last layer with a spatial extent. The head sits directly on it, which makes
        Grad-CAM a weighted sum of its channels (see `core.explain.gradcam`). For VGG16
        this is ``block5_conv3``: the last pooling is left out, because it halves the
        map's resolution and brings nothing in front of a global average.
    scaling : str
        Input scaling that the ImageNet weights expect.
    min_size : int
        Smallest input side in pixels.
    citation : str
        Where it was published.
    """

    name: str
    title: str
    cam_layer: str
    scaling: Scaling
    min_size: int
    citation: str


_ALL = (
    Architecture("xception", "Xception", "block14_sepconv2_act", "tf", 71, "arXiv:1610.02357"),
    Architecture("mobilenetv2", "MobileNetV2", "out_relu", "tf", 32, "arXiv:1801.04381"),
    Architecture("inceptionv3", "InceptionV3", "mixed10", "tf", 75, "arXiv:1512.00567"),
    Architecture("resnet50", "ResNet50", "conv5_block3_out", "caffe", 32, "arXiv:1512.03385"),
    Architecture("vgg16", "VGG16", "block5_conv3", "caffe", 32, "arXiv:1409.1556"),
    Architecture("densenet121", "DenseNet121", "relu", "torch", 32, "arXiv:1608.06993"),
)
ARCHITECTURES: dict[str, Architecture] = {a.name: a for a in _ALL}
