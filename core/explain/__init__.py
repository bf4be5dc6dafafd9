"""Saliency methods: one file each, listed in `METHODS`, held to one contract."""

from core.engine import valid_layers
from core.explain.base import Method
from core.explain.explainer import Explainer, SaliencyMap, saliency
from core.explain.methods import METHODS
from core.explain.network import Network
from core.explain.progress import Cancelled

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
