"""Ask the networks and the ensemble about scans of other sources."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from core.errors import DataError
from core.evaluate.other.store import (
    ROWS_NAME,
    SCHEMA,
    OtherProvenance,
    other_folder,
    write_figures,
    write_other,
)
from core.evaluate.stored.files import read_rows
from core.evaluate.stored.layout import ENSEMBLE, METRICS_NAME, evaluation_folder
from core.evaluate.stored.predictions import LOGITS, PROBABILITIES
from core.evaluate.stored.provenance import package_versions
from core.evaluate.stored.schema import read_metrics
from core.imaging import read_image
from core.inference import Classifier
from core.protocols import UNSEEN
from core.registry import ModelSpec
from core.softmax import calibrated

LABELS_NAME = "labels.csv"
_LABELS = {"tumour": True, "tumour-free": False}
_SMALLEST = 1e-12  # under the logarithm that stands in for an ensemble's logits
_PACKAGES = ("keras", "numpy", "opencv-python-headless", "pillow", "tensorflow", "tensorflow-cpu")


def read_scans(root: Path) -> pd.DataFrame:
    """Read which scans there are: ``labels.csv`` with path, label and group.

    Parameters
    ----------
    root : Path

    Returns
    -------
    DataFrame
        Columns ``path``, ``image_sha256``, ``tumour``, ``family`` (a scan without a group
        is its own family), sorted by path.

    Raises
    ------
    DataError
        If there is no such table, it has other columns or labels, lacks one of the two
        labels, names a scan twice, or a scan is not there.
    """
    file = root / LABELS_NAME
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise DataError("{file} cannot be read as a table.", file=file) from error
    if not {"path", "label", "group"} <= set(table):
        raise DataError("{file} does not say path, label and group of each scan.", file=file)
    if set(table["label"]) != set(_LABELS) or table["path"].duplicated().any():
        raise DataError(
            "{file} is expected to call each scan tumour or tumour-free, once, and to have some "
            "of both.",
            file=file,
        )
    table = table.sort_values("path").reset_index(drop=True)
    try:
        table["image_sha256"] = [
            hashlib.sha256((root / path).read_bytes()).hexdigest() for path in table["path"]
        ]
    except OSError as error:
        raise DataError("{root} lacks a scan that its table names.", root=root) from error
    table["tumour"] = table["label"].map(_LABELS)
    alone = table["group"] == ""
    table["family"] = table["group"].where(~alone, table["path"])
    return table[["path", "image_sha256", "tumour", "family"]]


def evaluate_other(
    specs: Mapping[str, ModelSpec], root: Path, models_dir: Path
) -> dict[str, dict[str, Any]]:
    """Ask every model, then let the ensemble vote; store answers and figures.

    Answers that are stored of these very weights, thresholds and scans are not asked for
    again; their figures are derived anew.

    Parameters
    ----------
    specs : mapping of str to ModelSpec
    root : Path
        A folder with ``labels.csv`` and the scans that it names. Only answers are stored.
    models_dir : Path

    Returns
    -------
    dict
        The figures of each, as `core.evaluate.other.store.OtherSources`.

    Raises
    ------
    DataError
        If the scans cannot be read as such.
    """
    scans = read_scans(root)
    digest = hashlib.sha256(scans.to_csv(index=False).encode()).hexdigest()
    results = {}
    for name, spec in specs.items():
        folder, provenance = other_folder(models_dir, name), _provenance(spec, digest)
        if _is_current(folder, provenance):
            results[name] = write_figures(folder)
        else:
            results[name] = write_other(folder, _ask(spec, scans, root), provenance)
    together = _vote(models_dir, digest)
    return results | ({ENSEMBLE: together} if together else {})


def _ask(spec: ModelSpec, scans: pd.DataFrame, root: Path) -> pd.DataFrame:
    """Answers to all scans, one at a time, as the app gives them."""
    classifier = Classifier(spec)
    logits = [
        classifier.predict(read_image((root / path).read_bytes(), path)).logits
        for path in tqdm(scans["path"], f"other sources, {spec.name}", unit="scan", disable=None)
    ]
    rows = scans.copy()
    rows[LOGITS] = np.stack(logits).astype(np.float32)
    rows[PROBABILITIES] = calibrated(np.stack(logits), spec.manifest.temperature)
    return rows


def _vote(models_dir: Path, digest: str) -> dict[str, Any] | None:
    """Combine the members' stored answers; None without an ensemble of these very answers."""
    home = evaluation_folder(models_dir, ENSEMBLE, UNSEEN)
    try:
        of = read_metrics(home / METRICS_NAME).provenance
        parts = [
            read_rows(other_folder(models_dir, name) / ROWS_NAME, OtherProvenance)
            for name in of.members
        ]
    except DataError:
        return None
    theirs = {p.name: p.weights_sha256 for _, p in parts}
    if theirs != of.members or any(p.scans_sha256 != digest for _, p in parts):
        return None
    rows, first = parts[0]
    mean = np.mean([part[PROBABILITIES].to_numpy(np.float64) for part, _ in parts], axis=0)
    rows = rows.copy()
    rows[PROBABILITIES] = mean
    rows[LOGITS] = np.log(np.maximum(mean, _SMALLEST))
    provenance = OtherProvenance(
        name=ENSEMBLE,
        weights_sha256=None,
        members=of.members,
        scans_sha256=digest,
        temperature=1.0,
        abstain_threshold=of.abstain_threshold,
        rule_out_threshold=of.rule_out_threshold,
        packages=first.packages,
    )
    return write_other(other_folder(models_dir, ENSEMBLE), rows[SCHEMA.names], provenance)


def _provenance(spec: ModelSpec, digest: str) -> OtherProvenance:
    m = spec.manifest
    return OtherProvenance(
        name=spec.name,
        weights_sha256=m.weights_sha256,
        scans_sha256=digest,
        temperature=m.temperature,
        abstain_threshold=m.limits.abstain,
        rule_out_threshold=m.limits.rule_out,
        packages=package_versions(_PACKAGES),
    )


def _is_current(folder: Path, provenance: OtherProvenance) -> bool:
    try:
        _, stored = read_rows(folder / ROWS_NAME, OtherProvenance)
    except DataError:
        return False
    return stored.model_copy(update={"packages": provenance.packages}) == provenance
