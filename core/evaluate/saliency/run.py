"""Measure all saliency methods on a model: slow, so in parts that survive a stop."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from core.cases import TABLE
from core.compute.spread import spread
from core.errors import DataError
from core.evaluate.saliency import faithfulness, localisation, mu_fidelity, sanity
from core.evaluate.saliency.bench import (
    Bench,
    Maps,
    Row,
    agreements,
    disturbed,
    load_bench,
    pictured,
)
from core.evaluate.saliency.sample import SAMPLES, Sizes, draw_sample
from core.evaluate.saliency.store import (
    SALIENCY_NAME,
    SCHEMA,
    SaliencyProvenance,
    read_measures,
    write_figures,
    write_measures,
)
from core.evaluate.stored.layout import evaluation_folder
from core.evaluate.stored.provenance import package_versions
from core.explain.methods import METHODS
from core.files import replacing, sha256
from core.protocols import UNSEEN
from core.registry import ModelSpec
from core.settings import Place

PARTS_NAME = "saliency.parts"
Part = tuple[pd.DataFrame, Maps]  # a method's measurements, and its maps for comparison
_PACKAGES = (
    "keras",
    "numpy",
    "opencv-python-headless",
    "scikit-image",
    "scipy",
    "tensorflow",
    "tensorflow-cpu",
)


def with_controls(methods: Sequence[str]) -> tuple[str, ...]:
    """Put methods in their usual order, the controls always with them.

    Raises
    ------
    DataError
        If there is no such method.
    """
    for name in methods:
        if name not in METHODS:
            raise DataError(
                "There is no method {method}; there are {known}.",
                method=name,
                known=", ".join(METHODS),
            )
    return tuple(n for n, m in METHODS.items() if n in methods or m.family == "control")


def measure(
    spec: ModelSpec,
    models_dir: Path,
    *,
    methods: Sequence[str] = tuple(METHODS),
    limit: int | None = None,
    faithfulness_scans: int | None = None,
    seed: int = 0,
    data: Path | None = None,
    place: Place = "local",
) -> dict[str, Any]:
    """Measure methods on a model, and store the measurements and the figures.

    Each method's measurements are kept in a part file as soon as they are made; a run that
    was stopped goes on after the last whole part, if it asks for the same. The parts are
    removed at the end.

    Parameters
    ----------
    spec : ModelSpec
    models_dir : Path
    methods : sequence of str
        What the results are of; the controls are always measured.
    limit : int, optional
        Scans of each class, at most, for every kind of measure.
    faithfulness_scans : int, optional
        The same for faithfulness alone, which asks the network hundreds of times a scan.
    seed : int
    data : Path, optional
        Where to read the scans from instead of `core.cases`.
    place : {"local", "ray"}
        Here one method after the other, or on a cluster several at once.

    Returns
    -------
    dict
        As `core.evaluate.saliency.store.build_figures`.

    Raises
    ------
    DataError
        If a method does not exist, or a scan is not the one that it should be.
    """
    folder = evaluation_folder(models_dir, spec.name, UNSEEN)
    names = with_controls(methods)
    sizes = Sizes().limited(limit, faithfulness_scans)
    provenance = _provenance(spec, names, limit, faithfulness_scans, seed)
    parts = folder / PARTS_NAME
    of_one = {
        name: provenance.model_copy(update={"methods": (name,), "command": ""}) for name in names
    }
    kept = {name: _kept(parts, name, of_one[name]) for name in names}
    make = functools.partial(load_bench, spec, sizes, seed, data)
    made = spread(make, _measured, [name for name in names if kept[name] is None], place)
    rows: list[pd.DataFrame] = []
    maps: dict[str, Maps] = {}
    for name in tqdm(names, desc=f"saliency of {spec.name}", unit="method", disable=None):
        part = kept[name] or _keep(parts, name, of_one[name], *next(made))
        rows.append(part[0])
        maps[name] = part[1]
    sample = draw_sample(sizes, seed)
    rows.append(_table(agreements(sample, spec.manifest.input_size, maps)))
    write_measures(folder / SALIENCY_NAME, pd.concat(rows), provenance)
    shutil.rmtree(parts)
    return write_figures(folder)


def _measured(bench: Bench, name: str) -> Part:
    rows, maps = pictured(bench, name)
    return _table([*rows, *disturbed(bench, name, maps)]), maps


def _kept(folder: Path, name: str, provenance: SaliencyProvenance) -> Part | None:
    """Read a method's part, if it is there and was measured in this very way."""
    try:
        rows, found = read_measures(folder / f"{name}.parquet")
    except DataError:
        return None
    if found != provenance:
        return None
    with np.load(folder / f"{name}.npz") as stored:
        return rows, {int(i): stored[i] for i in stored.files}


def _keep(
    folder: Path, name: str, provenance: SaliencyProvenance, rows: pd.DataFrame, maps: Maps
) -> Part:
    with replacing(folder / f"{name}.npz") as part:
        np.savez_compressed(part, allow_pickle=False, **{str(i): m for i, m in maps.items()})
    write_measures(folder / f"{name}.parquet", rows, provenance)  # last: where it is, maps are
    return rows, maps


def _table(rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=SCHEMA.names).astype({"value": np.float32})


def _provenance(
    spec: ModelSpec,
    names: tuple[str, ...],
    limit: int | None,
    faithfulness_scans: int | None,
    seed: int,
) -> SaliencyProvenance:
    command = f"python -m core evaluate-saliency --model {spec.name}"
    if limit is not None:
        command += f" --limit {limit}"
    if faithfulness_scans is not None:
        command += f" --faithfulness-scans {faithfulness_scans}"
    if names != tuple(METHODS):
        command += "".join(f" --methods {name}" for name in names)
    return SaliencyProvenance(
        name=spec.name,
        weights_sha256=spec.manifest.weights_sha256,
        cases_sha256=sha256(TABLE),
        seed=seed,
        sizes=asdict(Sizes().limited(limit, faithfulness_scans)),
        samples={name: n for name, n in SAMPLES.items() if name in names},
        settings={
            "curve_steps": faithfulness.STEPS,
            "mu_fidelity_subsets": mu_fidelity.SUBSETS,
            "pointing_tolerance": localisation.TOLERANCE,
            "noise": sanity.NOISE,
            "shift_pixels": sanity.SHIFT,
        },
        methods=names,
        command=command,
        packages=package_versions(_PACKAGES),
    )
