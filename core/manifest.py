"""What a model folder's ``manifest.json`` says: its schema, and how older ones are read.

Version 2 says what the weights began as, what training was guided by, who trained, and
where a tumour is ruled out. A manifest of version 1 is read as one of version 2 that does
not know these things; ``python -m core rewrite-manifests`` writes what is known back.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
    model_validator,
)

from core.answer import Limits
from core.errors import N_
from core.files import write_text
from core.preprocess import Scaling

SCHEMA_VERSION: Literal[2] = 2
# Stands in many sentences, some of which are read as Markdown or HTML: it holds no markup.
Title = Annotated[str, StringConstraints(pattern=r"^\w[\w .,+/()-]*$", max_length=60)]
Layer = Annotated[str, StringConstraints(pattern=r"^[\w./-]+$", max_length=200)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Share = Annotated[float, Field(ge=0, le=1)]

THIS_TRAINER = N_("this project's trainer")
ONE_A_GROUP = "one per duplicate group"  # the pictures that a run sees in an epoch


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


class Init(_Strict):
    """What the weights began as.

    Attributes
    ----------
    kind : {"imagenet", "random", "earlier-run", "file"}
        ``imagenet`` also where the ImageNet weights came from a file; ``earlier-run`` where
        they come from another run on this dataset; ``file`` where it is not known what the
        file's weights were trained on.
    sha256 : str or None
        Of the file; None for random weights and for Keras' own download.
    source : str
        Where the file was found and what is known of it; empty for random weights.
    credit : str
        Whom to credit.
    """

    kind: Literal["imagenet", "random", "earlier-run", "file"]
    sha256: Sha256 | None = None
    source: str = ""
    credit: str = ""


class Counterfactual(_Strict):
    """Pictures made out of training pictures, so that their look does not give the answer.

    Attributes
    ----------
    share : float
        Of each training step's pictures.
    kinds : tuple of str
        Empty where there were none.
    """

    share: Share = 0.0
    kinds: tuple[str, ...] = ()


class _AsRecorded(_Strict):
    """A record that leaves out what it does not know."""

    @model_serializer(mode="wrap")
    def _known(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in write(self).items() if value is not None}


class Schedule(_AsRecorded):
    """How a run learned: fields of `core.training.recipe.Recipe`, or steps instead of epochs."""

    sizes: tuple[tuple[int, int], ...] | None = None
    steps: int | None = Field(default=None, gt=0)
    optimizer: str | None = None
    batch: int | None = None
    peak_rate: float | None = None
    weight_decay: float | None = None
    warmup: float | None = None
    label_smoothing: float | None = None
    dropout: float | None = None
    class_weight: float | None = None
    average: float | None = None
    head_epochs: int | None = None
    head_steps: int | None = None
    head_rate: float | None = None
    precision: str | None = None


class Augmentations(_AsRecorded):
    """How training pictures were varied.

    Attributes
    ----------
    strength : float or None
        Given to `core.training.augmentation.augmenter`; None for another trainer.
    curve : str or None
        How another trainer bent the grey levels.
    pictures : str or None
        Which of the pictures a run saw in an epoch.
    """

    strength: float | None = None
    curve: str | None = None
    pictures: str | None = None


class Training(_Strict):
    """How the weights came about.

    Attributes
    ----------
    epochs, best_epoch : int or None
        None where training counted steps alone (see ``schedule``).
    trainer : str
        By what: this project's trainer, or a sentence that says what else.
    guide : float
        Weight of the loss that holds maps to the outlines of lesions; 0 without.
    counterfactual : Counterfactual
    teachers : dict of str to str
        Networks whose answers were learned from, with the sha256 of their weights.
    peak_memory_gb : float or None
        Most memory that the run held, in 10⁹ bytes; None where it was not recorded.
    """

    protocol: str
    data: str
    dataset_sha256: Sha256
    split_sha256: Sha256
    seed: int
    epochs: int | None
    best_epoch: int | None
    schedule: Schedule
    augmentations: Augmentations
    hardware: str
    minutes: float
    command: str
    packages: dict[str, str]
    trainer: str = THIS_TRAINER
    guide: float = Field(default=0.0, ge=0)
    counterfactual: Counterfactual = Counterfactual()
    teachers: dict[str, Sha256] = Field(default_factory=dict)
    peak_memory_gb: float | None = Field(default=None, gt=0)


class RulingOut(_Strict):
    """From which calibrated probability of no tumour on a tumour is ruled out.

    See `core.evaluate.figures.ruling_out.operating_point`, which finds it on validation pictures.

    Attributes
    ----------
    threshold : float
    ci_low, ci_high : float or None
        95 % interval from a bootstrap over groups; None where one group is all there is.
    target : float
        Share of tumour-free pictures that the threshold is to keep.
    kept : float
        Share of tumour-free validation pictures that it keeps.
    images, groups : int
        Tumour-free validation pictures, and the groups that they belong to.
    """

    threshold: Share
    ci_low: Share | None
    ci_high: Share | None
    target: Share
    kept: Share
    images: int = Field(gt=0)
    groups: int = Field(gt=0)


class Manifest(_Strict):
    """Everything that has to be known to use a model and to judge it."""

    schema_version: Literal[2] = SCHEMA_VERSION
    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    title: Title
    architecture: Title
    parameters: int = Field(gt=0)
    weights_sha256: Sha256
    input_size: int = Field(ge=32, le=1024)
    class_names: tuple[str, ...]
    preprocess: Preprocess
    cam_layer: Layer
    temperature: float = Field(gt=0)
    abstain_threshold: float | None = Field(ge=0, le=1)
    ruling_out: RulingOut | None
    init: Init
    training: Training
    licence: str
    citation: str
    limitations: tuple[str, ...]

    @property
    def limits(self) -> Limits:
        """Thresholds that the model's answers are read by."""
        point = self.ruling_out
        return Limits(self.abstain_threshold, point.threshold if point else None)

    @model_validator(mode="before")
    @classmethod
    def _from_version_1(cls, data: Any) -> Any:
        if not isinstance(data, Mapping) or data.get("schema_version", SCHEMA_VERSION) != 1:
            return data
        began = data.get("init")
        init = {"kind": began} if isinstance(began, str) else began
        return {**data, "schema_version": SCHEMA_VERSION, "init": init, "ruling_out": None}


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write a manifest as it is stored; the same manifest gives the same bytes."""
    write_text(path, manifest.model_dump_json(indent=1) + "\n")
