"""Where measures on altered scans come from."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from core.engine import Backend
from core.figure import Figure


class Strict(BaseModel):
    """Frozen, and nothing else in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Provenance(Strict):
    """What was measured by what, in enough detail to do it again.

    Attributes
    ----------
    name : str
        Of the model.
    weights_sha256, cases_sha256 : str
        Of the weights file, and of the table of scans (`core.cases`).
    dataset_sha256, split_sha256 : str
        What the model was trained on, as its manifest says; the scans are of its test fold.
    engine : {"tensorflow", "openvino"}
        What ran the network.
    limit : int or None
        Scans of each class, at most.
    command : str
        What was typed.
    packages : dict of str to str
        Versions of what computed it.
    """

    schema_version: Literal[1] = 1
    name: str
    protocol: Literal["unseen-patients"] = "unseen-patients"
    weights_sha256: str
    cases_sha256: str
    dataset_sha256: str
    split_sha256: str
    engine: Backend
    limit: int | None
    command: str
    packages: dict[str, str]


class RobustnessProvenance(Provenance):
    """Of answers under corruptions.

    Attributes
    ----------
    seed : int
    amounts : dict of str to (float, float)
        The corruptions: amount towards which each goes as its strength goes to 0, and at 1.
    strengths : tuple of float
    """

    seed: int
    amounts: dict[str, tuple[float, float]]
    strengths: tuple[float, ...]


class GammaProvenance(Provenance):
    """Of answers to scans whose levels are bent.

    Attributes
    ----------
    gammas : tuple of float
    preprocess_version : int
        Of the squares that the network is asked with.
    """

    gammas: tuple[float, ...]
    preprocess_version: int


class Derived(Strict):
    """What every file of figures says that was derived from the answers beside it.

    Attributes
    ----------
    rows_sha256 : str
        Of the answers.
    bootstrap : dict
        How the intervals were drawn.
    n, groups : int
        Scans, and patients or picture families.
    unaltered : Figure
        Accuracy on the scans as they are.
    """

    schema_version: Literal[1]
    rows_sha256: str
    bootstrap: dict[str, Any]
    n: int
    groups: int
    unaltered: Figure
