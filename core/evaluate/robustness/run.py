"""Measure how a network's accuracy falls as scans are spoilt.

The protocol of Hendrycks and Dietterich 2019 (arXiv:1903.12261): every corruption at five
strengths on a held-out set, never seen in training. Unlike theirs, accuracies are not
divided by those of a reference network; each has an interval over patients instead. The
answers are those that the app gives: the same compiled pass, one scan at a time.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from core.cases import TABLE, Case, cases, read_scan, spread
from core.corruptions import CORRUPTIONS, SEVERITIES, Change, altered
from core.engine import Backend
from core.errors import DataError
from core.evaluate.robustness.provenance import RobustnessProvenance
from core.evaluate.robustness.store import (
    ROWS_NAME,
    SCHEMA,
    UNALTERED,
    amounts,
    write_answers,
    write_figures,
)
from core.evaluate.stored.files import read_rows
from core.evaluate.stored.layout import evaluation_folder
from core.evaluate.stored.provenance import package_versions
from core.files import sha256
from core.imaging import MRIImage, read_image
from core.inference import Classifier
from core.labels import CLASS_NAMES, class_index
from core.protocols import UNSEEN
from core.registry import ModelSpec

if TYPE_CHECKING:
    import pandas as pd

PARTS_NAME = "robustness.parts"
_PACKAGES = (
    "keras",
    "numpy",
    "opencv-python-headless",
    "openvino",
    "tensorflow",
    "tensorflow-cpu",
)


def chosen(limit: int | None = None, seed: int = 0) -> tuple[Case, ...]:
    """Distinct pictures of fold 0: all, or at most `limit` of each class, patients in turn."""
    known = list(cases().values())
    if limit is None:
        return tuple(known)
    of = ([case for case in known if case.label == label] for label in CLASS_NAMES)
    return tuple(case for group in of for case in spread(group, seed)[:limit])


def measure(
    spec: ModelSpec,
    models_dir: Path,
    *,
    limit: int | None = None,
    seed: int = 0,
    data: Path | None = None,
) -> dict[str, Any]:
    """Ask a model about every scan under every corruption; store the answers and the figures.

    The answers under each corruption are kept in a part file as soon as they are there; a
    run that was stopped goes on after the last whole part, if it asks for the same.

    Parameters
    ----------
    spec : ModelSpec
    models_dir : Path
    limit : int, optional
        Scans of each class, at most.
    seed : int
        Of the corruptions, and of the choice of scans.
    data : Path, optional
        Where to read the scans from instead of `core.cases`.

    Returns
    -------
    dict
        As `core.evaluate.robustness.store.build_figures`.

    Raises
    ------
    DataError
        If a scan is not the one that it should be.
    """
    folder = evaluation_folder(models_dir, spec.name, UNSEEN)
    images = [read_image(read_scan(case, data), case.path) for case in chosen(limit, seed)]
    classifier, parts = Classifier(spec), []
    provenance = _provenance(spec, classifier.backend, limit, seed)
    names = (UNALTERED, *CORRUPTIONS)
    for name in tqdm(names, f"robustness of {spec.name}", unit="corruption", disable=None):
        kept = folder / PARTS_NAME / f"{name}.parquet"
        rows = _known(kept, provenance)
        if rows is None:
            rows = _ask(classifier, images, name, seed)
            write_answers(kept, rows, provenance)
        parts.append(rows)
    import pandas as pd

    write_answers(folder / ROWS_NAME, pd.concat(parts), provenance)
    shutil.rmtree(folder / PARTS_NAME)
    return write_figures(folder)


def _known(path: Path, provenance: RobustnessProvenance) -> pd.DataFrame | None:
    try:
        rows, found = read_rows(path, RobustnessProvenance)
    except DataError:
        return None
    return rows if found == provenance else None


def _ask(classifier: Classifier, images: Sequence[MRIImage], name: str, seed: int) -> pd.DataFrame:
    """Answers to all scans under one corruption at every strength, or as they are."""
    rows = [
        (image.sha256, name, strength, class_index(answer.class_name))
        for strength in ((0.0,) if name == UNALTERED else SEVERITIES)
        for image in images
        for answer in [classifier.predict(altered(image, Change(name, strength, seed)))]
    ]
    import pandas as pd

    return pd.DataFrame(rows, columns=SCHEMA.names)


def _provenance(
    spec: ModelSpec, engine: Backend, limit: int | None, seed: int
) -> RobustnessProvenance:
    command = f"python -m core evaluate-robustness --model {spec.name}"
    if limit is not None:
        command += f" --limit {limit}"
    if seed:
        command += f" --seed {seed}"
    return RobustnessProvenance(
        **origin(spec, engine, limit),
        seed=seed,
        amounts=amounts(),
        strengths=SEVERITIES,
        command=command,
    )


def origin(spec: ModelSpec, engine: Backend, limit: int | None) -> dict[str, Any]:
    """Say what every measure on altered scans says of where it comes from."""
    training = spec.manifest.training
    return {
        "name": spec.name,
        "weights_sha256": spec.manifest.weights_sha256,
        "cases_sha256": sha256(TABLE),
        "dataset_sha256": training.dataset_sha256,
        "split_sha256": training.split_sha256,
        "engine": engine,
        "limit": limit,
        "packages": package_versions(_PACKAGES),
    }
