"""Judge a run that does not ship exactly as the shipped ones are judged, and keep the record."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from core.dataset.collection import Dataset
from core.errors import DataError
from core.evaluate.make.models import evaluate_models
from core.evaluate.other.run import evaluate_other
from core.evaluate.saliency.run import measure
from core.evaluate.stored.layout import CURVES_NAME, RUN_NAME
from core.protocols import UNSEEN
from core.registry import MANIFEST_NAME, WEIGHTS_NAME, read_spec

FOLDER = "_experiments"
METHOD = "gradcam"  # what the experiment is about; controls are measured with it
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


def evaluate_experiment(
    name: str,
    run: Path,
    dataset: Dataset,
    models_dir: Path,
    *,
    other: Path | None = None,
    limit: int | None = None,
    faithfulness_scans: int | None = None,
) -> Path:
    """Evaluate a run under unseen patients and store its record without its weights.

    Accuracy, calibration and ruling out come from the same code as a shipped model's, and so
    do Grad-CAM's pointing, deletion and insertion, and the answers on other sources.

    Parameters
    ----------
    name : str
        Of the experiment: lower-case letters, digits and hyphens.
    run : Path
        A folder with ``model.keras`` and ``manifest.json``.
    dataset : Dataset
    models_dir : Path
        The record goes into ``_experiments/<name>`` there.
    other : Path, optional
        Scans of other sources, with their ``labels.csv``.
    limit, faithfulness_scans : int, optional
        Scans of each class for the measures of maps, and for those of faithfulness.

    Returns
    -------
    Path
        The record's folder.

    Raises
    ------
    DataError
        If the name is none, or the run was not made under unseen patients.
    """
    if not _NAME.fullmatch(name):
        raise DataError(
            "{name} cannot name an experiment; lower-case letters, digits and hyphens can.",
            name=name,
        )
    manifest = read_spec(run).manifest
    if manifest.training.protocol != UNSEEN:
        raise DataError("{name} is not a run under {protocol}.", name=name, protocol=UNSEEN)
    with tempfile.TemporaryDirectory() as place:
        aside = Path(place)
        home = aside / manifest.name
        home.mkdir()
        for file in (MANIFEST_NAME, WEIGHTS_NAME):
            shutil.copy(run / file, home / file)
        evaluate_models([manifest.name], UNSEEN, dataset, aside, aside / "runs")
        spec = read_spec(home)
        measure(spec, aside, methods=[METHOD], limit=limit, faithfulness_scans=faithfulness_scans)
        if other:
            evaluate_other({spec.name: spec}, other, aside)
        record = models_dir / FOLDER / name
        shutil.rmtree(record, ignore_errors=True)
        shutil.copytree(home / "evaluation", record / "evaluation")
        shutil.copy(home / MANIFEST_NAME, record / RUN_NAME)
        if (run / CURVES_NAME).is_file():
            shutil.copy(run / CURVES_NAME, record / CURVES_NAME)
    return record
