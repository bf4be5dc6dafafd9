"""How many answers turn where the levels of a scan are bent, not only stretched.

The squares of version 2 (`core.preprocess`) take every linear change of the levels away, so
none of those turns an answer. A gamma, ``level ** gamma``, is what they leave: below 1 it
brightens the middle greys, above 1 it darkens them, and black and white stay where they are.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from core.errors import DataError
from core.evaluate.figures.means import BOOTSTRAP
from core.evaluate.robustness.provenance import Derived, GammaProvenance, Strict
from core.evaluate.robustness.shares import Scans
from core.evaluate.stored.files import derive
from core.evaluate.stored.layout import unseen_folder
from core.figure import Figure
from core.files import read_as, sha256
from core.registry import ModelSpec

if TYPE_CHECKING:
    import pandas as pd

ROWS_NAME = "gamma.parquet"
FIGURES_NAME = "gamma.json"
GAMMAS = (0.7, 0.8, 0.9, 1.1, 1.2, 1.3, 1.4)
PLAIN = 1.0  # gamma of a scan as it is

SCHEMA = pa.schema(
    [
        ("image_sha256", pa.dictionary(pa.int32(), pa.string())),
        ("gamma", pa.float64()),
        ("answer", pa.int8()),  # index in core.labels
    ]
)


class Bent(Strict):
    """All scans under one gamma.

    Attributes
    ----------
    gamma : float
    accuracy : Figure
        Share of right answers.
    turned : Figure
        Share of scans whose answer is another than at gamma 1.
    """

    gamma: float
    accuracy: Figure
    turned: Figure


class Gamma(Derived):
    """A whole ``gamma.json``.

    Attributes
    ----------
    provenance : GammaProvenance
    turned : Figure
        Share of scans whose answer is another at any of the gammas.
    gammas : tuple of Bent
    """

    provenance: GammaProvenance
    turned: Figure
    gammas: tuple[Bent, ...]


def write_gamma(folder: Path) -> dict[str, Any]:
    """Derive ``gamma.json`` from the ``gamma.parquet`` beside it.

    The same answers give the same bytes.

    Raises
    ------
    DataError
        If the answers cannot be read, or are of scans that are not in `core.cases`.
    """
    return derive(folder / ROWS_NAME, folder / FIGURES_NAME, GammaProvenance, build_figures)


def build_figures(rows: pd.DataFrame, provenance: GammaProvenance) -> dict[str, Any]:
    """Accuracies and shares with 95 % intervals over patients.

    Parameters
    ----------
    rows : DataFrame
        Image, gamma and answer; every scan at every gamma and at 1.
    provenance : GammaProvenance

    Returns
    -------
    dict
        As `Gamma`, without the sha256 of the rows.
    """
    table = rows.pivot(index="image_sha256", columns="gamma", values="answer").sort_index()
    scans = Scans.of(table.index)
    plain = table[PLAIN].to_numpy()
    answers = table[list(provenance.gammas)].to_numpy()
    turned = answers != plain[:, None]
    return {
        "schema_version": 1,
        "provenance": provenance.model_dump(mode="json"),
        "bootstrap": BOOTSTRAP,
        "n": len(table),
        "groups": scans.groups,
        "unaltered": scans.share(plain == scans.labels),
        "turned": scans.share(turned.any(axis=1)),
        "gammas": [
            {
                "gamma": gamma,
                "accuracy": scans.share(answers[:, i] == scans.labels),
                "turned": scans.share(turned[:, i]),
            }
            for i, gamma in enumerate(provenance.gammas)
        ],
    }


def read_gamma(spec: ModelSpec) -> Gamma:
    """Read what is stored of a model's answers to bent levels.

    Raises
    ------
    DataError
        If it is missing, has another shape, is of other weights or other gammas, or was not
        derived from the answers beside it.
    """
    folder = unseen_folder(spec)
    rows = folder / ROWS_NAME
    absent = DataError(
        "How {name} answers to bent levels has not been measured.",
        name=spec.name,
        command=command(spec.name),
    )
    found = read_as(Gamma, folder / FIGURES_NAME, absent, rows)
    of, manifest = found.provenance, spec.manifest
    ours = (spec.name, manifest.weights_sha256, manifest.preprocess.version, GAMMAS, sha256(rows))
    if (
        of.name, of.weights_sha256, of.preprocess_version, of.gammas, found.rows_sha256
    ) != ours:  # fmt: skip
        raise DataError(
            "What is stored of {name} and bent levels is of other weights or other gammas than "
            "the app's.",
            name=spec.name,
            command=command(spec.name),
        )
    return found


def command(name: str) -> str:
    """Give the command that measures a network."""
    return f"python -m core evaluate-gamma --model {name}"
