"""Stored robustness: what each network said of each spoilt scan, and the figures from that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.corruptions import CORRUPTIONS
from core.errors import DataError
from core.evaluate.figures.means import BOOTSTRAP
from core.evaluate.robustness.provenance import Derived, RobustnessProvenance, Strict
from core.evaluate.robustness.shares import Scans
from core.evaluate.stored.files import derive, write_rows
from core.evaluate.stored.layout import unseen_folder
from core.figure import Figure
from core.files import read_as, sha256
from core.registry import ModelSpec

if TYPE_CHECKING:
    import pandas as pd

ROWS_NAME = "robustness.parquet"
FIGURES_NAME = "robustness.json"
UNALTERED = "none"  # stands for a corruption where there is none

SCHEMA = pa.schema(
    [
        ("image_sha256", pa.dictionary(pa.int32(), pa.string())),
        ("corruption", pa.dictionary(pa.int32(), pa.string())),
        ("strength", pa.float64()),
        ("answer", pa.int8()),  # index in core.labels
    ]
)


class Point(Strict):
    """One corruption at one strength.

    Attributes
    ----------
    strength : float
    accuracy : Figure
        Share of right answers.
    changed : Figure
        Share of scans whose answer is another than without the corruption.
    """

    strength: float
    accuracy: Figure
    changed: Figure


class Robustness(Derived):
    """A whole ``robustness.json``.

    Attributes
    ----------
    provenance : RobustnessProvenance
    mean : Figure
        Accuracy over all corruptions and strengths.
    corruptions : dict of str to tuple of Point
    """

    provenance: RobustnessProvenance
    mean: Figure
    corruptions: dict[str, tuple[Point, ...]]


def amounts() -> dict[str, tuple[float, float]]:
    """How much each corruption does, as it is now."""
    return {name: (c.first, c.last) for name, c in CORRUPTIONS.items()}


def write_answers(path: Path, rows: pd.DataFrame, provenance: RobustnessProvenance) -> None:
    """Write answers (columns of `SCHEMA`), the same bytes for the same content."""
    rows = rows.sort_values(["corruption", "strength", "image_sha256"])
    write_rows(path, rows, SCHEMA, provenance)


def write_figures(folder: Path) -> dict[str, Any]:
    """Derive ``robustness.json`` from the ``robustness.parquet`` beside it.

    The same answers give the same bytes.

    Raises
    ------
    DataError
        If the answers cannot be read, or are of scans that are not in `core.cases`.
    """
    return derive(folder / ROWS_NAME, folder / FIGURES_NAME, RobustnessProvenance, build_figures)


def build_figures(rows: pd.DataFrame, provenance: RobustnessProvenance) -> dict[str, Any]:
    """Accuracies and shares with 95 % intervals over patients.

    Parameters
    ----------
    rows : DataFrame
        Columns of `SCHEMA`; every scan at every corruption and strength.
    provenance : RobustnessProvenance

    Returns
    -------
    dict
        As `Robustness`, without the sha256 of the rows.
    """
    table = rows.pivot(
        index="image_sha256", columns=["corruption", "strength"], values="answer"
    ).sort_index()
    scans = Scans.of(table.index)
    share, y = scans.share, scans.labels

    def answers(name: str, strength: float) -> NDArray[np.int8]:
        return np.asarray(table[name, strength], np.int8)

    plain = answers(UNALTERED, 0.0)
    spoilt = table.drop(columns=UNALTERED, level=0).to_numpy(np.int8)
    return {
        "schema_version": 1,
        "provenance": provenance.model_dump(mode="json"),
        "bootstrap": BOOTSTRAP,
        "n": len(y),
        "groups": scans.groups,
        "unaltered": share(plain == y),
        "mean": share(spoilt == y[:, None]),
        "corruptions": {
            name: [
                {
                    "strength": strength,
                    "accuracy": share(answers(name, strength) == y),
                    "changed": share(answers(name, strength) != plain),
                }
                for strength in provenance.strengths
            ]
            for name in provenance.amounts
        },
    }


def read_robustness(spec: ModelSpec) -> Robustness:
    """Read the stored robustness of a model.

    Raises
    ------
    DataError
        If it is missing, has another shape, is of other weights or other corruptions than
        the app's, or was not derived from the answers beside it.
    """
    folder = unseen_folder(spec)
    command, rows = f"python -m core evaluate-robustness --model {spec.name}", folder / ROWS_NAME
    absent = DataError(
        "The robustness of {name} has not been measured.", name=spec.name, command=command
    )
    found = read_as(Robustness, folder / FIGURES_NAME, absent, rows)
    of = found.provenance
    ours = (spec.name, spec.manifest.weights_sha256, amounts(), sha256(rows))
    if (of.name, of.weights_sha256, of.amounts, found.rows_sha256) != ours:
        raise DataError(
            "The stored robustness of {name} is of other weights or other corruptions than the "
            "app's.",
            name=spec.name,
            command=command,
        )
    return found
