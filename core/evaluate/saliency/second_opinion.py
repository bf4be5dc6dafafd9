"""How far our saliency code agrees with an independent library, measured and stored.

What is stored is the rank correlation of both maps for each scan, network and method; means
and intervals are computed from it where they are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict
from tqdm import tqdm

from core.cases import TABLE, find_file
from core.errors import DataError
from core.evaluate.saliency.bench import load_bench
from core.evaluate.saliency.read import Measure
from core.evaluate.saliency.sample import Sizes
from core.evaluate.saliency.store import mean_figure
from core.evaluate.stored.files import write_json
from core.evaluate.stored.layout import evaluation_folder, unseen_folder
from core.evaluate.stored.provenance import package_versions
from core.explain.second_opinion import DIFFERENCES, agreement, both
from core.explain.second_opinion_calls import SAMPLES
from core.files import read_as, sha256
from core.protocols import UNSEEN
from core.registry import ModelSpec

NAME = "second-opinion.json"
SCANS = 5  # of each class
_PACKAGES = ("keras", "numpy", "scipy", "tensorflow", "tensorflow-cpu", "tf-keras-vis")


class SecondOpinion(BaseModel):
    """What is stored of a network.

    Attributes
    ----------
    name, weights_sha256, cases_sha256 : str
        Of the model, its weights file, and the table of scans (`core.cases`).
    seed, scans : int
        Scans of each class.
    samples : dict of str to int
        Feature maps or noisy copies, of the methods that take some; the same in both codes.
    command : str
    packages : dict of str to str
    agreement : dict of str to dict of str to float or None
        Method -> image sha256 -> rank correlation of both maps; None where one is constant.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = 1
    name: str
    weights_sha256: str
    cases_sha256: str
    seed: int
    scans: int
    samples: dict[str, int]
    command: str
    packages: dict[str, str]
    agreement: dict[str, dict[str, float | None]]

    def measure(self, method: str) -> Measure | None:
        """Mean rank correlation with its 95 % interval over patients; None if not measured."""
        found = {sha: r for sha, r in self.agreement.get(method, {}).items() if r is not None}
        groups = [case.group if (case := find_file(sha)) else sha for sha in found]
        if not found:
            return None
        values = np.array(list(found.values()), np.float64)
        return Measure(**mean_figure(values, np.array(groups), proportion=False))


def measure(
    spec: ModelSpec,
    models_dir: Path,
    *,
    methods: Sequence[str] = tuple(DIFFERENCES),
    scans: int = SCANS,
    seed: int = 0,
) -> SecondOpinion:
    """Ask tf-keras-vis for the map of the predicted class of each scan, and store how it agrees.

    Parameters
    ----------
    spec : ModelSpec
    models_dir : Path
    methods : sequence of str
        Keys of `core.explain.second_opinion.DIFFERENCES`.
    scans : int
        Of each class, of unseen patients, drawn as for the other measures of saliency.
    seed : int

    Raises
    ------
    DataError
        If tf-keras-vis has no such method.
    """
    for name in methods:
        if name not in DIFFERENCES:
            raise DataError(
                "tf-keras-vis has no {method}; it has {known}.",
                method=name,
                known=", ".join(DIFFERENCES),
            )
    bench = load_bench(spec, Sizes(0, 0, 0, scans, 0), seed)
    found: dict[str, dict[str, float | None]] = {name: {} for name in methods}
    asked = [(name, i) for name in methods for i in range(len(bench.x))]
    for name, i in tqdm(asked, desc=f"second opinion on {spec.name}", unit="map", disable=None):
        theirs, ours, _seconds = both(
            bench.network, bench.x[i : i + 1], name, int(bench.predicted[i]), seed=seed
        )
        rho = agreement(ours, theirs)
        found[name][bench.sample.cases[i].sha256] = None if np.isnan(rho) else round(rho, 6)
    command = f"python -m core second-opinion --model {spec.name}"
    if tuple(methods) != tuple(DIFFERENCES):
        command += "".join(f" --methods {name}" for name in methods)
    result = SecondOpinion(
        name=spec.name,
        weights_sha256=spec.manifest.weights_sha256,
        cases_sha256=sha256(TABLE),
        seed=seed,
        scans=scans,
        samples={name: n for name, n in SAMPLES.items() if name in methods},
        command=command + (f" --scans {scans}" if scans != SCANS else ""),
        packages=package_versions(_PACKAGES),
        agreement=found,
    )
    folder = evaluation_folder(models_dir, spec.name, UNSEEN)
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / NAME, result.model_dump(mode="json"))
    return result


def read_second_opinion(spec: ModelSpec) -> SecondOpinion:
    """Read what is stored of a model.

    Raises
    ------
    DataError
        If it is missing, has another shape, or is of other weights than the app serves.
    """
    path = unseen_folder(spec) / NAME
    command = f"python -m core second-opinion --model {spec.name}"
    absent = DataError(
        "No second opinion has been asked for on {name}.", name=spec.name, command=command
    )
    found = read_as(SecondOpinion, path, absent)
    if (found.name, found.weights_sha256) != (spec.name, spec.manifest.weights_sha256):
        raise DataError(
            "The second opinion on {name} is of other weights than the app serves.",
            name=spec.name,
            command=command,
        )
    return found
