"""Answers to scans of other sources, and the figures that follow from them.

The scans are not of the collection that the networks learned from, and their kind of tumour
is not known: what is measured is whether a tumour is found, as any kind, and whether
tumour-free scans are called so. Pictures are not stored, and nothing is chosen by them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from core.answer import Limits
from core.errors import DataError
from core.evaluate.figures.bootstrap import group_weights
from core.evaluate.figures.intervals import LEVEL
from core.evaluate.figures.ruling_out import at_point, share
from core.evaluate.stored.files import derive, write_rows
from core.evaluate.stored.layout import ENSEMBLE
from core.evaluate.stored.predictions import LOGITS, PROBABILITIES
from core.evaluate.stored.provenance import Provenance
from core.evaluate.stored.schema import AtPoint
from core.figure import Figure
from core.files import read_as, sha256
from core.labels import NUM_CLASSES, class_index

FOLDER = "other-sources"
ROWS_NAME = "scans.parquet"
FIGURES_NAME = "figures.json"
COMMAND = "python -m core evaluate-other --data DIR"
RESAMPLES, SEED = 2000, 0
_FREE = class_index("notumor")

SCHEMA = pa.schema(
    [
        ("path", pa.string()),
        ("image_sha256", pa.string()),
        ("tumour", pa.bool_()),
        ("family", pa.string()),
        *((name, pa.float32()) for name in LOGITS),
        *((name, pa.float32()) for name in PROBABILITIES),
    ]
)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OtherProvenance(_Strict):
    """Origin of one file of answers.

    Attributes
    ----------
    name : str
        Key of the model, or the ensemble's.
    weights_sha256 : str or None
        None for the ensemble.
    members : dict of str to str
        For the ensemble: the weights' sha256 of each member.
    scans_sha256 : str
        Of names, contents, labels and families of all scans.
    temperature : float
    abstain_threshold, rule_out_threshold : float or None
        Thresholds that validation gave.
    command : str
    packages : dict of str to str
        Versions of what computed the answers.
    """

    schema_version: Literal[1] = 1
    name: str
    weights_sha256: str | None
    members: dict[str, str] = Field(default_factory=dict)
    scans_sha256: str
    temperature: float
    abstain_threshold: float | None
    rule_out_threshold: float | None
    command: str = COMMAND
    packages: dict[str, str]

    @property
    def limits(self) -> Limits:
        """Thresholds that the answers are read by."""
        return Limits(self.abstain_threshold, self.rule_out_threshold)


class Part(_Strict):
    """The scans with a tumour, or those without.

    Attributes
    ----------
    n, families : int
    answers : tuple of int
        How many were taken for each class, in the order of `core.labels.CLASS_NAMES`.
    """

    n: int
    families: int
    answers: tuple[int, ...]


class OtherSources(_Strict):
    """A whole ``figures.json``.

    Attributes
    ----------
    rows_sha256 : str
        Of the ``scans.parquet`` that the figures follow from.
    tumour, tumour_free : Part
    found : Figure
        Share of tumours that are taken for a tumour of any kind, by the largest probability.
    free : Figure
        Share of tumour-free scans that are called so, by the largest probability.
    at_point : AtPoint or None
        The same where no tumour is said only from the operating point on.
    """

    schema_version: Literal[1]
    rows_sha256: str
    provenance: OtherProvenance
    bootstrap: dict[str, Any]
    tumour: Part
    tumour_free: Part
    found: Figure
    free: Figure
    at_point: AtPoint | None


def other_folder(models_dir: Path, name: str) -> Path:
    """Folder of the stored answers of a model or the ensemble."""
    return models_dir / ("_ensemble" if name == ENSEMBLE else name) / "evaluation" / FOLDER


def write_other(folder: Path, rows: pd.DataFrame, provenance: OtherProvenance) -> dict[str, Any]:
    """Store answers (columns of `SCHEMA`) and derive the figures from them.

    Returns
    -------
    dict
        As `OtherSources`; the same answers give the same bytes.
    """
    write_rows(folder / ROWS_NAME, rows.sort_values("path")[SCHEMA.names], SCHEMA, provenance)
    return write_figures(folder)


def write_figures(folder: Path) -> dict[str, Any]:
    """Derive ``figures.json`` from the ``scans.parquet`` beside it."""
    return derive(folder / ROWS_NAME, folder / FIGURES_NAME, OtherProvenance, build_figures)


def build_figures(
    rows: pd.DataFrame, provenance: OtherProvenance, resamples: int = RESAMPLES
) -> dict[str, Any]:
    """Shares with 95 % intervals over families of scans.

    Parameters
    ----------
    rows : DataFrame
        Columns of `SCHEMA`.
    provenance : OtherProvenance
    resamples : int
        2,000 for everything that is stored.

    Returns
    -------
    dict
        As `OtherSources`, without the sha256 of the rows.
    """
    probabilities = rows[PROBABILITIES].to_numpy(np.float64)
    tumour = rows["tumour"].to_numpy(bool)
    answer = probabilities.argmax(axis=1)
    _, family = np.unique(rows["family"].to_numpy(str), return_inverse=True)
    weights = group_weights(int(family.max()) + 1, resamples, SEED)

    def part(of: np.ndarray[Any, np.dtype[np.bool_]]) -> dict[str, Any]:
        return {
            "n": int(of.sum()),
            "families": len(np.unique(family[of])),
            "answers": np.bincount(answer[of], minlength=NUM_CLASSES).tolist(),
        }

    return {
        "schema_version": 1,
        "provenance": provenance.model_dump(mode="json"),
        "bootstrap": {"level": LEVEL, "resamples": resamples, "seed": SEED, "unit": "family"},
        "tumour": part(tumour),
        "tumour_free": part(~tumour),
        "found": share(answer != _FREE, tumour, family, weights),
        "free": share(answer == _FREE, ~tumour, family, weights),
        "at_point": at_point(tumour, probabilities, family, weights, provenance.limits),
    }


def read_other(models_dir: Path, of: Provenance, home: Path | None = None) -> OtherSources:
    """Read what is stored of a model or the ensemble.

    Parameters
    ----------
    models_dir : Path
    of : Provenance
        Of the evaluation on unseen patients that it is to stand beside.
    home : Path, optional
        The folder of a run that does not ship, instead of the model's own.

    Raises
    ------
    DataError
        If nothing is stored, it has another shape, is of other weights, members or
        thresholds, or was not derived from the answers beside it.
    """
    folder = home / "evaluation" / FOLDER if home else other_folder(models_dir, of.name)
    rows = folder / ROWS_NAME
    absent = DataError(
        "{name} has not been measured on scans of other sources.", name=of.name, command=COMMAND
    )
    found = read_as(OtherSources, folder / FIGURES_NAME, absent, rows)
    p = found.provenance
    theirs = (p.name, p.weights_sha256, p.members, p.limits, found.rows_sha256)
    if theirs != (of.name, of.weights_sha256, of.members, of.limits, sha256(rows)):
        raise DataError(
            "What is stored of {name} on scans of other sources is of other weights or other "
            "thresholds.",
            name=of.name,
            command=COMMAND,
        )
    return found
