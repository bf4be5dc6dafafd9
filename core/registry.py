"""The trained models on disk: ``models/<name>/manifest.json`` and what it vouches for.

A folder is a model if it has a manifest. Whatever is wrong with one folder makes that
model unavailable, with a reason, and leaves the others alone.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from core import portable
from core.engine import HEAD
from core.errors import ModelError, fault
from core.files import once
from core.labels import CLASS_NAMES
from core.manifest import Manifest
from core.preprocess import PREPROCESS_ID, PREPROCESS_VERSION, PREPROCESS_VERSIONS
from core.protocols import UNSEEN

if TYPE_CHECKING:
    import keras

log = logging.getLogger(__name__)

MANIFEST_NAME = "manifest.json"
WEIGHTS_NAME = "model.keras"


@dataclass(frozen=True)
class ModelSpec:
    """A model folder whose manifest can be trusted; its weights are checked on loading."""

    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """Folder name, the model's key everywhere."""
        return self.manifest.name

    @property
    def samples_are_unseen(self) -> bool:
        """Whether the patients of the samples that ship were kept out of its training."""
        return self.manifest.training.protocol == UNSEEN

    @property
    def weights(self) -> Path:
        """The weights file."""
        return self.folder / WEIGHTS_NAME


@dataclass(frozen=True)
class Unavailable:
    """A model folder that cannot be used, and why."""

    name: str
    reason: ModelError


def discover(models_dir: Path) -> tuple[dict[str, ModelSpec], tuple[Unavailable, ...]]:
    """Read every manifest under a folder.

    Returns
    -------
    specs : dict of str to ModelSpec
        In alphabetical order.
    unavailable : tuple of Unavailable
        Folders with a manifest or weights that cannot be used, or are another model's.
    """
    specs: dict[str, ModelSpec] = {}
    unavailable: list[Unavailable] = []
    for folder in sorted(models_dir.iterdir()) if models_dir.is_dir() else ():
        if not any((folder / name).is_file() for name in (MANIFEST_NAME, WEIGHTS_NAME)):
            continue
        try:
            spec = read_spec(folder)
            if spec.name != folder.name:
                raise ModelError(
                    "The manifest.json of {name} is of {other}.", name=folder.name, other=spec.name
                )
            specs[spec.name] = spec
        except ModelError as error:
            log.warning("model left out: %s", error)
            unavailable.append(Unavailable(folder.name, error))
    return specs, tuple(unavailable)


def read_spec(folder: Path) -> ModelSpec:
    """Read and check one manifest.

    Raises
    ------
    ModelError
        If the manifest is missing, broken, or asks for another class order or
        preprocessing than this version has; or if the weights file is missing.
    """
    name = folder.name
    try:
        manifest = _manifest(folder / MANIFEST_NAME)
    except FileNotFoundError as error:
        raise ModelError("{name} has no manifest.json.", name=name) from error
    except OSError as error:
        raise ModelError("The manifest.json of {name} cannot be read.", name=name) from error
    except ValidationError as error:
        raise ModelError(
            "The manifest.json of {name} is not valid at {where}: {what}.",
            name=name,
            **fault(error),
        ) from error
    if manifest.class_names != CLASS_NAMES:
        raise ModelError(
            "{name} orders its classes {theirs}, this app {ours}; its answers would be misread.",
            name=name,
            theirs=", ".join(manifest.class_names),
            ours=", ".join(CLASS_NAMES),
        )
    asked = manifest.preprocess
    if asked.id != PREPROCESS_ID or asked.version not in PREPROCESS_VERSIONS:
        raise ModelError(
            "{name} was trained behind preprocessing {theirs}, this version has {ours}.",
            name=name,
            theirs=f"{asked.id} {asked.version}",
            ours=f"{PREPROCESS_ID} {PREPROCESS_VERSION}",
        )
    if not (folder / WEIGHTS_NAME).is_file():
        raise ModelError("{name} has no model.keras.", name=name)
    return ModelSpec(folder, manifest)


def check_weights(spec: ModelSpec) -> None:
    """Check that a model's weights are the ones that its manifest names.

    Raises
    ------
    ModelError
        If there are none, or their sha256 differs.
    """
    try:
        content = spec.weights.read_bytes()
    except OSError as error:
        raise ModelError("{name} has no model.keras.", name=spec.name) from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != spec.manifest.weights_sha256:
        raise ModelError(
            "The model.keras of {name} is not the file that its manifest describes (sha256 "
            "{found}…, expected {expected}…); it was not loaded.",
            name=spec.name,
            found=digest[:12],
            expected=spec.manifest.weights_sha256[:12],
        )


@once
def _manifest(file: Path) -> Manifest:
    return Manifest.model_validate_json(file.read_bytes())


def load_model(spec: ModelSpec) -> keras.Model:
    """Load a model's weights after checking that they are the ones its manifest names.

    Raises
    ------
    ModelError
        As `check_weights`; or if they cannot be loaded, or their shapes do not fit.
    """
    check_weights(spec)
    try:
        import tensorflow as tf

        # Also where a function is being traced: its graph would only note that weights are to be
        # given, and the network would keep random ones.
        with tf.init_scope():
            model = portable.load(spec.weights)
        why = _unsound(model, spec.manifest.cam_layer)
    except Exception as error:
        log.exception("loading %s", spec.name)
        raise ModelError("The model.keras of {name} cannot be loaded.", name=spec.name) from error
    if why:
        raise ModelError(
            "{name} cannot be explained and is left out: {why}.", name=spec.name, why=why
        )
    size = spec.manifest.input_size
    shapes = model.input_shape, model.output_shape
    if shapes != ((None, size, size, 3), (None, len(CLASS_NAMES))):
        raise ModelError(
            "{name} maps {input} to {output}, which its manifest does not say.",
            name=spec.name,
            input=shapes[0],
            output=shapes[1],
        )
    return model


def _unsound(model: keras.Model, cam_layer: str) -> str:
    """Say what of a graph breaks the sum that class maps rest on; nothing where all is sound."""
    names = [layer.name for layer in model.layers]
    if any(hasattr(layer, "layers") for layer in model.layers):
        return "a network is nested in it"
    for name in (cam_layer, HEAD):
        if name not in names:
            return f"it has no layer {name}"
    head = model.get_layer(HEAD)
    if getattr(getattr(head, "activation", None), "__name__", "") != "linear":
        return f"its layer {HEAD} is not linear"
    if names[-1] != HEAD:
        return f"its layer {HEAD} is not the last"
    if {layer.compute_dtype for layer in model.layers} != {"float32"}:
        return "it computes in mixed precision"
    return ""
