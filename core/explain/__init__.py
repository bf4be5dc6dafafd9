"""Saliency methods: one file each, listed in `METHODS`, held to one contract."""

from core.explain.base import Cancelled, Method
from core.explain.explainer import Explainer, SaliencyMap, saliency
from core.explain.methods import METHODS
from core.explain.network import Network, valid_layers

__all__ = [
    "METHODS",
    "Cancelled",
    "Explainer",
    "Method",
    "Network",
    "SaliencyMap",
    "saliency",
    "valid_layers",
]
