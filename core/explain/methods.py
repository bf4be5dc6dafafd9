"""All saliency methods, in the order in which they are listed."""

from __future__ import annotations

from core.explain.base import Method
from core.explain.controls import CENTRE_BLOB, EDGE_DETECTOR, RANDOM
from core.explain.eigencam import EIGEN_CAM
from core.explain.gradcam import GRAD_CAM
from core.explain.gradcam_plus_plus import GRAD_CAM_PLUS_PLUS
from core.explain.gradient import GRADIENT, GRADIENT_INPUT
from core.explain.guided_backprop import GUIDED_BACKPROP
from core.explain.hirescam import HIRES_CAM
from core.explain.integrated_gradients import INTEGRATED_GRADIENTS, INTEGRATED_GRADIENTS_BLUR
from core.explain.layercam import LAYER_CAM
from core.explain.lime_superpixels import LIME
from core.explain.occlusion import OCCLUSION
from core.explain.rise import RISE
from core.explain.scorecam import FASTER_SCORE_CAM, SCORE_CAM
from core.explain.smoothgrad import SMOOTH_GRAD, VAR_GRAD
from core.explain.xgradcam import XGRAD_CAM

_ALL = (
    GRAD_CAM,
    GRAD_CAM_PLUS_PLUS,
    HIRES_CAM,
    LAYER_CAM,
    XGRAD_CAM,
    EIGEN_CAM,
    SCORE_CAM,
    FASTER_SCORE_CAM,
    GRADIENT,
    GRADIENT_INPUT,
    SMOOTH_GRAD,
    VAR_GRAD,
    INTEGRATED_GRADIENTS,
    INTEGRATED_GRADIENTS_BLUR,
    GUIDED_BACKPROP,
    OCCLUSION,
    RISE,
    LIME,
    CENTRE_BLOB,
    EDGE_DETECTOR,
    RANDOM,
)
METHODS: dict[str, Method] = {method.name: method for method in _ALL}
