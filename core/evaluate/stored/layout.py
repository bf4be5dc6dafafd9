"""Where evaluations lie and what they are called; no reading, no computing."""

from __future__ import annotations

from pathlib import Path

from core.errors import N_
from core.protocols import UNSEEN, Protocol
from core.registry import ModelSpec

PREDICTIONS_NAME = "predictions.parquet"
VALIDATION_NAME = "validation.parquet"
METRICS_NAME = "metrics.json"
RUN_NAME = "run.json"  # the manifest of the run behind the predictions beside it
CURVES_NAME = "curves.csv"  # of that run

ENSEMBLE = "ensemble"
CONTROLS: dict[str, str] = {
    "majority": N_("Majority class"),
    "random-forest": N_("Random forest on ten global statistics"),
    "nearest-neighbour": N_("Nearest neighbour on 16×16 thumbnails"),
    "nearest-neighbour-mirrored": N_("Nearest neighbour, also mirrored"),
}


def evaluation_folder(models_dir: Path, name: str, protocol: Protocol) -> Path:
    """Folder of the stored evaluation of a model, a control or the ensemble."""
    if name in CONTROLS:
        home = models_dir / "_controls" / name
    elif name == ENSEMBLE:
        home = models_dir / "_ensemble"
    else:
        home = models_dir / name
    return home / "evaluation" / protocol


def unseen_folder(spec: ModelSpec) -> Path:
    """Folder of what is stored of a served network under unseen patients, beside its weights."""
    return evaluation_folder(spec.folder.parent, spec.name, UNSEEN)


def benchmark_file(models_dir: Path) -> Path:
    """Where `python -m core benchmark --save` keeps its result."""
    return models_dir / "_benchmark" / "benchmark.json"
