"""Ask a network about every scan under every gamma."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from core.cases import Case, read_scan
from core.corruptions.apply import changed
from core.evaluate.robustness.gamma import (
    GAMMAS,
    PLAIN,
    ROWS_NAME,
    SCHEMA,
    command,
    write_gamma,
)
from core.evaluate.robustness.provenance import GammaProvenance
from core.evaluate.robustness.run import chosen, origin
from core.evaluate.stored.files import write_rows
from core.evaluate.stored.layout import evaluation_folder
from core.imaging import MRIImage, read_image
from core.inference import Classifier
from core.labels import class_index
from core.protocols import UNSEEN
from core.registry import ModelSpec


def bent(image: MRIImage, gamma: float) -> MRIImage:
    """Raise every level, in [0, 1], to the power of gamma; at 1 the scan itself."""
    if gamma == PLAIN:
        return image
    return changed(image, image.pixels ** np.float32(gamma), ("gamma", gamma))


def measure_gamma(
    spec: ModelSpec, models_dir: Path, *, limit: int | None = None, data: Path | None = None
) -> dict[str, Any]:
    """Ask a model about every scan under every gamma; store the answers and the figures.

    Parameters
    ----------
    spec : ModelSpec
    models_dir : Path
    limit : int, optional
        Scans of each class, at most.
    data : Path, optional
        Where to read the scans from instead of `core.cases`.

    Returns
    -------
    dict
        As `core.evaluate.robustness.gamma.build_figures`.

    Raises
    ------
    DataError
        If a scan is not the one that it should be.
    """
    classifier = Classifier(spec)
    provenance = GammaProvenance(
        **origin(spec, classifier.backend, limit),
        gammas=GAMMAS,
        preprocess_version=spec.manifest.preprocess.version,
        command=command(spec.name) + ("" if limit is None else f" --limit {limit}"),
    )
    folder = evaluation_folder(models_dir, spec.name, UNSEEN)
    write_rows(folder / ROWS_NAME, _ask(classifier, chosen(limit), data), SCHEMA, provenance)
    return write_gamma(folder)


def _ask(classifier: Classifier, cases: Sequence[Case], data: Path | None) -> pd.DataFrame:
    rows = []
    for case in tqdm(cases, f"gamma, {classifier.spec.name}", unit="scan", disable=None):
        image = read_image(read_scan(case, data), case.path)
        for gamma in (PLAIN, *GAMMAS):
            answer = classifier.predict(bent(image, gamma))
            rows.append((image.sha256, gamma, class_index(answer.class_name)))
    table = pd.DataFrame(rows, columns=SCHEMA.names)
    return table.sort_values(["gamma", "image_sha256"])
