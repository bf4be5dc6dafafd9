"""What is stored of the gate: its weights, its limits, and how well it does."""

from __future__ import annotations

import hashlib
import io
import logging
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from core.figure import Figure
from core.gate.glance import Gate

log = logging.getLogger(__name__)

FOLDER = "_gate"
FACTS_NAME = "gate.json"
WEIGHTS_NAME = "weights.npz"
EVALUATION_NAME = "evaluation.json"


class Facts(BaseModel):
    """A whole ``gate.json``: the limits and where they come from.

    Attributes
    ----------
    weights_sha256 : str
        Of ``weights.npz``.
    threshold : float
        Score (`core.gate.network.score`) under which a picture is stopped.
    turned_limit : float
        Log odds of lying as it should (`core.gate.network.upright`) under which a scan is
        stopped as turned.
    kept : float
        Share of the training files that the threshold was chosen to keep, each scored by a
        network that was taught without its patient.
    kept_of : int
        How many files those are.
    colour_limit : float
        Spread between the colour channels (`core.gate.views.colour`) over which a picture is
        stopped.
    least_shades : int
        Grey levels under which a picture is stopped.
    roundest : float
        Likeness of the outline to an ellipse (`core.gate.views.roundness`) over which a picture
        is stopped.
    dark_border : float
        Border (`core.gate.views.border`) over which the ground is called bright: a reason that
        is given, not one that stops.
    training_pictures, validation_pictures, decoys : int
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: Literal[2] = 2
    weights_sha256: str
    threshold: float
    turned_limit: float
    kept: float
    kept_of: int
    colour_limit: float
    least_shades: int
    roundest: float
    dark_border: float
    training_pictures: int
    validation_pictures: int
    decoys: int
    seed: int
    dataset_sha256: str
    split_sha256: str
    command: str
    packages: dict[str, str]


class Row(BaseModel):
    """How one kind of picture fares.

    Attributes
    ----------
    kind : str
    aim : {"stop", "pass"}
        What the gate is to do with it.
    source : {"code", "archives", "dataset", "elsewhere"}
        Where the pictures come from.
    relatives : bool
        Whether something of the kind was among what the gate's network learned against.
    n : int
    stopped : Figure
        Share that is stopped; 95 % interval over patients for scans, over pictures otherwise.
    reasons : dict of str to int
        How often each reason was given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: str
    aim: Literal["stop", "pass"]
    source: Literal["code", "archives", "dataset", "elsewhere"]
    relatives: bool
    n: int
    stopped: Figure
    reasons: dict[str, int]


class Evaluation(BaseModel):
    """A whole ``evaluation.json``.

    Attributes
    ----------
    weights_sha256 : str
        Of the gate that was measured.
    threshold : float
    foreign : Row
        Everything that is no brain MRI, taken together.
    known : Row
        The test pictures of patients that the networks have never seen.
    distinct : Row
        The same, each picture once: a few families of copies make up much of one class.
    rows : tuple of Row
    passed : tuple of str
        Pictures from archives that pass though they should not, by kind and file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: Literal[1] = 1
    weights_sha256: str
    threshold: float
    foreign: Row
    known: Row
    distinct: Row
    rows: tuple[Row, ...]
    passed: tuple[str, ...]
    dataset_sha256: str
    split_sha256: str
    command: str
    packages: dict[str, str]


def read_evaluation(models_dir: Path) -> Evaluation | None:
    """Read how well the stored gate does; None where that is not measured, or of another gate."""
    facts = read_facts(models_dir)
    try:
        data = (models_dir / FOLDER / EVALUATION_NAME).read_bytes()
        evaluation = Evaluation.model_validate_json(data)
    except (OSError, ValidationError):
        return None
    same = facts and (facts.weights_sha256, facts.threshold) == (
        evaluation.weights_sha256, evaluation.threshold,
    )  # fmt: skip
    return evaluation if same else None


def read_gate(models_dir: Path) -> Gate | None:
    """Read the stored gate; None where it is missing, or altered (the log says so)."""
    folder = models_dir / FOLDER
    try:
        changed = [(folder / name).stat().st_mtime_ns for name in (FACTS_NAME, WEIGHTS_NAME)]
    except OSError:
        return None
    return _read(folder, tuple(changed))


def read_facts(models_dir: Path) -> Facts | None:
    """Read the limits and where they come from; None where they cannot be read."""
    try:
        return Facts.model_validate_json((models_dir / FOLDER / FACTS_NAME).read_bytes())
    except (OSError, ValidationError):
        return None


@lru_cache(maxsize=4)
def _read(folder: Path, changed: tuple[int, ...]) -> Gate | None:
    try:
        facts = Facts.model_validate_json((folder / FACTS_NAME).read_bytes())
        data = (folder / WEIGHTS_NAME).read_bytes()
        if hashlib.sha256(data).hexdigest() != facts.weights_sha256:
            raise ValueError(f"{WEIGHTS_NAME} is not the file that {FACTS_NAME} was made with")
        with np.load(io.BytesIO(data)) as arrays:
            weights = {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, ValidationError) as error:
        log.error("The gate cannot be used: %s", error)
        return None
    return Gate(
        weights=weights,
        threshold=facts.threshold,
        turned_limit=facts.turned_limit,
        colour_limit=facts.colour_limit,
        least_shades=facts.least_shades,
        roundest=facts.roundest,
        dark_border=facts.dark_border,
    )
