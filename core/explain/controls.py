"""Maps that know nothing of the model: what every method has to beat."""

from __future__ import annotations

import zlib

import cv2
import numpy as np

from core.errors import N_
from core.explain.base import Method, Request, each
from core.explain.network import Network
from core.preprocess import FloatImage

_BLOB = 1 / 4  # standard deviation of the blob, of the side
_CELLS = 8  # a side of the random map: as coarse as a class map


def _centre(network: Network, image: FloatImage, request: Request) -> FloatImage:
    """Bell curve around the centre of the input (Judd et al. 2012, MIT-CSAIL-TR-2012-001)."""
    offset = (np.arange(network.size) + 0.5) / network.size - 0.5
    bell = np.exp(-((offset / _BLOB) ** 2) / 2)
    return np.asarray(np.outer(bell, bell), np.float32)


def _edges(network: Network, image: FloatImage, request: Request) -> FloatImage:
    """Length of the Sobel gradient of the grey values (Adebayo et al. 2018, 1810.03292)."""
    grey = network.grey(image)
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.magnitude(across, down), np.float32)


def _random(network: Network, image: FloatImage, request: Request) -> FloatImage:
    """Uniform noise in 8 x 8 cells, another for each image, the same for it every time."""
    image_key = zlib.crc32(np.ascontiguousarray(image).tobytes())
    return np.random.default_rng((request.seed, image_key)).random((_CELLS,) * 2, np.float32)


CENTRE_BLOB = Method(
    name="centre-blob",
    title=N_("Centre blob"),
    family="control",
    summary=N_("A blob in the middle of every scan; it has not seen the scan."),
    reference="MIT-CSAIL-TR-2012-001",
    cost="instant",
    compute=each(_centre),
    class_dependent=False,
)
EDGE_DETECTOR = Method(
    name="edge-detector",
    title=N_("Edge detector"),
    family="control",
    summary=N_("The edges in the scan; it has not seen the model."),
    reference="arXiv:1810.03292",
    cost="instant",
    compute=each(_edges),
    class_dependent=False,
)
RANDOM = Method(
    name="random",
    title=N_("Random"),
    family="control",
    summary=N_("Noise; it has seen neither the scan nor the model."),
    reference="arXiv:1810.03292",
    cost="instant",
    compute=each(_random),
    class_dependent=False,
)
