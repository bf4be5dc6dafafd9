"""Where stored predictions come from, in enough detail to make them again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.answer import Limits
from core.protocols import Protocol


def package_versions(names: Sequence[str]) -> dict[str, str]:
    """Versions of those of the packages that are installed, for a provenance."""
    found = {}
    for name in sorted(names):
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


class Provenance(BaseModel):
    """Origin of one file of predictions.

    Attributes
    ----------
    name : str
        Key of the model, control or ensemble.
    kind : {"model", "ensemble", "control"}
    protocol, part : str
        Which part of which split was predicted.
    weights_sha256 : str or None
        Of the weights file; None for controls and ensembles.
    members : dict of str to str
        For an ensemble: the weights' sha256 of each member; empty otherwise.
    dataset_sha256, split_sha256 : str
        See `core.dataset.collection`.
    temperature : float
        The logits were divided by it (1 for controls and ensembles).
    abstain_threshold : float or None
        Top probability below which the model says nothing.
    rule_out_threshold : float or None
        Probability of no tumour from which a tumour is ruled out; None where not known.
    seed : int
    command : str
        What was typed.
    packages : dict of str to str
        Versions of what computed the predictions.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = 1
    name: str
    kind: Literal["model", "ensemble", "control"] = "model"
    protocol: Protocol
    part: Literal["test", "validation"]
    weights_sha256: str | None
    members: dict[str, str] = Field(default_factory=dict)
    dataset_sha256: str
    split_sha256: str
    temperature: float = Field(gt=0)
    abstain_threshold: float | None = Field(ge=0, le=1)
    rule_out_threshold: float | None = Field(default=None, ge=0, le=1)
    seed: int
    command: str
    packages: dict[str, str]

    @property
    def limits(self) -> Limits:
        """Thresholds that the answers are read by."""
        return Limits(self.abstain_threshold, self.rule_out_threshold)

    @model_validator(mode="after")
    def _has_weights(self) -> Provenance:
        if (self.kind == "model") != (self.weights_sha256 is not None):
            raise ValueError("weights_sha256 belongs to models, and only to models")
        if (self.kind == "ensemble") != bool(self.members):
            raise ValueError("members belong to ensembles, and only to ensembles")
        return self
