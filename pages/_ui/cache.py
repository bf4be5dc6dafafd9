"""The only caches of the app.

Nothing is keyed on an array: Streamlit hashes large arrays from a sample of their values,
and two scans could share a map. Keys are the sha256 of the file and of the weights.
"""

from __future__ import annotations

import threading

import streamlit as st

from core import inference
from core.errors import DataError
from core.evaluate.layout import METRICS_NAME, evaluation_folder
from core.evaluate.schema import Figure, read_metrics
from core.imaging import MRIImage
from core.inference import Classifier, Prediction
from core.registry import ModelSpec, Unavailable, discover
from core.settings import Settings


@st.cache_resource(show_spinner=False)
def import_in_background() -> threading.Thread:
    """Begin to import TensorFlow, once a server."""
    return inference.import_in_background()


def models() -> tuple[dict[str, ModelSpec], tuple[Unavailable, ...]]:
    """Find the trained models on disk; each time anew, so that a new one appears by itself."""
    return discover(Settings().models_dir)


def held_out(spec: ModelSpec) -> Figure | None:
    """Look up a model's stored accuracy on unseen patients, if it is of these very weights."""
    folder = evaluation_folder(spec.folder.parent, spec.name, "unseen-patients")
    try:
        metrics = read_metrics(folder / METRICS_NAME)
    except DataError:
        return None
    if metrics.provenance.weights_sha256 != spec.manifest.weights_sha256:
        return None
    return metrics.images["all"].figures["accuracy"]


def predict(spec: ModelSpec, image: MRIImage) -> Prediction:
    """Classify a scan, once for each pair of file and weights."""
    weights = spec.manifest.weights_sha256
    return _predict(image.sha256, image.frame, spec.name, weights, spec, image)


def classifier(spec: ModelSpec) -> Classifier:
    """Load a model, once a server, for all sessions."""
    return _classifier(spec.name, spec.manifest.weights_sha256, spec)


@st.cache_resource(show_spinner=False)
def _classifier(name: str, weights_sha256: str, _spec: ModelSpec) -> Classifier:
    return Classifier(_spec)


@st.cache_data(max_entries=1024, show_spinner=False)
def _predict(
    image_sha256: str,
    frame: int,
    name: str,
    weights_sha256: str,
    _spec: ModelSpec,
    _image: MRIImage,
) -> Prediction:
    return classifier(_spec).predict(_image)
