"""Evaluate trained models: predict a split once, store it, derive every figure from that."""

from __future__ import annotations

import functools
import logging
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from core.compute.spread import spread
from core.dataset.collection import Dataset, Split, dataset_sha256, load_squares, split
from core.errors import DataError, ModelError
from core.evaluate.figures.metrics import write_metrics
from core.evaluate.make.ensemble import write_ensemble
from core.evaluate.stored.layout import (
    CURVES_NAME,
    ENSEMBLE,
    METRICS_NAME,
    PREDICTIONS_NAME,
    RUN_NAME,
    VALIDATION_NAME,
    evaluation_folder,
)
from core.evaluate.stored.predictions import (
    Predictions,
    make_predictions,
    read_predictions,
    write_predictions,
)
from core.evaluate.stored.provenance import Provenance, package_versions
from core.logits import BATCH, logits_of
from core.protocols import UNSEEN, Protocol
from core.registry import MANIFEST_NAME, ModelSpec, discover, load_model, read_spec
from core.settings import Place

log = logging.getLogger(__name__)

_PACKAGES = ("keras", "numpy", "opencv-python-headless", "pillow")


def evaluate_models(
    names: list[str],
    protocol: Protocol,
    dataset: Dataset,
    models_dir: Path,
    runs: Path,
    place: Place = "local",
) -> dict[str, dict[str, Any]]:
    """Evaluate models under a protocol and store what the app shows.

    A model whose stored predictions are of its present weights, this very split and these
    very files is not run again; its figures are derived anew. Weights of ``official`` runs
    do not ship: where they are not at hand, the figures come from the stored predictions.

    Parameters
    ----------
    names : list of str
        Models to evaluate.
    protocol : {"official", "unseen-patients"}
    dataset : Dataset
    models_dir : Path
        Where the models and their evaluations lie.
    runs : Path
        Where `python -m core train` left its runs.
    place : {"local", "ray"}
        Where the networks run: here, or on a cluster several batches at once.

    Returns
    -------
    dict
        Accuracy (with its interval) on all test images, and how it was come by, per model.

    Raises
    ------
    DataError
        If there is neither a trained model nor stored predictions.
    """
    parts = split(dataset, protocol)
    results = {}
    for name in tqdm(names, desc=f"evaluate, {protocol}", unit="model", disable=None):
        folder = evaluation_folder(models_dir, name, protocol)
        home = models_dir / name if protocol == UNSEEN else runs / name / protocol
        how = "stored predictions"
        try:
            spec = read_spec(home)
        except ModelError:
            if not (folder / PREDICTIONS_NAME).is_file():
                raise DataError(
                    "{name} has no {protocol} run to evaluate; train it with `python -m core "
                    "train --model {name} --protocol {protocol}`.",
                    name=name,
                    protocol=protocol,
                ) from None
        else:
            if not _is_current(folder, spec, parts, dataset_sha256(dataset)):
                _predict(spec, protocol, dataset, parts, folder, place)
                how = "predicted"
            _keep_record(runs / name / protocol, spec, folder)
        metrics = write_metrics(folder)
        results[name] = {"from": how, **metrics["images"]["all"]["figures"]["accuracy"]}
    return results


def evaluate_ensemble(models_dir: Path, protocol: Protocol, command: str) -> dict[str, Any]:
    """Choose, store and judge the ensemble of whatever is stored for a protocol.

    Returns
    -------
    dict
        Its members and its accuracy; empty where validation picks fewer than two members.
    """
    stored: dict[str, dict[str, Predictions]] = {VALIDATION_NAME: {}, PREDICTIONS_NAME: {}}
    for folder in sorted(models_dir.glob(f"[!_]*/evaluation/{protocol}")):
        for file, parts in stored.items():
            parts[folder.parts[-3]] = read_predictions(folder / file)
    members = write_ensemble(
        stored[VALIDATION_NAME], stored[PREDICTIONS_NAME], models_dir, protocol, command
    )
    if len(members) < 2:
        return {}
    metrics = write_metrics(evaluation_folder(models_dir, ENSEMBLE, protocol))
    return {"members": list(members), **metrics["images"]["all"]["figures"]["accuracy"]}


