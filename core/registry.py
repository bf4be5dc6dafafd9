"""The trained models on disk: ``models/<name>/manifest.json`` and what it vouches for.

A folder is a model if it has a manifest. Whatever is wrong with one folder makes that
model unavailable, with a reason, and leaves the others alone.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from core import portable
from core.engine import HEAD
from core.errors import ModelError
from core.labels import CLASS_NAMES
from core.preprocess import PREPROCESS_ID, PREPROCESS_VERSION, Scaling

if TYPE_CHECKING:
    import keras

log = logging.getLogger(__name__)

MANIFEST_NAME = "manifest.json"
WEIGHTS_NAME = "model.keras"
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class PreprocessParams(_Strict):
    """Parameters of `core.preprocess.prepare` and `core.preprocess.scale`."""

    crop: bool
    scaling: Scaling


class Preprocess(_Strict):
    """Which preprocessing the weights were trained behind."""

    id: str
    version: int
    params: PreprocessParams


class Training(_Strict):
    """How the weights came about."""

    protocol: str
    data: str
    dataset_sha256: Sha256
    split_sha256: Sha256
    seed: int
    epochs: int
    best_epoch: int
    schedule: dict[str, Any]
    augmentations: dict[str, Any]
    hardware: str
    minutes: float
    command: str
    packages: dict[str, str]


class Manifest(_Strict):
    """Everything that has to be known to use a model and to judge it."""

    schema_version: Literal[1] = 1
    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    title: str
    architecture: str
    parameters: int = Field(gt=0)
    weights_sha256: Sha256
    input_size: int = Field(ge=32, le=1024)
    class_names: tuple[str, ...]
    preprocess: Preprocess
    cam_layer: str
    temperature: float = Field(gt=0)
    abstain_threshold: float | None = Field(ge=0, le=1)
    init: Literal["imagenet", "random"]
    training: Training
    licence: str
    citation: str
    limitations: tuple[str, ...]


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
        manifest = Manifest.model_validate_json((folder / MANIFEST_NAME).read_bytes())
    except FileNotFoundError as error:
        raise ModelError("{name} has no manifest.json.", name=name) from error
    except OSError as error:
        raise ModelError("The manifest.json of {name} cannot be read.", name=name) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ModelError(
            "The manifest.json of {name} is not valid at {where}: {what}.",
            name=name,
            where=".".join(map(str, first["loc"])) or "the top level",
            what=first["msg"],
        ) from error
    if manifest.class_names != CLASS_NAMES:
        raise ModelError(
            "{name} orders its classes {theirs}, this app {ours}; its answers would be misread.",
            name=name,
            theirs=", ".join(manifest.class_names),
            ours=", ".join(CLASS_NAMES),
        )
    known = (PREPROCESS_ID, PREPROCESS_VERSION)
    if (manifest.preprocess.id, manifest.preprocess.version) != known:
        raise ModelError(
            "{name} was trained behind preprocessing {theirs}, this version has {ours}.",
            name=name,
            theirs=f"{manifest.preprocess.id} {manifest.preprocess.version}",
            ours=f"{PREPROCESS_ID} {PREPROCESS_VERSION}",
        )
    if not (folder / WEIGHTS_NAME).is_file():
        raise ModelError("{name} has no model.keras.", name=name)
    return ModelSpec(folder, manifest)


def load_model(spec: ModelSpec) -> keras.Model:
    """Load a model's weights after checking that they are the ones its manifest names.

    Raises
    ------
    ModelError
        If the file's sha256 differs, it cannot be loaded, or its shapes do not fit.
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
    try:
        model = portable.load(spec.weights)
        for layer in (spec.manifest.cam_layer, HEAD):
            model.get_layer(layer)
    except Exception as error:
        log.exception("loading %s", spec.name)
        raise ModelError("The model.keras of {name} cannot be loaded.", name=spec.name) from error
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
