"""Saliency methods: one file each, listed in `METHODS`, held to one contract."""

from core.explain.base import Method
from core.explain.gradcam import GRAD_CAM

METHODS: dict[str, Method] = {method.name: method for method in (GRAD_CAM,)}

__all__ = ["METHODS", "Method"]