def known_models(models_dir: Path, runs: Path, protocol: Protocol) -> list[str]:
    """Models with something to evaluate under a protocol."""
    shipped, _ = discover(models_dir)
    names = {
        name
        for name in shipped
        if protocol == UNSEEN
        or (evaluation_folder(models_dir, name, protocol) / PREDICTIONS_NAME).is_file()
    }
    if protocol != UNSEEN:
        names |= {path.parts[-3] for path in runs.glob(f"*/{protocol}/manifest.json")}
    return sorted(names)


def _is_current(folder: Path, spec: ModelSpec, parts: Split, dataset: str) -> bool:
    for name in (PREDICTIONS_NAME, VALIDATION_NAME):
        try:
            stored = read_predictions(folder / name).provenance
        except DataError:
            return False
        m, s = spec.manifest, stored
        ours = (m.weights_sha256, m.temperature, m.limits, parts.sha256, dataset)
        if (s.weights_sha256, s.temperature, s.limits, s.split_sha256, s.dataset_sha256) != ours:
            return False
    return True


def _predict(
    spec: ModelSpec,
    protocol: Protocol,
    dataset: Dataset,
    parts: Split,
    folder: Path,
    place: Place,
) -> None:
    manifest = spec.manifest
    if manifest.training.split_sha256 != parts.sha256:
        raise DataError(
            "{name} was trained on another split than {protocol} of this dataset; its figures "
            "would not be held-out.",
            name=spec.name,
            protocol=protocol,
        )
    params = manifest.preprocess.params
    asked = functools.partial(logits_of, scaling=params.scaling)
    both = (parts.validation, parts.test)
    batches = (batch for rows in both for batch in _batches(spec, dataset, rows))
    found = np.concatenate([*spread(functools.partial(load_model, spec), asked, batches, place)])
    (folder / METRICS_NAME).unlink(missing_ok=True)
    for part, rows, logits, name in zip(
        ("validation", "test"),
        both,
        np.split(found, [len(parts.validation)]),
        (VALIDATION_NAME, PREDICTIONS_NAME),
        strict=True,
    ):
        provenance = Provenance(
            name=spec.name,
            protocol=protocol,
            part=part,
            weights_sha256=manifest.weights_sha256,
            dataset_sha256=dataset_sha256(dataset),
            split_sha256=parts.sha256,
            temperature=manifest.temperature,
            abstain_threshold=manifest.abstain_threshold,
            rule_out_threshold=manifest.limits.rule_out,
            seed=manifest.training.seed,
            command=f"python -m core evaluate --model {spec.name} --protocol {protocol} --data DIR",
            packages=package_versions(_PACKAGES),
        )
        write_predictions(folder / name, make_predictions(rows, logits, provenance))


def _batches(
    spec: ModelSpec, dataset: Dataset, rows: pd.DataFrame
) -> Sequence[NDArray[np.float32]]:
    """Read and prepare pictures as a network wants them, in batches of at most 64."""
    manifest = spec.manifest
    squares = load_squares(
        dataset,
        rows,
        manifest.input_size,
        crop=manifest.preprocess.params.crop,
        version=manifest.preprocess.version,
    )
    return np.array_split(squares, max(1, -(-len(squares) // BATCH)))


def _keep_record(run: Path, spec: ModelSpec, folder: Path) -> None:
    """Put the run's manifest beside its figures, and its curves where they are still there."""
    shutil.copy(spec.folder / MANIFEST_NAME, folder / RUN_NAME)
    if _curves_are_of(spec, run):
        shutil.copy(run / CURVES_NAME, folder / CURVES_NAME)


def _curves_are_of(spec: ModelSpec, run: Path) -> bool:
    """Whether a run's folder holds the curves of these weights, not those of a later run."""
    try:
        epochs = len((run / CURVES_NAME).read_text().splitlines()) - 1
        made = read_spec(run).manifest
    except (OSError, ModelError):
        return False
    same = made.weights_sha256 == spec.manifest.weights_sha256
    return same and epochs == made.training.epochs
