"""Grad-CAM of any class from the forward pass alone."""

from __future__ import annotations

import numpy as np

from core.errors import N_
from core.explain.base import Method
from core.imaging import MRIImage
from core.inference import Classifier, Prediction
from core.labels import class_index
from core.preprocess import FloatImage, to_source


def grad_cam(prediction: Prediction, target: str) -> FloatImage:
    """Grad-CAM of one class, drawn on the scan, from what a prediction already holds.

    Grad-CAM = ReLU(sum over k of a_k A_k), where a_k is the mean gradient of the class's
    logit over the feature map A_k. Behind global average pooling and a linear head a_k is
    the constant w_k / (h w), so no gradient is computed: see `core.engine`. Unlike the
    paper's figures, the map is scaled to its own maximum, not stretched from its minimum.

    Parameters
    ----------
    prediction : Prediction
    target : str
        A class name, predicted or not.

    Returns
    -------
    ndarray of float32, shape of the scan, range [0, 1]
        Highest cell 1; all zero where nothing speaks for `target`.

    Raises
    ------
    ValueError
        If `target` is not a class.

    References
    ----------
    Selvaraju et al. 2017, arXiv:1610.02391.
    """
    cells = np.maximum(prediction.class_maps[..., class_index(target)], 0.0)
    peak = float(cells.max())
    return to_source(cells / peak if peak > 0 else cells, prediction.geometry)


def _compute(classifier: Classifier, image: MRIImage, target: str) -> FloatImage:
    return grad_cam(classifier.predict(image), target)


GRAD_CAM = Method(
    name="gradcam",
    title="Grad-CAM",
    family="class activation",
    summary=N_("Where the last feature maps add to the class's score."),
    reference="arXiv:1610.02391",
    compute=_compute,
)
