"""Stored measures of saliency: one row a measurement, and the figures derived from them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from core.cases import find_file
from core.errors import DataError
from core.evaluate.figures.intervals import rounded
from core.evaluate.figures.means import BOOTSTRAP, mean_over_groups
from core.evaluate.stored.files import derive, read_rows, write_rows
from core.labels import CLASS_NAMES, NO_TUMOUR

if TYPE_CHECKING:
    import pandas as pd

SALIENCY_NAME = "saliency.parquet"
FIGURES_NAME = "saliency.json"

LOCALISATION = ("pointing", "energy", "iou", "empty")
FAITHFULNESS = ("deletion", "insertion", "average_drop", "increase", "mu_fidelity")
AGREEMENT = "agreement:"  # and the other method: Spearman's correlation of the two maps
BLOB = "centre-blob"
COUNTED = frozenset({"pointing", "empty", "increase"})  # shares of scans
_COMPARED = (*LOCALISATION[:3], *FAITHFULNESS)

SCHEMA = pa.schema(
    [
        ("image_sha256", pa.dictionary(pa.int32(), pa.string())),
        ("method", pa.dictionary(pa.int32(), pa.string())),
        ("metric", pa.dictionary(pa.int32(), pa.string())),
        ("value", pa.float32()),
    ]
)


class SaliencyProvenance(BaseModel):
    """Where measures of saliency come from, in enough detail to make them again.

    Attributes
    ----------
    name : str
        Of the model.
    weights_sha256, cases_sha256 : str
        Of the weights file, and of the table of scans (`core.cases`).
    seed : int
    sizes : dict of str to int
        Scans per class, as `core.evaluate.saliency.sample.Sizes`.
    samples : dict of str to int
        Draws of each method that has fewer of them here than where it is drawn.
    settings : dict of str to float
        Constants of the measures: steps, subsets, tolerance, noise, shift.
    methods : tuple of str
        What was measured.
    command : str
        What was typed.
    packages : dict of str to str
        Versions of what computed it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = 1
    name: str
    protocol: Literal["unseen-patients"] = "unseen-patients"
    weights_sha256: str
    cases_sha256: str
    seed: int
    sizes: dict[str, int]
    samples: dict[str, int]
    settings: dict[str, float]
    methods: tuple[str, ...]
    command: str
    packages: dict[str, str]


def write_measures(path: Path, rows: pd.DataFrame, provenance: SaliencyProvenance) -> None:
    """Write a Parquet file, whole or not at all, the same bytes for the same content.

    Parameters
    ----------
    path : Path
    rows : DataFrame
        Columns of `SCHEMA`; measurements that are not defined (NaN) are left out.
    provenance : SaliencyProvenance
    """
    rows = rows.dropna(subset="value").sort_values(["method", "metric", "image_sha256"])
    write_rows(path, rows, SCHEMA, provenance)


def read_measures(path: Path) -> tuple[pd.DataFrame, SaliencyProvenance]:
    """Read a file that `write_measures` wrote; text columns come back as text.

    Raises
    ------
    DataError
        If it is not there, not Parquet, or does not say where it comes from.
    """
    return read_rows(path, SaliencyProvenance)


def write_figures(folder: Path) -> dict[str, Any]:
    """Derive ``saliency.json`` from the ``saliency.parquet`` beside it.

    The same measures give the same bytes.

    Raises
    ------
    DataError
        If the measures cannot be read, or are of scans that are not in `core.cases`.
    """
    return derive(
        folder / SALIENCY_NAME,
        folder / FIGURES_NAME,
        SaliencyProvenance,
        build_figures,
        "saliency_sha256",
    )


def build_figures(rows: pd.DataFrame, provenance: SaliencyProvenance) -> dict[str, Any]:
    """Means with 95 % intervals over patients.

    Parameters
    ----------
    rows : DataFrame
        Columns of `SCHEMA`, as text and numbers.
    provenance : SaliencyProvenance

    Returns
    -------
    dict
        ``methods``: method -> ``measures`` (metric -> figure), ``classes`` (tumour class ->
        metric -> figure, for localisation) and ``against_blob`` (metric -> mean difference
        to the centre blob on the same scans). ``agreement``: method -> method -> mean
        rank correlation. A figure is value, ci_low, ci_high, n (scans) and groups.
    """
    about = {sha: find_file(sha) for sha in rows["image_sha256"].unique()}
    strange = [sha for sha, case in about.items() if case is None]
    if strange:
        raise DataError("The scan {sha} is not among the cases.", sha=strange[0])
    rows = rows.assign(
        group=rows["image_sha256"].map({sha: c.group for sha, c in about.items() if c}),
        label=rows["image_sha256"].map({sha: c.label for sha, c in about.items() if c}),
    )
    pairs = rows["metric"].str.startswith(AGREEMENT)
    measured = _split(rows[~pairs])
    methods: dict[str, dict[str, Any]] = {
        method: {
            "measures": {
                metric: _mean(part, metric) for (m, metric), part in measured.items() if m == method
            },
            "classes": {
                label: {
                    metric: _mean(part[part["label"] == label], metric)
                    for metric in LOCALISATION
                    if (part := measured.get((method, metric))) is not None
                    and (part["label"] == label).any()
                }
                for label in CLASS_NAMES
                if label != NO_TUMOUR
            },
            "against_blob": {
                metric: _difference(measured[method, metric], measured[BLOB, metric])
                for metric in _COMPARED
                if (method, metric) in measured and (BLOB, metric) in measured and method != BLOB
            },
        }
        for method in provenance.methods
    }
    return {
        "schema_version": 1,
        "provenance": provenance.model_dump(mode="json"),
        "bootstrap": BOOTSTRAP,
        "methods": methods,
        "agreement": _agreement(rows[pairs]),
    }


def _split(rows: pd.DataFrame) -> dict[tuple[str, str], pd.DataFrame]:
    """Rows of each method and metric."""
    return {(str(m), str(k)): part for (m, k), part in rows.groupby(["method", "metric"])}


def _mean(part: pd.DataFrame, metric: str) -> dict[str, Any]:
    values = part["value"].to_numpy(np.float64)
    return mean_figure(values, part["group"].to_numpy(str), proportion=metric in COUNTED)


def _difference(ours: pd.DataFrame, blob: pd.DataFrame) -> dict[str, Any]:
    both = ours.merge(blob[["image_sha256", "value"]], on="image_sha256", suffixes=("", "_blob"))
    values = (both["value"] - both["value_blob"]).to_numpy(np.float64)
    return mean_figure(values, both["group"].to_numpy(str), proportion=False)


def mean_figure(
    values: NDArray[np.float64], groups: NDArray[np.str_], *, proportion: bool
) -> dict[str, Any]:
    """Average over scans, on how many scans and groups, and with its spread over patients.

    Parameters
    ----------
    values : ndarray of float64, shape (N,)
    groups : ndarray of str, shape (N,)
        Patient, or picture family, of each scan.
    proportion : bool
        Whether values are 0 or 1.
    """
    _, member = np.unique(groups, return_inverse=True)
    about = {"n": len(values), "groups": int(member.max()) + 1}
    return about | mean_over_groups(values, member, proportion=proportion)


def _agreement(rows: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    found: dict[str, dict[str, float | None]] = {}
    for (method, metric), part in _split(rows).items():
        other = metric.removeprefix(AGREEMENT)
        found.setdefault(method, {})[other] = rounded(part["value"].astype(np.float64).mean())
    return found
